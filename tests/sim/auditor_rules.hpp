// The rules that a single fact may break, and the books they need. Internal to the auditor.
#pragma once

#include <map>
#include <string>

#include "tests/sim/auditor.hpp"

namespace sluice::sim {

using Books = std::map<ExecutionNumber, Auditor::Book>;

[[nodiscard]] bool is_inside(const Execution& execution);
[[nodiscard]] bool is_busy(ActionStatus status);
// Whether a disabled transition keeps executions out of the stage (facts/codepipeline.md 2.12).
[[nodiscard]] bool is_closed(const Pipeline& state, const PipelineDeclaration& declaration,
                             Index stage);

// What the fact breaks, given the state and the books before it; "" if nothing.
[[nodiscard]] std::string check_fact(const Pipeline& before, const Books& books,
                                     const StoredFact& stored);
// The same for facts about conditions and their rules, and what conditions forbid to others.
[[nodiscard]] std::string check_condition(const Pipeline& before, const Books& books,
                                          const StoredFact& stored);
// Enters the fact, given the state after it.
void write_book(const Pipeline& after, Books& books, const Fact& fact);

}  // namespace sluice::sim
