// Which action is sure to have finished when another one starts: an earlier stage, or the same
// stage with a lower runOrder (facts/codepipeline.md 1.7 rows 13 and 22).
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "engine/definition/draft.hpp"

namespace sluice::definition {

struct ActionSpot {
  std::size_t stage = 0, action = 0;
  std::uint32_t run_order = 1;
};

// Rules stand before all actions of their stage, or after them.
inline constexpr std::uint32_t kBeforeActions = 0;
inline constexpr std::uint32_t kAfterActions = std::numeric_limits<std::uint32_t>::max();

[[nodiscard]] ActionSpot spot_of(const Draft& draft, std::size_t stage, std::size_t action);
[[nodiscard]] bool runs_before(const ActionSpot& producer, const ActionSpot& user);

// "action `Compile` of stage `Build`"
[[nodiscard]] std::string describe(const Draft& draft, const ActionSpot& spot);

// That an action, or a rule, needs what an action makes.
struct Need {
  ActionSpot producer, user;
  Position at;       // where it is said
  Code late;         // what is wrong if the producer does not run before
  std::string what;  // "artifact `bin` is made by action ..."; what to do is added
};

// The rules of a stage's three conditions.
void for_each_rule(
    const Draft& draft, std::size_t stage,
    const std::function<void(const RuleDeclaration&, const TypedPlace&, const ActionSpot&)>& visit);

}  // namespace sluice::definition
