// How fast the pattern matcher is, how that changes with the number of rules, and how far it is
// from the floor: simdjson's own parse of the same bytes (its whole tree, and its first stage
// only). Figures are per second of this thread's CPU time, the best of several passes: what
// neighbours on the machine disturb least. --quick: few events and rules, no figures worth quoting.
#include <simdjson.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/pattern/pattern.hpp"
#include "tests/bench/pattern_workload.hpp"

namespace {

using sluice::pattern::compile;
using sluice::pattern::Matcher;
using sluice::pattern::Reader;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

template <class Work>
double best_rate(std::size_t items, int passes, Work work) {
  double best = 1e9;
  for (int pass = 0; pass < passes; ++pass) {
    const double start = cpu_seconds();
    work();
    best = std::min(best, std::max(cpu_seconds() - start, 1e-9));
  }
  return static_cast<double>(items) / best;
}

void print_floor(const char* name, const std::vector<std::string>& events, int passes) {
  std::vector<simdjson::padded_string> padded(events.begin(), events.end());
  std::size_t bytes = 0;
  for (const auto& event : events) bytes += event.size();
  simdjson::dom::parser parser;
  const double tree = best_rate(events.size(), passes, [&] {
    for (const auto& event : padded) {
      if (parser.parse(event).error() != simdjson::SUCCESS) std::abort();
    }
  });
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  if (simdjson::get_active_implementation()->create_dom_parser_implementation(1 << 16, 1, stage) !=
      simdjson::SUCCESS) {
    std::abort();
  }
  const double tokens = best_rate(events.size(), passes, [&] {
    for (const auto& event : padded) {
      if (stage->stage1(reinterpret_cast<const std::uint8_t*>(event.data()), event.size(),
                        simdjson::stage1_mode::regular) != simdjson::SUCCESS) {
        std::abort();
      }
    }
  });
  std::printf("%-10s %8zu bytes an event; simdjson tree %9.0f/s, first stage %9.0f/s\n", name,
              bytes / events.size(), tree, tokens);
}

void measure(const char* family, std::size_t rule_count, const std::vector<std::string>& events,
             int passes) {
  const auto patterns = bench::rules(family, rule_count, 2);
  const std::size_t before = resident_bytes();
  Matcher matcher;
  const double added = best_rate(rule_count, 1, [&] {
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      const auto rule = compile(patterns[i]);
      if (!rule || matcher.add("r" + std::to_string(i), *rule)) {
        std::fprintf(stderr, "refused: %s\n", patterns[i].c_str());
        std::exit(1);
      }
    }
  });
  const std::size_t after = resident_bytes();
  Reader reader(matcher);
  std::size_t matches = 0;
  const double rate = best_rate(events.size(), passes, [&] {
    matches = 0;
    for (const auto& event : events) {
      const auto names = reader.match(event);
      if (!names) std::exit(1);
      matches += (*names).size();
    }
  });
  std::printf(
      "%-8s %8zu %10.0f %10.3f %10.0f %9.0f\n", family, rule_count, rate,
      static_cast<double>(matches) / static_cast<double>(events.size()), added,
      static_cast<double>(after > before ? after - before : 0) / static_cast<double>(rule_count));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  const std::size_t event_count = quick ? 500 : 50'000;
  const int passes = quick ? 1 : 5;
  const auto pipeline = bench::pipeline_events(event_count, 1);
  const auto lots = bench::lot_events(event_count, 1);
  print_floor("pipeline", pipeline, passes);
  print_floor("lots", lots, passes);
  std::printf("\n%-8s %8s %10s %10s %10s %9s\n", "family", "rules", "events/s", "matches/ev",
              "added/s", "B/rule");
  const std::vector<std::size_t> sizes =
      quick ? std::vector<std::size_t>{1, 100}
            : std::vector<std::size_t>{1, 100, 10'000, 100'000, 1'000'000};
  for (const char* family : {"exact", "mixed", "common", "wild"}) {
    for (const std::size_t size : sizes) measure(family, size, pipeline, passes);
  }
  for (const std::size_t size : {std::size_t{5}, std::size_t{100}}) {
    measure("arrays", size, lots, passes);
  }
  return 0;
}
