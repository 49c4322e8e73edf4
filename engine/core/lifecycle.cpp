#include "engine/core/lifecycle.hpp"

#include <algorithm>

#include "engine/core/assert.hpp"
#include "engine/core/names.hpp"

namespace sluice {
namespace {

using X = ExecutionStatus;
using XC = ExecutionCause;
using S = StageStatus;
using SC = StageCause;
using A = ActionStatus;
using AC = ActionCause;
using C = ConditionStatus;
using CC = ConditionCause;

// clang-format off

// ---- pipeline executions (facts/codepipeline.md 2.2, 2.9) ----
constexpr Row<X, XC> kExecutionRows[] = {
    // from           cause                   to               fact
    {X::kInProgress, XC::kVariablesMissing, X::kFailed,     fact_index<ExecutionFailed>},
    {X::kInProgress, XC::kLastStageDone,    X::kSucceeded,  fact_index<ExecutionSucceeded>},
    {X::kInProgress, XC::kStageFailed,      X::kFailed,     fact_index<ExecutionFailed>},
    {X::kInProgress, XC::kStop,             X::kStopping,   fact_index<ExecutionStopping>},
    {X::kInProgress, XC::kAbandon,          X::kStopping,   fact_index<ExecutionStopping>},
    {X::kStopping,   XC::kAbandon,          X::kStopping,   fact_index<ExecutionStopping>},
    {X::kStopping,   XC::kDrained,          X::kStopped,    fact_index<ExecutionStopped>},
    {X::kInProgress, XC::kOvertaken,        X::kSuperseded, fact_index<ExecutionSuperseded>},
    {X::kInProgress, XC::kUpdated,          X::kCancelled,  fact_index<ExecutionCancelled>},
    {X::kFailed,     XC::kRetry,            X::kInProgress, fact_index<ExecutionResumed>},
    {X::kStopped,    XC::kRetry,            X::kInProgress, fact_index<ExecutionResumed>},
    {X::kFailed,     XC::kOverride,         X::kInProgress, fact_index<ExecutionResumed>},
};
constexpr std::uint32_t kEnded = any_of(X::kStopped, X::kSucceeded, X::kFailed, X::kSuperseded, X::kCancelled);
constexpr Stay kExecutionStays[] = {
    rejected(any_of(X::kStopping), any_of(XC::kStop), "DuplicatedStopRequestException", "it is being stopped already"),
    rejected(kEnded, any_of(XC::kStop, XC::kAbandon), "PipelineExecutionNotStoppableException", "it has ended"),
    impossible(any_of(X::kInProgress), any_of(XC::kDrained), "nobody asked it to stop"),
    impossible(any_of(X::kStopping), any_of(XC::kVariablesMissing, XC::kLastStageDone, XC::kStageFailed), "a stop ends as Stopped, whatever its last actions did"),
    impossible(any_of(X::kStopping), any_of(XC::kOvertaken), "a waiting execution stops at once"),
    ignored(any_of(X::kStopping), any_of(XC::kUpdated), "it ends as Stopped"),
    ignored(any_of(X::kInProgress), any_of(XC::kRetry), "only its stage begins again"),
    rejected(any_of(X::kStopping), any_of(XC::kRetry), "StageNotRetryableException", "it is being stopped; retry when it has stopped"),
    rejected(any_of(X::kSucceeded, X::kSuperseded, X::kCancelled), any_of(XC::kRetry), "StageNotRetryableException", "it ended without a failure"),
    ignored(any_of(X::kInProgress), any_of(XC::kOverride), "its stage goes on"),
    rejected(any_of(X::kStopping), any_of(XC::kOverride), "ConditionNotOverridableException", "the execution is being stopped"),
    rejected(kEnded & ~any_of(X::kFailed), any_of(XC::kOverride), "ConditionNotOverridableException", "the execution has ended, and no condition failed it"),
    impossible(kEnded, any_of(XC::kVariablesMissing, XC::kLastStageDone, XC::kStageFailed, XC::kDrained, XC::kOvertaken, XC::kUpdated), "it has ended"),
};

// ---- stage executions (2.3) ----
constexpr Row<S, SC> kStageRows[] = {
    // from           cause              to              fact
    {S::kNotEntered, SC::kEnter,        S::kInProgress, fact_index<StageStarted>},
    {S::kInProgress, SC::kAllSucceeded, S::kSucceeded,  fact_index<StageSucceeded>},
    {S::kInProgress, SC::kFailed,       S::kFailed,     fact_index<StageFailed>},
    {S::kInProgress, SC::kStop,         S::kStopping,   fact_index<StageStopping>},
    {S::kStopping,   SC::kDrained,      S::kStopped,    fact_index<StageStopped>},
    {S::kInProgress, SC::kUpdated,      S::kCancelled,  fact_index<StageCancelled>},
    {S::kInProgress, SC::kRetry,        S::kInProgress, fact_index<StageResumed>},
    {S::kFailed,     SC::kRetry,        S::kInProgress, fact_index<StageResumed>},
    {S::kStopped,    SC::kRetry,        S::kInProgress, fact_index<StageResumed>},
    {S::kInProgress, SC::kSkip,         S::kSkipped,    fact_index<StageSkipped>},
    {S::kFailed,     SC::kOverride,     S::kInProgress, fact_index<StageResumed>},
};
constexpr std::uint32_t kLeft = any_of(S::kStopped, S::kSucceeded, S::kFailed, S::kSkipped, S::kCancelled);
constexpr Stay kStageStays[] = {
    ignored(any_of(S::kNotEntered), any_of(SC::kStop), "the execution waits before the stage and stops at once"),
    ignored(any_of(S::kStopping), any_of(SC::kStop), "it is stopping already"),
    ignored(any_of(S::kNotEntered), any_of(SC::kUpdated), "the execution is cancelled where it waits"),
    ignored(any_of(S::kStopping), any_of(SC::kUpdated), "it ends as Stopped"),
    impossible(any_of(S::kNotEntered), any_of(SC::kAllSucceeded, SC::kFailed, SC::kDrained, SC::kSkip), "nothing of it has run"),
    impossible(any_of(S::kInProgress), any_of(SC::kEnter), "a stage is entered once"),
    impossible(any_of(S::kInProgress), any_of(SC::kDrained), "nobody asked it to stop"),
    impossible(any_of(S::kStopping), any_of(SC::kEnter, SC::kAllSucceeded, SC::kFailed, SC::kSkip), "a stop ends as Stopped"),
    rejected(any_of(S::kNotEntered, S::kStopping, S::kSucceeded, S::kSkipped, S::kCancelled), any_of(SC::kRetry), "StageNotRetryableException", "nothing of the stage has failed"),
    ignored(any_of(S::kInProgress), any_of(SC::kOverride), "it goes on when the condition is over"),
    rejected(any_of(S::kNotEntered, S::kStopping), any_of(SC::kOverride), "ConditionNotOverridableException", "no condition of the stage is being evaluated"),
    rejected(kLeft & ~any_of(S::kFailed), any_of(SC::kOverride), "ConditionNotOverridableException", "no condition failed the stage"),
    impossible(kLeft, kEvery & ~any_of(SC::kRetry, SC::kOverride), "the execution has left it"),
};

// ---- actions (2.4, 2.13). Waiting: it answered CONTINUE; InProgress to the outside ----
constexpr Row<A, AC> kActionRows[] = {
    // from           cause           to              fact
    {A::kNotStarted, AC::kStart,     A::kRunning,   fact_index<ActionStarted>},
    {A::kRunning,    AC::kProgress,  A::kRunning,   fact_index<ActionProgressed>},
    {A::kRunning,    AC::kSuccess,   A::kSucceeded, fact_index<ActionSucceeded>},
    {A::kRunning,    AC::kFailure,   A::kFailed,    fact_index<ActionFailed>},
    {A::kRunning,    AC::kLost,      A::kRunning,   fact_index<ActionRetried>},
    {A::kRunning,    AC::kContinue,  A::kWaiting,   fact_index<ActionContinued>},
    {A::kWaiting,    AC::kSignal,    A::kRunning,   fact_index<ActionResumed>},
    {A::kWaiting,    AC::kDelayOver, A::kRunning,   fact_index<ActionResumed>},
    {A::kRunning,    AC::kTimeout,   A::kFailed,    fact_index<ActionFailed>},
    {A::kWaiting,    AC::kTimeout,   A::kFailed,    fact_index<ActionFailed>},
    {A::kRunning,    AC::kApprove,   A::kSucceeded, fact_index<ActionSucceeded>},
    {A::kWaiting,    AC::kApprove,   A::kSucceeded, fact_index<ActionSucceeded>},
    {A::kRunning,    AC::kReject,    A::kFailed,    fact_index<ActionFailed>},
    {A::kWaiting,    AC::kReject,    A::kFailed,    fact_index<ActionFailed>},
    {A::kRunning,    AC::kAbandon,   A::kAbandoned, fact_index<ActionAbandoned>},
    {A::kWaiting,    AC::kAbandon,   A::kAbandoned, fact_index<ActionAbandoned>},
    {A::kFailed,     AC::kRetry,     A::kNotStarted, fact_index<StageResumed>},
    {A::kAbandoned,  AC::kRetry,     A::kNotStarted, fact_index<StageResumed>},
    {A::kSucceeded,  AC::kRetry,     A::kNotStarted, fact_index<StageResumed>},
};
constexpr std::uint32_t kOver = any_of(A::kSucceeded, A::kFailed, A::kAbandoned);
constexpr std::uint32_t kReports = any_of(AC::kProgress, AC::kSuccess, AC::kFailure, AC::kLost, AC::kContinue);
constexpr std::uint32_t kAnswers = any_of(AC::kApprove, AC::kReject);
constexpr std::uint32_t kTimes = any_of(AC::kDelayOver, AC::kTimeout);
constexpr Stay kActionStays[] = {
    rejected(any_of(A::kNotStarted), kReports | kTimes, "StaleReport", "the action has not started"),
    rejected(any_of(A::kNotStarted), kAnswers, "InvalidApprovalTokenException", "the approval has not been asked for"),
    rejected(any_of(A::kNotStarted) | kOver, any_of(AC::kSignal), "ActionNotWaiting", "the action does not wait for a signal"),
    rejected(any_of(A::kRunning), any_of(AC::kSignal), "ActionNotWaiting", "the action is running; send the signal again when it waits"),
    rejected(any_of(A::kRunning), any_of(AC::kDelayOver), "DeadlineNotReached", "no delay is set while the action runs"),
    rejected(any_of(A::kWaiting), kReports, "StaleReport", "the call has been answered already"),
    rejected(kOver, kReports | kTimes, "StaleReport", "the action is over"),
    rejected(kOver, kAnswers, "ApprovalAlreadyCompletedException", "the approval is over"),
    ignored(any_of(A::kNotStarted) | kOver, any_of(AC::kAbandon), "nothing runs"),
    ignored(any_of(A::kNotStarted, A::kRunning, A::kWaiting), any_of(AC::kRetry), "it has its turn, or has it now"),
    impossible(any_of(A::kRunning, A::kWaiting) | kOver, any_of(AC::kStart), "an action starts once an attempt"),
};

// ---- conditions (2.15) ----
constexpr Row<C, CC> kConditionRows[] = {
    // from            cause          to               fact
    {C::kNone,       CC::kStart,    C::kInProgress, fact_index<ConditionStarted>},
    {C::kFailed,     CC::kStart,    C::kInProgress, fact_index<ConditionStarted>},
    {C::kErrored,    CC::kStart,    C::kInProgress, fact_index<ConditionStarted>},
    {C::kSucceeded,  CC::kStart,    C::kInProgress, fact_index<ConditionStarted>},
    {C::kOverridden, CC::kStart,    C::kInProgress, fact_index<ConditionStarted>},
    {C::kInProgress, CC::kPass,     C::kSucceeded,  fact_index<ConditionFinished>},
    {C::kInProgress, CC::kRefuse,   C::kFailed,     fact_index<ConditionFinished>},
    {C::kInProgress, CC::kError,    C::kErrored,    fact_index<ConditionFinished>},
    {C::kInProgress, CC::kAbandon,  C::kAbandoned,  fact_index<ConditionFinished>},
    {C::kInProgress, CC::kUpdated,  C::kCancelled,  fact_index<ConditionFinished>},
    {C::kInProgress, CC::kOverride, C::kOverridden, fact_index<ConditionFinished>},
    {C::kFailed,     CC::kOverride, C::kOverridden, fact_index<ConditionFinished>},
    {C::kErrored,    CC::kOverride, C::kOverridden, fact_index<ConditionFinished>},
};
constexpr std::uint32_t kSettled = any_of(C::kFailed, C::kErrored, C::kSucceeded, C::kOverridden);
constexpr std::uint32_t kDropped = any_of(C::kCancelled, C::kAbandoned);
constexpr std::uint32_t kVerdicts = any_of(CC::kPass, CC::kRefuse, CC::kError);
constexpr Stay kConditionStays[] = {
    impossible(any_of(C::kInProgress), any_of(CC::kStart), "one condition is evaluated at a time"),
    impossible(any_of(C::kNone) | kSettled | kDropped, kVerdicts, "nothing is evaluated"),
    impossible(kDropped, any_of(CC::kStart), "the stage ends, or begins again without it"),
    ignored(any_of(C::kNone) | kSettled | kDropped, any_of(CC::kAbandon, CC::kUpdated), "nothing is evaluated"),
    rejected(any_of(C::kNone, C::kSucceeded, C::kOverridden) | kDropped, any_of(CC::kOverride), "ConditionNotOverridableException", "it is not evaluated now and has not failed"),
};

// ---- rules of conditions: like actions ----
constexpr Row<A, AC> kRuleRows[] = {
    // from           cause           to              fact
    {A::kNotStarted, AC::kStart,     A::kRunning,   fact_index<RuleStarted>},
    {A::kRunning,    AC::kProgress,  A::kRunning,   fact_index<ActionProgressed>},
    {A::kRunning,    AC::kSuccess,   A::kSucceeded, fact_index<RuleSucceeded>},
    {A::kRunning,    AC::kFailure,   A::kFailed,    fact_index<RuleFailed>},
    {A::kRunning,    AC::kLost,      A::kRunning,   fact_index<ActionRetried>},
    {A::kRunning,    AC::kContinue,  A::kWaiting,   fact_index<ActionContinued>},
    {A::kWaiting,    AC::kSignal,    A::kRunning,   fact_index<ActionResumed>},
    {A::kWaiting,    AC::kDelayOver, A::kRunning,   fact_index<ActionResumed>},
    {A::kRunning,    AC::kTimeout,   A::kFailed,    fact_index<RuleFailed>},
    {A::kWaiting,    AC::kTimeout,   A::kFailed,    fact_index<RuleFailed>},
    {A::kRunning,    AC::kAbandon,   A::kAbandoned, fact_index<RuleAbandoned>},
    {A::kWaiting,    AC::kAbandon,   A::kAbandoned, fact_index<RuleAbandoned>},
};
constexpr Stay kRuleStays[] = {
    rejected(any_of(A::kNotStarted) | kOver, kReports | kTimes, "StaleReport", "the rule is not being evaluated"),
    rejected(any_of(A::kNotStarted) | kOver, any_of(AC::kSignal), "ActionNotWaiting", "the rule does not wait for a signal"),
    rejected(any_of(A::kRunning), any_of(AC::kSignal), "ActionNotWaiting", "the rule is running; send the signal again when it waits"),
    rejected(any_of(A::kRunning), any_of(AC::kDelayOver), "DeadlineNotReached", "no delay is set while the rule runs"),
    rejected(any_of(A::kWaiting), kReports, "StaleReport", "the call has been answered already"),
    ignored(any_of(A::kNotStarted) | kOver, any_of(AC::kAbandon), "nothing runs"),
    impossible(kEvery, kAnswers, "rules ask nobody"),
    impossible(kEvery, any_of(AC::kRetry), "the condition begins anew, with new runs of its rules"),
    impossible(any_of(A::kRunning, A::kWaiting) | kOver, any_of(AC::kStart), "a rule starts once an evaluation"),
};
// clang-format on

constexpr std::size_t kFirstStageRow = std::size(kExecutionRows);
constexpr std::size_t kFirstActionRow = kFirstStageRow + std::size(kStageRows);
constexpr std::size_t kFirstConditionRow = kFirstActionRow + std::size(kActionRows);
constexpr std::size_t kFirstRuleRow = kFirstConditionRow + std::size(kConditionRows);
constexpr std::size_t kRows = kFirstRuleRow + std::size(kRuleRows);
static_assert(kRows <= kMostRows);

constexpr auto kExecutionCells =
    compile<kExecutionStatuses, kExecutionCauses>(kExecutionRows, kExecutionStays, 0);
constexpr auto kStageCells =
    compile<kStageStatuses, kStageCauses>(kStageRows, kStageStays, kFirstStageRow);
constexpr auto kActionCells =
    compile<kActionStatuses, kActionCauses>(kActionRows, kActionStays, kFirstActionRow);
constexpr auto kConditionCells = compile<kConditionStatuses, kConditionCauses, false>(
    kConditionRows, kConditionStays, kFirstConditionRow);
constexpr auto kRuleCells =
    compile<kActionStatuses, kActionCauses>(kRuleRows, kRuleStays, kFirstRuleRow);

template <class Status, class Table>
Status follow(const Table& table, Status from, const Fact& fact) {
  const std::uint8_t to = table.after[static_cast<std::size_t>(from)][fact.index()];
  SLUICE_ASSERT(to != Table::kNowhere, "a fact follows from the status before it");
  return static_cast<Status>(to);
}

constexpr std::string_view kExecutionStatusTexts[] = {
    "InProgress", "Stopping", "Stopped", "Succeeded", "Failed", "Superseded", "Cancelled"};
constexpr std::string_view kExecutionCauseTexts[] = {
    "variables missing", "last stage done", "stage failed", "stop",  "abandon",
    "drained",           "overtaken",       "updated",      "retry", "override"};
constexpr std::string_view kStageStatusTexts[] = {"NotEntered", "InProgress", "Stopping",
                                                  "Stopped",    "Succeeded",  "Failed",
                                                  "Skipped",    "Cancelled"};
constexpr std::string_view kStageCauseTexts[] = {
    "enter", "all succeeded", "failed", "stop", "drained", "updated", "retry", "skip", "override"};
constexpr std::string_view kConditionStatusTexts[] = {
    "None", "InProgress", "Failed", "Errored", "Succeeded", "Cancelled", "Abandoned", "Overridden"};
constexpr std::string_view kConditionCauseTexts[] = {"start",   "pass",    "refuse",  "error",
                                                     "abandon", "updated", "override"};
constexpr std::string_view kActionStatusTexts[] = {"NotStarted", "Running", "Waiting",
                                                   "Succeeded",  "Failed",  "Abandoned"};
constexpr std::string_view kActionCauseTexts[] = {
    "start",      "progress", "success", "failure", "lost",    "continue", "signal",
    "delay over", "timeout",  "approve", "reject",  "abandon", "retry"};
static_assert(std::size(kExecutionCauseTexts) == kExecutionCauses);
static_assert(std::size(kStageCauseTexts) == kStageCauses);
static_assert(std::size(kActionCauseTexts) == kActionCauses);
static_assert(std::size(kConditionCauseTexts) == kConditionCauses);

constexpr LifecycleText kLifecycles[] = {
    {"Pipeline execution", kExecutionStatusTexts, kExecutionCauseTexts,
     [](std::size_t s, std::size_t c) { return &kExecutionCells.at[s][c]; }},
    {"Stage execution", kStageStatusTexts, kStageCauseTexts,
     [](std::size_t s, std::size_t c) { return &kStageCells.at[s][c]; }},
    {"Action execution", kActionStatusTexts, kActionCauseTexts,
     [](std::size_t s, std::size_t c) { return &kActionCells.at[s][c]; }},
    {"Stage condition", kConditionStatusTexts, kConditionCauseTexts,
     [](std::size_t s, std::size_t c) { return &kConditionCells.at[s][c]; }},
    {"Rule of a condition", kActionStatusTexts, kActionCauseTexts,
     [](std::size_t s, std::size_t c) { return &kRuleCells.at[s][c]; }},
};

}  // namespace

const Cell& cell(ExecutionStatus status, ExecutionCause cause) {
  return kExecutionCells.at[static_cast<std::size_t>(status)][static_cast<std::size_t>(cause)];
}
const Cell& cell(StageStatus status, StageCause cause) {
  return kStageCells.at[static_cast<std::size_t>(status)][static_cast<std::size_t>(cause)];
}
const Cell& cell(ActionStatus status, ActionCause cause) {
  return kActionCells.at[static_cast<std::size_t>(status)][static_cast<std::size_t>(cause)];
}
const Cell& cell(ConditionStatus status, ConditionCause cause) {
  return kConditionCells.at[static_cast<std::size_t>(status)][static_cast<std::size_t>(cause)];
}
const Cell& rule_cell(ActionStatus status, ActionCause cause) {
  return kRuleCells.at[static_cast<std::size_t>(status)][static_cast<std::size_t>(cause)];
}

ExecutionStatus after(ExecutionStatus from, const Fact& fact) {
  return follow(kExecutionCells, from, fact);
}
StageStatus after(StageStatus from, const Fact& fact) {
  return follow(kStageCells, from, fact);
}
ActionStatus after(ActionStatus from, const Fact& fact) {
  return follow(kActionCells, from, fact);
}
ActionStatus after_of_rule(ActionStatus from, const Fact& fact) {
  return follow(kRuleCells, from, fact);
}
ConditionStatus after(ConditionStatus from, const Fact& fact) {
  const auto* finished = std::get_if<ConditionFinished>(&fact);
  const ConditionStatus to = finished != nullptr ? finished->status : ConditionStatus::kInProgress;
  const auto& cells = kConditionCells.at[static_cast<std::size_t>(from)];
  SLUICE_ASSERT(std::any_of(cells.begin(), cells.end(),
                            [&](const Cell& cell) {
                              return cell.outcome == Outcome::kMove && cell.fact == fact.index() &&
                                     cell.to == static_cast<std::uint8_t>(to);
                            }),
                "a condition goes where the table knows");
  return to;
}

std::size_t row_count() {
  return kRows;
}
std::span<const LifecycleText> lifecycles() {
  return kLifecycles;
}

}  // namespace sluice
