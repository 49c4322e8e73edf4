// The engine with faked hosts on SqliteStore, FULL sync: whole runs of a pipeline of 3 stages of 3
// actions. Prints the CPU of a run, one run when idle, and runs a second with 256 in flight, beside
// the limit of the same disk: fdatasync.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <vector>

#include "engine/runtime/engine.hpp"
#include "engine/runtime/random_id.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/support/declarations.hpp"
#include "tests/support/prompt_hosts.hpp"

using namespace sluice;
using Seconds = std::chrono::duration<double>;

namespace {

constexpr int kFactsPerRun = 26;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Microseconds of one 4 KiB append and fdatasync.
double fdatasync_us(const std::filesystem::path& directory, int rounds) {
  const std::string file = (directory / "probe").string();
  const int fd = open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const std::vector<char> block(4096, 'x');
  std::vector<double> took;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) std::perror("fdatasync");
    took.push_back(Seconds(std::chrono::steady_clock::now() - start).count() * 1e6);
  }
  close(fd);
  return median(took);
}

struct Bench {
  std::unique_ptr<Store> store;
  PromptHosts hosts;
  SystemClock clock;
  std::unique_ptr<Engine> engine;
  int finished = 0, wanted = 0, in_flight = 0;
  std::vector<std::string> idle;

  Bench(const std::filesystem::path& directory, int pipelines) {
    auto opened = open_sqlite_store(directory / "bench.db");
    if (!opened) std::fprintf(stderr, "%s\n", opened.error().text().c_str()), std::exit(1);
    store = std::move(*opened);
    engine = std::make_unique<Engine>(*store, hosts, clock);
    hosts.succeed_at_once(
        [this](const std::string& name, Input report) { engine->report(name, std::move(report)); });
    for (int i = 0; i < pipelines; ++i) {
      const std::string name = "pipeline-" + std::to_string(i);
      if (!engine->load(name, {})) std::exit(1);
      if (!engine->submit(name, AdoptDefinition{grid(name, 3, 3)})) std::exit(1);
      idle.push_back(name);
    }
    engine->step(false);
    engine->listen([this](std::span<const StoredFact> facts) {
      for (const StoredFact& stored : facts) {
        if (!std::holds_alternative<ExecutionSucceeded>(stored.fact)) continue;
        ++finished;
        --in_flight;
        idle.push_back(stored.pipeline);
      }
    });
  }

  void run(int runs, int most_in_flight) {
    finished = 0, wanted = runs;
    int started = 0;
    while (finished < runs) {
      while (started < runs && in_flight < most_in_flight) {
        if (!engine->submit(idle.back(), StartExecution{random_id(), {}, {}, {}, ""})) std::exit(1);
        idle.pop_back();
        ++started, ++in_flight;
      }
      engine->step(true);
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  std::string directory = (std::filesystem::temp_directory_path() / "sluice-bench-XXXXXX").string();
  if (!mkdtemp(directory.data())) return 1;
  const double sync_us = fdatasync_us(directory, quick ? 20 : 500);
  Bench bench(directory, 256);

  std::vector<double> idle_ms;
  for (int i = 0; i < (quick ? 5 : 300); ++i) {
    const auto start = std::chrono::steady_clock::now();
    bench.run(1, 1);
    idle_ms.push_back(Seconds(std::chrono::steady_clock::now() - start).count() * 1e3);
  }
  std::vector<double> rates, cpu;
  for (int round = 0; round < (quick ? 1 : 5); ++round) {
    const int runs = quick ? 256 : 20'000;
    const double cpu_before = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    bench.run(runs, 256);
    rates.push_back(runs / Seconds(std::chrono::steady_clock::now() - start).count());
    cpu.push_back((cpu_seconds() - cpu_before) / runs * 1e6);
  }
  std::printf("engine, faked hosts, SqliteStore FULL, 3 stages x 3 actions, medians\n");
  std::printf("  %-44s %10.1f us   aim: under 100\n", "CPU of a run (256 in flight)", median(cpu));
  std::printf("  %-44s %10.2f ms   %.1f fdatasync   aim: under 1.5\n", "one run when idle",
              median(idle_ms), median(idle_ms) * 1e3 / sync_us);
  std::printf("  %-44s %10.0f /s   %.0f durable transitions/s   aim: over 9,000\n",
              "runs, 256 in flight", median(rates), median(rates) * kFactsPerRun);
  std::printf("  %-44s %10.1f us\n", "limit: append of 4 KiB and fdatasync", sync_us);
  std::filesystem::remove_all(directory);
  return 0;
}
