// The state machine alone, with virtual time, under a script: decide, apply and wants, and nobody
// else. Deterministic: the same declaration and script give the same facts. No clock, no I/O.
#pragma once

#include <string>
#include <vector>

#include "engine/core/core.hpp"
#include "engine/simulation/script.hpp"

namespace sluice::simulation {

// When a simulation begins: 2026-01-01T00:00:00Z, a Thursday.
inline constexpr Instant kBeginning{1'767'225'600'000};
// More facts than this end a simulation: two retries that chase each other, say.
inline constexpr std::size_t kMostFacts = 200'000;

// Something that happened: a fact, or an input of the script that was refused.
struct Happening {
  Instant at;
  Fact fact;         // none if refused
  std::string text;  // narrated; "! Code: why" if refused
  bool refused = false;
};

// How an execution looked from a moment on, for the timeline.
struct Look {
  enum class Kind : std::uint8_t { kWaits, kRuns, kAsks, kStops, kOver };
  Instant at;
  Kind kind = Kind::kWaits;
  std::string stage;                                      // that it is in; "" if kWaits or kOver
  ExecutionStatus status = ExecutionStatus::kInProgress;  // of kOver
  bool operator==(const Look&) const = default;
};

struct Simulated {
  std::vector<Happening> happenings;
  std::vector<std::vector<Look>> looks;  // by execution number - 1; the first is at its start
  Pipeline state;                        // at the end
  Instant end;                           // of the last happening
  bool cut_short = false;                // after kMostFacts
};

// script.versions.front() is what runs first. Starts one execution at once if the script starts
// none.
[[nodiscard]] Simulated simulate(const Script& script);

}  // namespace sluice::simulation
