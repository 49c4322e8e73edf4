#include "tests/sim/shrink.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

namespace sluice::sim {
namespace {

constexpr int kMostTries = 400;

struct Told {
  unsigned step = 0;
  char broken[256] = {};
};

}  // namespace

Outcome simulate_apart(const Plan& plan) {
  int ends[2];
  Outcome outcome;
  if (::pipe(ends) != 0) return outcome;
  const pid_t child = ::fork();
  if (child == 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDERR_FILENO);
    const Outcome found = simulate(plan);
    Told told;
    told.step = found.step;
    std::snprintf(told.broken, sizeof told.broken, "%s", found.broken.c_str());
    const bool written = ::write(ends[1], &told, sizeof told) == sizeof told;
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  Told told;
  const bool heard = ::read(ends[0], &told, sizeof told) == sizeof told;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  outcome.broken = told.broken;
  outcome.step = told.step;
  if (!heard) {
    outcome.broken = "the program ended by signal " + std::to_string(WTERMSIG(status));
    outcome.step = plan.steps;
  }
  return outcome;
}

// ddmin (Zeller 1999), simplified: takes out ever smaller runs of steps while something breaks.
Plan shrink(Plan plan, const Outcome& failed) {
  std::vector<unsigned> steps;
  for (unsigned i = 0; i < plan.steps && i <= failed.step; ++i) {
    if (plan.only.empty() || plan.only.contains(i)) steps.push_back(i);
  }
  int tries = 0;
  for (std::size_t chunk = steps.size() / 2; chunk > 0 && tries < kMostTries; chunk /= 2) {
    for (std::size_t at = 0; at < steps.size() && steps.size() > 1 && tries < kMostTries;) {
      Plan less = plan;
      less.only.clear();
      for (std::size_t i = 0; i < steps.size(); ++i) {
        if (i < at || i >= at + chunk) less.only.insert(steps[i]);
      }
      ++tries;
      if (!less.only.empty() && !simulate_apart(less).broken.empty()) {
        steps.assign(less.only.begin(), less.only.end());
      } else {
        at += chunk;
      }
    }
  }
  plan.only = {steps.begin(), steps.end()};
  return plan;
}

}  // namespace sluice::sim
