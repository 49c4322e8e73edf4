// How fast facts become durable. The load is that of a pipeline of three stages of three actions: a
// run is 26 facts in ten steps, two of which write the execution's row. `in flight` runs advance by
// one step per commit each, as they do under group commit.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/store/sqlite_store.hpp"
#include "tests/bench/store_limits.hpp"

namespace sluice::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kSteps = 10;
constexpr int kFactsOfRun = 26;

// The facts of one step of a run: 0 starts it, 1 to 9 finish an action each.
Facts step_facts(ExecutionNumber number, int step, Instant now) {
  const auto key = [&](int action) {
    return ActionKey{number, Index(action / 3), Index(action % 3), 1, 1};
  };
  const auto started = [&](int action) {
    return ActionStarted{key(action), {number, std::uint64_t(action)}, {now.ms + 3'600'000}, {}};
  };
  Facts facts;
  if (step == 0) {
    ExecutionStarted start;
    start.execution = number;
    start.id = {number * 0x9e3779b97f4a7c15ULL, number};
    start.version = 1;
    facts = {start, StageStarted{number, 0}, started(0)};
    return facts;
  }
  ActionSucceeded done;
  done.key = key(step - 1);
  done.started = now;
  facts.emplace_back(std::move(done));
  if (step % 3 == 0) {
    facts.emplace_back(StageSucceeded{number, Index(step / 3 - 1), now});
    if (step != 9) facts.emplace_back(StageStarted{number, Index(step / 3)});
  }
  facts.emplace_back(step == 9 ? Fact(ExecutionSucceeded{number}) : Fact(started(step)));
  return facts;
}

ExecutionRow row_of(const std::string& pipeline, ExecutionNumber number, bool done, Instant now) {
  ExecutionRow row;
  row.pipeline = pipeline;
  row.number = number;
  row.id = {number * 0x9e3779b97f4a7c15ULL, number};
  row.version = 1;
  row.status = done ? ExecutionStatus::kSucceeded : ExecutionStatus::kInProgress;
  row.started = {now.ms - (done ? kSteps : 0)};
  row.updated = now;
  return row;
}

struct Load {
  const char* name;
  int in_flight;
  bool one_pipeline;
  int runs;
};

// Runs go through all ten steps, in_flight of them side by side.
void measure(const fs::path& directory, const Load& load) {
  const fs::path file = directory / (std::string(load.name) + ".db");
  auto store = open_sqlite_store(file);
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().text().c_str());
    std::exit(1);
  }
  std::vector<std::string> names;
  for (int i = 0; i < load.in_flight; ++i) {
    names.push_back("pipeline-" + std::to_string(load.one_pipeline ? 0 : i));
  }
  const int rounds = (load.runs + load.in_flight - 1) / load.in_flight;
  int commits = 0;
  std::vector<Append> batch;
  double spent_s = 0, spent_cpu_s = 0;
  for (int round = 0; round < rounds; ++round) {
    for (int step = 0; step < kSteps; ++step) {
      const Instant now{1'700'000'000'000 + round * kSteps + step};
      batch.clear();
      for (int i = 0; i < load.in_flight; ++i) {
        const auto number = static_cast<ExecutionNumber>(
            load.one_pipeline ? round * load.in_flight + i + 1 : round + 1);
        const std::string& name = names[static_cast<std::size_t>(i)];
        if (batch.empty() || !load.one_pipeline) batch.push_back({name, now, {}, {}});
        for (Fact& fact : step_facts(number, step, now)) {
          batch.back().facts.push_back(std::move(fact));
        }
        if (step == 0 || step == 9)
          batch.back().rows.push_back(row_of(name, number, step == 9, now));
      }
      const double start = now_s(), start_cpu = used_cpu_s();
      if (auto done = (*store)->commit(batch); !done) {
        std::fprintf(stderr, "%s\n", done.error().text().c_str());
        std::exit(1);
      }
      spent_s += now_s() - start;
      spent_cpu_s += used_cpu_s() - start_cpu;
      ++commits;
    }
  }
  const int runs = rounds * load.in_flight;
  store = Error{};
  std::uint64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code ignored;
    bytes += fs::file_size(file.string() + suffix, ignored);
  }
  std::printf("  %-28s %9.0f commits/s %9.0f facts/s %8.0f runs/s %7.1f us CPU a run\n", load.name,
              commits / spent_s, runs * kFactsOfRun / spent_s, runs / spent_s,
              1e6 * spent_cpu_s / runs);
}

void run(bool quick) {
  const fs::path directory =
      fs::temp_directory_path() / ("sluice-bench-" + std::to_string(::getpid()));
  fs::create_directories(directory);
  const int scale = quick ? 1 : 40;
  std::printf("limits of this disk and SQLite, now:\n");
  std::printf("  fdatasync of 4 KiB           %9.0f a second\n",
              bare_syncs(directory, 50 * scale, 4096));
  std::printf("  fdatasync of 64 KiB          %9.0f a second\n",
              bare_syncs(directory, 25 * scale, 65536));
  for (const int batch : {1, 64, 512}) {
    const int facts = batch == 1 ? 50 * scale : 2048 * scale;
    std::printf("  bare rows, %3d to a commit   %9.0f facts/s\n", batch,
                bare_rows(directory, facts, batch));
  }
  std::printf("a run of 3 stages of 3 actions, %d facts:\n", kFactsOfRun);
  const Load loads[] = {
      {"alone", 1, true, 5 * scale},
      {"16 in one pipeline", 16, true, 80 * scale},
      {"256 in one pipeline", 256, true, 512 * scale},
      {"256 in 256 pipelines", 256, false, 512 * scale},
  };
  for (const Load& load : loads) measure(directory, load);
  fs::remove_all(directory);
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  sluice::bench::run(argc > 1 && std::strcmp(argv[1], "--quick") == 0);
  return 0;
}
