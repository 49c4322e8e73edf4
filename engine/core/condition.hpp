// Stage conditions and their rules by name of the hook, and by the index under which rules run
// (ids.hpp: rule_index).
#pragma once

#include <string>
#include <string_view>

#include "engine/core/declaration.hpp"
#include "engine/core/fact.hpp"

namespace sluice {

// Without rules if the stage declares none there, and for kNone.
[[nodiscard]] const ConditionDeclaration& condition_of(const StageDeclaration& stage, Hook hook);

// The hook of an ActionKey's index that names a rule, and the rule; null if the stage has no such.
[[nodiscard]] Hook hook_of(Index rule);
[[nodiscard]] const RuleDeclaration* find_rule(const StageDeclaration& stage, Index rule);

// Which of its condition's rules such an index names, from 0.
constexpr std::size_t rule_place(Index rule) {
  return rule & 15U;
}

// Runs of a rule are numbered so that no two share an attempt: each evaluation of the condition has
// this many, of which it takes one for every worker that the rule loses. The first evaluation is 1;
// every retry of the execution may bring another.
inline constexpr std::uint16_t kAttemptsOfEvaluation = 8;
constexpr std::uint16_t evaluation_of(std::uint16_t attempt) {
  return static_cast<std::uint16_t>((attempt + kAttemptsOfEvaluation - 1) / kAttemptsOfEvaluation);
}

// As the workflow file spells it: beforeEntry, onSuccess, onFailure.
[[nodiscard]] std::string_view member_name(Hook hook);

// Why a stage failed that one of its conditions held; `why` as ConditionFinished sums it up.
[[nodiscard]] std::string condition_failure(Hook hook, const std::string& why);

}  // namespace sluice
