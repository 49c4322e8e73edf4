// Deterministic simulation: seeds drive the whole engine (CONTRIBUTING.md).
//
//   simulation                      the seeds of CI, about a million steps
//   simulation --steps 100000000    more of them, with progress
//   simulation --first 7 --seeds 1  one seed
//   simulation --seed 7 --trace     one seed, told step by step; --only 3,17 leaves the other steps
//   out
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "engine/core/names.hpp"
#include "tests/sim/shrink.hpp"
#include "tests/sim/simulation.hpp"

using namespace sluice::sim;

namespace {

struct Options {
  std::uint64_t first = 1, seeds = UINT64_MAX, steps = 1'000'000;
  unsigned steps_each = 400;
  bool one = false, trace = false, shrink = true;
  std::set<unsigned> only;
};

// Written before every seed, so that an assertion that aborts tells how to come back here.
char last_words[256];

void tell_seed(int) {
  [[maybe_unused]] const auto size = ::write(STDERR_FILENO, last_words, std::strlen(last_words));
  std::signal(SIGABRT, SIG_DFL);
  ::raise(SIGABRT);
}

std::string replay_command(const char* program, const Plan& plan) {
  std::string command = std::string(program) + " --seed " + std::to_string(plan.seed) +
                        " --steps-each " + std::to_string(plan.steps);
  std::string only;
  for (const unsigned step : plan.only) only += (only.empty() ? "" : ",") + std::to_string(step);
  if (!only.empty()) command += " --only " + only;
  return command + " --trace";
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : "0"; };
    if (name == "--first") {
      options.first = std::stoull(value());
    } else if (name == "--seeds") {
      options.seeds = std::stoull(value());
    } else if (name == "--steps") {
      options.steps = std::stoull(value());
    } else if (name == "--steps-each") {
      options.steps_each = static_cast<unsigned>(std::stoul(value()));
    } else if (name == "--seed") {
      options.first = std::stoull(value());
      options.one = true;
    } else if (name == "--only") {
      const std::string list = value();
      for (std::size_t at = 0; at < list.size(); at = list.find_first_of(',', at) + 1) {
        options.only.insert(static_cast<unsigned>(std::stoul(list.substr(at))));
        if (list.find(',', at) == std::string::npos) break;
      }
    } else if (name == "--trace") {
      options.trace = true;
    } else if (name == "--no-shrink") {
      options.shrink = false;
    } else {
      std::fprintf(stderr,
                   "usage: %s [--steps N] [--first SEED] [--seeds N] [--steps-each N]\n"
                   "       %s --seed SEED [--only STEP,STEP...] [--trace]\n",
                   argv[0], argv[0]);
      std::exit(2);
    }
  }
  return options;
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

int report(const char* program, const Options& options, Plan plan, Outcome outcome) {
  std::printf("BROKEN at seed %llu, step %u: %s\nreplay: %s\n",
              static_cast<unsigned long long>(plan.seed), outcome.step, outcome.broken.c_str(),
              replay_command(program, plan).c_str());
  std::fflush(stdout);
  if (options.shrink) {
    plan = shrink(plan, outcome);
    std::printf("%zu steps are enough (%s):\n%s\n", plan.only.size(),
                simulate_apart(plan).broken.c_str(), replay_command(program, plan).c_str());
  }
  return 1;
}

int run_many(const char* program, const Options& options) {
  Outcome total;
  std::uint64_t seeds = 0, told = 0;
  for (; seeds < options.seeds && total.steps < options.steps; ++seeds) {
    Plan plan{options.first + seeds, options.steps_each, {}, false};
    std::snprintf(last_words, sizeof last_words, "ABORTED at seed %llu\nreplay: %s\n",
                  static_cast<unsigned long long>(plan.seed),
                  replay_command(program, plan).c_str());
    const Outcome outcome = simulate(plan);
    if (!outcome.broken.empty()) return report(program, options, plan, outcome);
    total.steps += outcome.steps;
    total.facts += outcome.facts;
    total.crashes += outcome.crashes;
    total.executions += outcome.executions;
    for (std::size_t i = 0; i < total.kinds.size(); ++i) total.kinds[i] += outcome.kinds[i];
    if (total.steps / 5'000'000 > told) {
      told = total.steps / 5'000'000;
      std::printf("%llu steps, %.0f s of CPU\n", static_cast<unsigned long long>(total.steps),
                  cpu_seconds());
      std::fflush(stdout);
    }
  }
  std::printf(
      "%llu steps of %llu seeds from %llu: %llu facts, %llu executions, %llu crashes, "
      "nothing broken, %.1f s of CPU\n",
      static_cast<unsigned long long>(total.steps), static_cast<unsigned long long>(seeds),
      static_cast<unsigned long long>(options.first), static_cast<unsigned long long>(total.facts),
      static_cast<unsigned long long>(total.executions),
      static_cast<unsigned long long>(total.crashes), cpu_seconds());
  // A kind of fact that never happened is a feature that was never simulated.
  for (std::size_t i = 0; i < total.kinds.size(); ++i) {
    std::printf("%12llu %s\n", static_cast<unsigned long long>(total.kinds[i]),
                std::string(sluice::fact_name(i)).c_str());
  }
  return total.facts == 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const Options options = read_options(argc, argv);
  std::signal(SIGABRT, tell_seed);
  if (!options.one) return run_many(argv[0], options);
  const Plan plan{options.first, options.steps_each, options.only, options.trace};
  const Outcome outcome = simulate(plan);
  if (!outcome.broken.empty()) std::printf("BROKEN %s\n", outcome.broken.c_str());
  return outcome.broken.empty() ? 0 : 1;
}
