// What conditions promise (facts/codepipeline.md 2.15, docs/decisions/0043).
#include <algorithm>

#include "engine/core/condition.hpp"
#include "tests/sim/auditor_rules.hpp"

namespace sluice::sim {
namespace {

constexpr std::uint16_t kMostLosses = 3;  // engine/core/report.cpp

struct Check {
  const Pipeline& state;
  const Books& books;
  const Instant at;

  [[nodiscard]] const Execution& execution(ExecutionNumber number) const {
    return state.executions.at(number);
  }
  [[nodiscard]] const StageDeclaration& stage(const Execution& e) const {
    return state.versions.at(e.version)->stages.at(e.stage);
  }
  [[nodiscard]] bool passed(const Execution& e, Hook hook) const {
    return condition_of(stage(e), hook).rules.empty() || books.at(e.number).passed.contains(hook);
  }
  static std::string of(ExecutionNumber number) { return "execution " + std::to_string(number); }
  static bool any(const std::vector<ActionRun>& runs, ActionStatus status) {
    return std::any_of(runs.begin(), runs.end(),
                       [&](const ActionRun& run) { return run.status == status; });
  }
  static bool any_busy(const std::vector<ActionRun>& runs) {
    return any(runs, ActionStatus::kRunning) || any(runs, ActionStatus::kWaiting);
  }
  static bool all(const std::vector<ActionRun>& runs, ActionStatus status) {
    return std::all_of(runs.begin(), runs.end(),
                       [&](const ActionRun& run) { return run.status == status; });
  }

  std::string operator()(const ActionStarted& f) const {
    return passed(execution(f.key.execution), Hook::kBeforeEntry)
               ? ""
               : of(f.key.execution) + ": an action starts before beforeEntry let it";
  }

  std::string operator()(const StageSucceeded& f) const {
    const Execution& e = execution(f.execution);
    if (!passed(e, Hook::kBeforeEntry)) return of(f.execution) + " passed without beforeEntry";
    if (!passed(e, Hook::kOnSuccess)) return of(f.execution) + " passed without onSuccess";
    return "";
  }

  std::string operator()(const StageSkipped& f) const {
    const Execution& e = execution(f.execution);
    const bool refused = e.condition.hook == Hook::kBeforeEntry &&
                         e.condition.status == ConditionStatus::kFailed &&
                         stage(e).before_entry.result == ConditionResult::kSkip;
    if (!refused) return of(f.execution) + " skips a stage for no reason";
    return all(e.actions, ActionStatus::kNotStarted)
               ? ""
               : of(f.execution) + " skips a stage that has begun";
  }

  std::string operator()(const StageResumed& f) const {
    const Execution& e = execution(f.execution);
    if (any_busy(e.condition.rules)) return of(f.execution) + " goes on while a rule runs";
    const bool refused = e.condition.status == ConditionStatus::kFailed ||
                         e.condition.status == ConditionStatus::kErrored;
    return !f.overridden || refused ? "" : of(f.execution) + ": nothing to override";
  }
  std::string operator()(const StageFailed& f) const { return idle(f.execution); }
  std::string operator()(const StageStopped& f) const { return idle(f.execution); }
  std::string operator()(const StageCancelled& f) const { return idle(f.execution); }
  [[nodiscard]] std::string idle(ExecutionNumber number) const {
    return execution(number).condition.status == ConditionStatus::kInProgress
               ? of(number) + " ends while a condition is evaluated"
               : "";
  }

  std::string operator()(const ConditionStarted& f) const {
    const Execution& e = execution(f.execution);
    const std::string name = of(f.execution) + ": a condition begins ";
    if (e.stage != f.stage || e.stage_status != StageStatus::kInProgress) {
      return name + "outside its stage";
    }
    if (condition_of(stage(e), f.hook).rules.empty()) return name + "that nobody declared";
    if (any_busy(e.actions)) return name + "while an action runs";
    if (e.condition.status == ConditionStatus::kInProgress) return name + "beside another";
    if (f.hook == Hook::kBeforeEntry && passed(e, f.hook)) return name + "that has passed";
    if (f.hook == Hook::kBeforeEntry) {
      return all(e.actions, ActionStatus::kNotStarted) ? "" : name + "behind what it guards";
    }
    if (f.hook == Hook::kOnSuccess) {
      return all(e.actions, ActionStatus::kSucceeded) ? ""
                                                      : name + "before the actions are through";
    }
    if (e.type == ExecutionType::kRollback) return name + "to roll back a rollback";
    return e.failure.empty() ? name + "although nothing failed" : "";
  }

  std::string operator()(const ConditionFinished& f) const {
    const Execution& e = execution(f.execution);
    const auto& rules = e.condition.rules;
    const std::string name = of(f.execution) + ": a condition ends ";
    if (any_busy(rules)) return name + "while a rule runs";
    if (f.status == ConditionStatus::kSucceeded) {
      return all(rules, ActionStatus::kSucceeded) ? "" : name + "well without all its rules";
    }
    if (f.status == ConditionStatus::kFailed || f.status == ConditionStatus::kErrored) {
      if (!any(rules, ActionStatus::kFailed)) return name + "although no rule failed";
    }
    if (f.status == ConditionStatus::kErrored && f.result == ConditionResult::kSkip) {
      return name + "unevaluated, and skips";
    }
    if (f.status != ConditionStatus::kOverridden) return "";
    const bool skips = condition_of(stage(e), f.hook).result == ConditionResult::kSkip;
    if (skips && e.condition.status != ConditionStatus::kErrored) {
      return name + "overridden although it skips";
    }
    return f.by.empty() ? name + "overridden by nobody" : "";
  }

  std::string operator()(const RuleStarted& f) const {
    const Execution& e = execution(f.key.execution);
    const std::string name = of(e.number) + ": a rule starts ";
    if (e.condition.status != ConditionStatus::kInProgress) return name + "without its condition";
    if (find_rule(stage(e), f.key.action) == nullptr) return name + "that nobody declared";
    const auto& attempts = books.at(e.number).rule_attempts;
    const auto last = attempts.find({f.key.stage, f.key.action});
    // Room for the workers that it lost in between.
    if (last != attempts.end() && f.key.attempt <= last->second + kMostLosses) {
      return name + "under a number that was used";
    }
    return f.deadline <= at ? name + "with a deadline that has passed" : "";
  }

  std::string operator()(const ActionRetried& f) const {
    if (!names_rule(f.key)) return "";
    const Execution& e = execution(f.key.execution);
    if (e.condition.rules.at(f.key.action & 15U).losses >= kMostLosses) {
      return of(e.number) + ": a rule repeats for ever";
    }
    return e.status == ExecutionStatus::kInProgress
               ? ""
               : of(e.number) + ": a rule repeats while it stops";
  }

  template <class Other>
  std::string operator()(const Other&) const {
    return "";
  }
};

}  // namespace

std::string check_condition(const Pipeline& before, const Books& books, const StoredFact& stored) {
  return std::visit(Check{before, books, stored.at}, stored.fact);
}

}  // namespace sluice::sim
