#include <array>

#include "engine/core/assert.hpp"
#include "engine/core/explain.hpp"

namespace sluice {
namespace {

constexpr auto kFindings = std::to_array<std::string_view>({"TransitionDisabled",
                                                            "StageOccupied",
                                                            "BehindOlder",
                                                            "ConditionRuns",
                                                            "ConditionRefused",
                                                            "RuleRuns",
                                                            "RuleRefused",
                                                            "ActionRuns",
                                                            "ActionPolls",
                                                            "AwaitsSignal",
                                                            "AwaitsApproval",
                                                            "AwaitsRunOrder",
                                                            "AwaitsParallelLimit",
                                                            "WillNotRun",
                                                            "Stopping",
                                                            "Outdated",
                                                            "Failing",
                                                            "Succeeded",
                                                            "Failed",
                                                            "Stopped",
                                                            "Superseded",
                                                            "Cancelled",
                                                            "Retryable",
                                                            "RetryPassed",
                                                            "RetryOutdated",
                                                            "RetryOccupied",
                                                            "RetryRefused",
                                                            "AutomaticRetries",
                                                            "Retried",
                                                            "WorkerLost",
                                                            "Rollback",
                                                            "ActionSucceeded",
                                                            "ActionFailed",
                                                            "ActionAbandoned",
                                                            "NotReached",
                                                            "Passed",
                                                            "Skipped",
                                                            "NotPart"});
static_assert(kFindings.size() == kFindingKinds, "every kind of finding has a name");
constexpr auto kMoves = std::to_array<std::string_view>(
    {"Wait", "Approve", "Reject", "EnableTransition", "OverrideCondition", "Stop", "Abandon",
     "RetryFailed", "RetryAll", "RollBack", "Start"});
static_assert(kMoves.size() == kMoveKinds, "every kind of move has a name");

}  // namespace

std::string_view to_text(FindingKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  SLUICE_ASSERT(index < kFindings.size(), "a kind of finding");
  return kFindings[index];
}

std::string_view to_text(MoveKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  SLUICE_ASSERT(index < kMoves.size(), "a kind of move");
  return kMoves[index];
}

}  // namespace sluice
