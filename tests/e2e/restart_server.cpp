// An engine with real hosts in a worker, and a load of its own, to be killed at any moment:
// executions are started as fast as they end, and each acknowledged start is written down. When its
// input ends it starts no more, waits until everything has ended, and prints the history.
// Usage: restart_server SLUICE DIRECTORY
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "engine/runtime/engine.hpp"
#include "engine/runtime/random_id.hpp"
#include "engine/store/data_directory.hpp"
#include "engine/store/sqlite_store.hpp"
#include "engine/workers/worker_hosts.hpp"

using namespace sluice;

namespace {

constexpr int kMostInFlight = 12;

// Stages of actions side by side; each writes down its begin and its end, and a line of log.
PipelineDeclaration workload(const std::string& name, ExecutionMode mode, const std::string& file) {
  PipelineDeclaration pipeline;
  pipeline.name = name;
  pipeline.mode = mode;
  for (const char* const stage : {"S1", "S2"}) {
    StageDeclaration declared;
    declared.name = stage;
    for (const char* const action : {"A1", "A2"}) {
      ActionDeclaration one;
      one.name = action;
      one.type = {Category::kCompute, "Sluice", "Commands", "1"};
      const std::string id =
          std::string("#{codepipeline.PipelineExecutionId} ") + stage + '.' + action;
      one.commands = {"echo begin " + id + " >> " + file, "echo working " + id, "sleep 0.03",
                      "echo end " + id + " >> " + file};
      one.timeout_ms = 60'000;
      declared.actions.push_back(std::move(one));
    }
    pipeline.stages.push_back(std::move(declared));
  }
  return pipeline;
}

struct Load {
  Engine& engine;
  int acknowledged;  // file
  std::atomic<int> open{0};

  void start(const std::string& pipeline) {
    const Uuid id = random_id();
    ++open;
    const bool taken = engine.submit(pipeline, StartExecution{id, {}, {}, {}, ""},
                                     [this, id, pipeline](const Reply& reply) {
                                       --open;
                                       if (std::holds_alternative<Rejected>(reply)) return;
                                       const std::string line = pipeline + ' ' + to_text(id) + '\n';
                                       (void)!write(acknowledged, line.data(), line.size());
                                     });
    if (!taken) --open;
  }
};

std::size_t in_flight(const Store& store) {
  const auto rows = store.executions({"", ExecutionStatus::kInProgress, {}, 1000});
  return rows ? rows->size() : 1;
}

int serve(const std::string& sluice, const std::string& directory) {
  const auto data = open_data_directory(directory + "/data");
  auto opened =
      data ? open_sqlite_store(data->database()) : Result<std::unique_ptr<Store>>(data.error());
  if (!opened) return 1;
  const std::unique_ptr<Store> store = std::move(*opened);
  const SystemClock clock;
  std::unique_ptr<Engine> engine;

  WorkerHostsOptions options;
  options.engine = random_id();
  options.place = {data->worker(), "socket"};
  options.files.directory = data->worker();
  options.leases = data->leases();
  options.command = {sluice, "worker", "--data", data->root, "--idle-exit", "5"};
  options.say = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  auto hosts = WorkerHosts::open(
      std::move(options),
      [&engine](const std::string& pipeline, Input report, std::function<void()> settled) {
        engine->report(pipeline, std::move(report),
                       [settled = std::move(settled)](const Reply&) { settled(); });
      });
  if (!hosts) return 1;
  engine = std::make_unique<Engine>(*store, **hosts, clock);

  std::vector<std::string> names;
  const ExecutionMode modes[] = {ExecutionMode::kParallel, ExecutionMode::kParallel,
                                 ExecutionMode::kQueued, ExecutionMode::kSuperseded};
  for (const ExecutionMode mode : modes) {
    const std::string name = "p" + std::to_string(names.size());
    if (!engine->load(name, {})) return 1;
    if (engine->find(name)->versions.empty())
      (void)engine->submit(name, AdoptDefinition{workload(name, mode, directory + "/actions")});
    names.push_back(name);
  }
  const int file =
      open((directory + "/acknowledged").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  Load load{*engine, file};
  std::thread loop([&engine] { (void)engine->run(); });
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  for (std::size_t i = 0; poll(&input, 1, 5) == 0; ++i)
    if (in_flight(*store) + static_cast<std::size_t>(load.open) < kMostInFlight)
      load.start(names[i % names.size()]);
  while (load.open > 0 || in_flight(*store) > 0) poll(nullptr, 0, 20);
  const auto rows = store->executions({"", {}, {}, 1'000'000});
  for (const ExecutionRow& row : *rows)
    std::printf("%s %s %d %s\n", row.pipeline.c_str(), to_text(row.id).c_str(),
                static_cast<int>(row.status), row.summary.c_str());
  engine->stop();
  loop.join();
  hosts->reset();
  close(file);
  return 0;
}

}  // namespace

int main(int count, char** values) {
  return count == 3 ? serve(values[1], values[2]) : 2;
}
