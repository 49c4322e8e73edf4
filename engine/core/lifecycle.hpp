// How executions, stages and actions live: which cause moves which status where, and by which fact.
// decide() asks what a cause does (cell), apply() where a fact leads (after); the tables are at the
// top of lifecycle.cpp, docs/state-machine.md is printed from them.
#pragma once

#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/pipeline.hpp"
#include "engine/core/table.hpp"

namespace sluice {

enum class ExecutionCause : std::uint8_t {
  kVariablesMissing,  // a required variable has no value
  kLastStageDone,
  kStageFailed,
  kStop,       // StopExecution: wait for what runs
  kAbandon,    // StopExecution with abandon
  kDrained,    // after a stop, nothing runs any more
  kOvertaken,  // a newer execution came to the place where this one waits
  kUpdated,    // the structure changed
  kRetry,      // RetryStage, or onFailure RETRY
  kOverride    // OverrideCondition: what failed it was a condition
};
inline constexpr std::size_t kExecutionStatuses = 7, kExecutionCauses = 10;

enum class StageCause : std::uint8_t {
  kEnter,
  kAllSucceeded,
  kFailed,  // an action failed or a condition refused, and nothing of the stage runs any more
  kStop,
  kDrained,  // after a stop, nothing runs any more
  kUpdated,  // the structure changed, and nothing runs any more
  kRetry,    // RetryStage, or onFailure RETRY
  kSkip,     // the beforeEntry condition failed, and says SKIP
  kOverride  // OverrideCondition
};
inline constexpr std::size_t kStageStatuses = 8, kStageCauses = 9;

// Of stage conditions (facts/codepipeline.md 2.15).
enum class ConditionCause : std::uint8_t {
  kStart,
  kPass,     // all its rules succeeded
  kRefuse,   // a rule failed
  kError,    // a rule could not be evaluated
  kAbandon,  // the execution is being stopped, or the stage retried
  kUpdated,  // the structure changed
  kOverride  // OverrideCondition
};
inline constexpr std::size_t kConditionStatuses = 8, kConditionCauses = 7;

enum class ActionCause : std::uint8_t {
  kStart,
  kProgress,
  kSuccess,
  kFailure,
  kLost,  // and the action type may run again
  kContinue,
  kSignal,
  kDelayOver,
  kTimeout,
  kApprove,
  kReject,
  kAbandon,
  kRetry  // the stage is retried, and this action is one to run again
};
inline constexpr std::size_t kActionStatuses = 6, kActionCauses = 13;

[[nodiscard]] const Cell& cell(ExecutionStatus status, ExecutionCause cause);
[[nodiscard]] const Cell& cell(StageStatus status, StageCause cause);
[[nodiscard]] const Cell& cell(ActionStatus status, ActionCause cause);
[[nodiscard]] const Cell& cell(ConditionStatus status, ConditionCause cause);
// Rules of conditions run like actions, under facts of their own.
[[nodiscard]] const Cell& rule_cell(ActionStatus status, ActionCause cause);

// Where a fact leads; aborts if the tables do not know it from there.
[[nodiscard]] ExecutionStatus after(ExecutionStatus from, const Fact& fact);
[[nodiscard]] StageStatus after(StageStatus from, const Fact& fact);
[[nodiscard]] ActionStatus after(ActionStatus from, const Fact& fact);
[[nodiscard]] ActionStatus after_of_rule(ActionStatus from, const Fact& fact);
// ConditionFinished says itself where it leads; it must be somewhere that the table knows.
[[nodiscard]] ConditionStatus after(ConditionStatus from, const Fact& fact);

// Rows are numbered through all tables; a Decision tells which it took.
inline constexpr std::size_t kMostRows = 128;
using RowSet = std::bitset<kMostRows>;
[[nodiscard]] std::size_t row_count();

// For print_state_machine and the tests: one lifecycle with everything spelled out.
struct LifecycleText {
  std::string_view name;
  std::span<const std::string_view> statuses, causes;
  const Cell* (*at)(std::size_t status, std::size_t cause);
};
[[nodiscard]] std::span<const LifecycleText> lifecycles();

}  // namespace sluice
