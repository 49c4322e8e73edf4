// The whole engine with real hosts: runs of no-op actions through warm hosts on SqliteStore FULL;
// thirty compute/commands actions of `true` in three stages beside a posix_spawn loop of the same;
// `sluice run` from exec to exit, and what it holds in memory while it waits.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "engine/hosts/host_pool.hpp"
#include "engine/hosts/installation.hpp"
#include "engine/hosts/plugin_catalog.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/runtime/random_id.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/support/declarations.hpp"

extern char** environ;

using namespace sluice;
namespace fs = std::filesystem;

namespace {

double now_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Of this process and of all that it has waited for, in seconds.
double cpu_seconds() {
  double sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage;
    getrusage(who, &usage);
    for (const auto& time : {usage.ru_utime, usage.ru_stime})
      sum += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  }
  return sum;
}

// Starts a program with its output thrown away.
pid_t start_program(const std::vector<std::string>& words, int input = -1) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  if (input >= 0) posix_spawn_file_actions_adddup2(&files, input, 0);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, argv[0], &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  return failed ? -1 : pid;
}

double program_ms(const std::vector<std::string>& words) {
  const double start = now_ms();
  int status = 0;
  waitpid(start_program(words), &status, 0);
  if (status != 0) std::fprintf(stderr, "%s ended with status %d\n", words[0].c_str(), status);
  return now_ms() - start;
}

// Three stages of ten processes side by side.
double spawn_grid_ms(int stages, int actions) {
  const double start = now_ms();
  for (int stage = 0; stage < stages; ++stage) {
    std::vector<pid_t> running;
    for (int i = 0; i < actions; ++i) running.push_back(start_program({"/bin/true"}));
    for (const pid_t pid : running) waitpid(pid, nullptr, 0);
  }
  return now_ms() - start;
}

class House {
 public:
  House(const std::string& directory, const std::vector<std::string>& plugins) {
    auto opened = open_sqlite_store(directory + "/bench.db");
    if (!opened) std::exit(1);
    store_ = std::move(*opened);
    CatalogRequest request;
    request.host_program = action_host_program();
    request.files = plugins;
    HostPoolOptions options;
    options.host_program = request.host_program;
    options.work_directory = directory + "/work";
    options.state_directory = directory + "/state";
    options.types = read_plugin_catalog(request).types;
    options.idle_hosts = 16;
    auto hosts = HostPool::open(options, [this](const std::string& name, Input report) {
      engine_->report(name, std::move(report));
    });
    if (!hosts) std::exit(1);
    hosts_ = std::move(*hosts);
    engine_ = std::make_unique<Engine>(*store_, *hosts_, clock_);
    engine_->listen([this](std::span<const StoredFact> facts) {
      for (const StoredFact& stored : facts) {
        if (std::holds_alternative<ExecutionFailed>(stored.fact))
          std::fprintf(stderr, "a run failed\n"), std::exit(1);
        if (!std::holds_alternative<ExecutionSucceeded>(stored.fact)) continue;
        ++finished_, --in_flight_;
        idle_.push_back(stored.pipeline);
      }
    });
  }
  void adopt(PipelineDeclaration declaration) {
    const std::string name = declaration.name;
    if (!engine_->load(name, {}) || !engine_->submit(name, AdoptDefinition{std::move(declaration)}))
      std::exit(1);
    idle_.push_back(name);
    engine_->step(false);
  }
  double run_ms(int runs, int most_in_flight) {
    const double start = now_ms();
    finished_ = 0;
    for (int started = 0; finished_ < runs;) {
      for (; started < runs && in_flight_ < most_in_flight; ++started, ++in_flight_) {
        if (!engine_->submit(idle_.back(), StartExecution{random_id(), {}, {}, {}, ""}))
          std::exit(1);
        idle_.pop_back();
      }
      engine_->step(true);
    }
    return now_ms() - start;
  }

 private:
  std::unique_ptr<Store> store_;
  SystemClock clock_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<HostPool> hosts_;
  std::vector<std::string> idle_;
  int finished_ = 0, in_flight_ = 0;
};

PipelineDeclaration typed(PipelineDeclaration declaration, const ActionTypeId& type,
                          const std::vector<std::string>& commands) {
  for (StageDeclaration& stage : declaration.stages)
    for (ActionDeclaration& action : stage.actions) {
      action.type = type;
      action.commands = commands;
    }
  return declaration;
}

