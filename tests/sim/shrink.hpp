// Finds a smaller set of steps that still breaks a promise.
#pragma once

#include "tests/sim/simulation.hpp"

namespace sluice::sim {

// Runs the plan in a process of its own, since what is broken may abort. The outcome's broken is
// "the program ended by signal N" then.
[[nodiscard]] Outcome simulate_apart(const Plan& plan);
// The plan with as few steps as a bounded number of tries leaves.
[[nodiscard]] Plan shrink(Plan plan, const Outcome& failed);

}  // namespace sluice::sim
