// What callers and workers say, at random: mostly sensible, sometimes stale, doubled or wrong.
#pragma once

#include <string>
#include <vector>

#include "engine/core/core.hpp"
#include "engine/hosts/hosts.hpp"
#include "tests/sim/auditor.hpp"
#include "tests/sim/dice.hpp"

namespace sluice::sim {

// A caller's request, given the live state. `id`: for an execution that it may start.
[[nodiscard]] Input random_request(Dice& dice, const Auditor& auditor, Uuid id);
// How a running call ends; approvals mostly wait. calm: nearly always well.
[[nodiscard]] Input random_outcome(Dice& dice, const Job& job, const Pipeline& state, bool calm);
// The call ends well: outputs, variables; an approval waits for its answer.
[[nodiscard]] Input good_outcome(const Job& job, const Pipeline& state);
// A signal or a deadline for a random call, most of them out of place.
[[nodiscard]] Input random_nudge(Dice& dice, const Pipeline& state);

// "AnswerApproval Build.A1": to read in a trace.
[[nodiscard]] std::string describe(const Input& input);

}  // namespace sluice::sim