void bench_no_op(const std::string& directory, bool quick) {
  const int warm = quick ? 16 : 1000, runs = quick ? 64 : 4000, rounds = quick ? 1 : 5;
  const double cpu = cpu_seconds();
  std::vector<double> rates;
  {
    House house(directory, {std::string(SLUICE_ZOO) + "/behaving.so"});
    const ActionTypeId type{Category::kInvoke, "Custom", "nothing", "1"};
    for (int i = 0; i < 256; ++i) house.adopt(typed(grid("p" + std::to_string(i), 3, 3), type, {}));
    (void)house.run_ms(warm, 256);
    for (int round = 0; round < rounds; ++round)
      rates.push_back(runs / house.run_ms(runs, 256) * 1000);
  }  // the hosts end, so their CPU time counts
  std::printf("  %-52s %10.0f us   hosts included\n", "CPU of a 3x3 no-op run, 256 in flight",
              (cpu_seconds() - cpu) / (warm + rounds * runs) * 1e6);
  std::printf("  %-52s %10.0f /s   aim: over 4,000\n",
              "3x3 no-op runs, real warm hosts, 256 in flight", median(rates));
}

void bench_commands(const std::string& directory, bool quick) {
  House house(directory,
              {fs::path(action_host_program()).parent_path().parent_path().parent_path() /
               "lib/sluice/plugins/sluice_commands.so"});
  house.adopt(typed(grid("c", 3, 10), {Category::kCompute, "Custom", "Commands", "1"}, {"true"}));
  const double cold = house.run_ms(1, 1);
  std::vector<double> ours, limit;
  for (int round = 0; round < (quick ? 2 : 40); ++round) {
    ours.push_back(house.run_ms(1, 1));
    limit.push_back(spawn_grid_ms(3, 10));
  }
  std::printf("  %-52s %10.1f ms   %.2f of the limit (aim: under 1.2)\n",
              "3 stages x 10 compute/commands `true`, warm", median(ours),
              median(ours) / median(limit));
  std::printf("  %-52s %10.1f ms\n", "the same, cold", cold);
  std::printf("  %-52s %10.1f ms\n", "limit: posix_spawn loop of the same commands", median(limit));
}

void write_pipeline(const std::string& file, const std::string& action) {
  std::ofstream(file) << "name: one\nstages:\n  - name: Source\n    actions:\n"
                         "      - {name: Tree, uses: source/directory, configuration: {path: "
                         "./src}, outputArtifacts: [a]}\n"
                         "  - name: Work\n    actions:\n      - " +
                             action + "\n";
}

void line(const char* what, double ms, const char* more) {
  std::printf("  %-52s %10.1f ms   %s\n", what, ms, more);
}

// The smallest pipeline that there can be: a source stage and one action.
void bench_cold_run(const std::string& directory, const std::string& program, bool quick) {
  const std::string file = directory + "/one.yml";
  write_pipeline(file, "{name: True, uses: compute/commands, commands: ['true']}");
  const auto words = [&](const std::string& data) {
    return std::vector<std::string>{program, "run", file, "--data", directory + "/" + data};
  };
  (void)program_ms(words("data"));
  std::vector<double> runs, fresh, nothing, one, two;
  for (int round = 0; round < (quick ? 2 : 60); ++round) {
    runs.push_back(program_ms(words("data")));
    fresh.push_back(program_ms(words("fresh-" + std::to_string(round))));
    nothing.push_back(program_ms({program, "--version"}));
    one.push_back(program_ms({"/bin/true"}));
    two.push_back(program_ms({"/bin/true"}) + program_ms({"/bin/true"}));
  }
  line("cold sluice run, a source and one command", median(runs), "aim: under 15");
  line("the same on a fresh data directory", median(fresh), "");
  line("sluice --version: loading the program alone", median(nothing), "");
  line("limit: /bin/true", median(one), "");
  line("limit: two processes after each other", median(two), "");
}

// Kilobytes of a run that waits for an answer.
long waiting_kb(const std::string& directory, const std::string& program) {
  const std::string file = directory + "/wait.yml";
  write_pipeline(file, "{name: Ask, uses: approval/manual}");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return 0;
  const pid_t pid = start_program({program, "run", file, "--data", directory + "/wait"}, ends[0]);
  poll(nullptr, 0, 1500);  // until it waits
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  long kb = 0;
  for (std::string word; status >> word;)
    if (word == "VmRSS:") status >> kb;
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  return kb;
}

void bench_program(const std::string& directory, bool quick) {
  const std::string program =
      fs::path(action_host_program()).parent_path().parent_path().parent_path() / "bin/sluice";
  if (!fs::exists(program)) return;
  fs::create_directories(directory + "/src");
  bench_cold_run(directory, program, quick);
  std::printf("  %-52s %10.1f MB   aim: under 15\n", "resident while it waits for an approval",
              static_cast<double>(waiting_kb(directory, program)) / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  std::string directory = (fs::temp_directory_path() / "sluice-bench-XXXXXX").string();
  if (!mkdtemp(directory.data())) return 1;
  for (const char* part : {"/no-op", "/commands", "/cold"})
    fs::create_directories(directory + part);
  std::printf("engine with real hosts, SqliteStore FULL, medians\n");
  bench_no_op(directory + "/no-op", quick);
  bench_commands(directory + "/commands", quick);
  bench_program(directory + "/cold", quick);
  fs::remove_all(directory);
  return 0;
}
