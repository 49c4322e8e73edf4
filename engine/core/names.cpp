#include "engine/core/names.hpp"

#include <array>

#include "engine/core/assert.hpp"

namespace sluice {
namespace {

template <class E, std::size_t N>
std::string_view spell(const std::array<std::string_view, N>& names, E value) {
  const auto index = static_cast<std::size_t>(value);
  SLUICE_ASSERT(index < N, "an enumeration holds one of its values");
  return names[index];
}

template <class E, std::size_t N>
bool read(const std::array<std::string_view, N>& names, std::string_view text, E& out) {
  for (std::size_t i = 0; i < N; ++i) {
    if (!names[i].empty() && names[i] == text) {
      out = static_cast<E>(i);
      return true;
    }
  }
  return false;
}

constexpr std::array<std::string_view, 7> kExecutionStatus = {
    "InProgress", "Stopping", "Stopped", "Succeeded", "Failed", "Superseded", "Cancelled"};
constexpr std::array<std::string_view, 8> kStageStatus = {
    "", "InProgress", "Stopping", "Stopped", "Succeeded", "Failed", "Skipped", "Cancelled"};
constexpr std::array<std::string_view, 6> kActionStatus = {"",          "InProgress", "InProgress",
                                                           "Succeeded", "Failed",     "Abandoned"};
constexpr std::array<std::string_view, 8> kConditionStatus = {
    "", "InProgress", "Failed", "Errored", "Succeeded", "Cancelled", "Abandoned", "Overridden"};
constexpr std::array<std::string_view, 3> kExecutionMode = {"SUPERSEDED", "QUEUED", "PARALLEL"};
constexpr std::array<std::string_view, 2> kExecutionType = {"STANDARD", "ROLLBACK"};
constexpr std::array<std::string_view, 2> kPipelineType = {"V1", "V2"};
constexpr std::array<std::string_view, 9> kCategory = {
    "", "Source", "Build", "Test", "Deploy", "Invoke", "Approval", "Compute", "Rule"};
constexpr std::array<std::string_view, 5> kConditionResult = {"", "ROLLBACK", "FAIL", "RETRY",
                                                              "SKIP"};
constexpr std::array<std::string_view, 2> kRetryMode = {"FAILED_ACTIONS", "ALL_ACTIONS"};
constexpr std::array<std::string_view, 4> kHook = {"", "BEFORE_ENTRY", "ON_SUCCESS", "ON_FAILURE"};
constexpr std::array<std::string_view, 10> kFailureKind = {
    "",        "Configuration", "Permanent", "Transient",  "Cancelled",
    "Crashed", "TimedOut",      "Lost",      "Misbehaved", "Rejected"};

constexpr auto kFactNames = std::to_array<std::string_view>(
    {"DefinitionAdopted", "ExecutionStarted",   "ExecutionSucceeded",  "ExecutionFailed",
     "ExecutionStopping", "ExecutionStopped",   "ExecutionSuperseded", "ExecutionCancelled",
     "ExecutionResumed",  "StageStarted",       "StageSucceeded",      "StageFailed",
     "StageStopping",     "StageStopped",       "ActionStarted",       "ActionProgressed",
     "ActionContinued",   "ActionResumed",      "ActionSucceeded",     "ActionFailed",
     "ActionAbandoned",   "ActionRetried",      "ApprovalGiven",       "StageResumed",
     "StageSkipped",      "StageCancelled",     "OutputsInherited",    "ConditionStarted",
     "ConditionFinished", "RuleStarted",        "RuleSucceeded",       "RuleFailed",
     "RuleAbandoned",     "TransitionDisabled", "TransitionEnabled",   "PipelineRemoved"});
static_assert(kFactNames.size() == std::variant_size_v<Fact>, "every fact has a name");
static_assert(kFactNames[fact_index<ActionSucceeded>] == "ActionSucceeded");
static_assert(kFactNames[fact_index<RuleStarted>] == "RuleStarted");

}  // namespace

std::string_view to_text(ExecutionStatus status) {
  return spell(kExecutionStatus, status);
}
std::string_view to_text(StageStatus status) {
  return spell(kStageStatus, status);
}
std::string_view to_text(ActionStatus status) {
  return spell(kActionStatus, status);
}
std::string_view to_text(ConditionStatus status) {
  return spell(kConditionStatus, status);
}
std::string_view to_text(ExecutionMode mode) {
  return spell(kExecutionMode, mode);
}
std::string_view to_text(ExecutionType type) {
  return spell(kExecutionType, type);
}
std::string_view to_text(PipelineType type) {
  return spell(kPipelineType, type);
}
std::string_view to_text(Category category) {
  return spell(kCategory, category);
}
std::string_view to_text(ConditionResult result) {
  return spell(kConditionResult, result);
}
std::string_view to_text(RetryMode mode) {
  return spell(kRetryMode, mode);
}
std::string_view to_text(Hook hook) {
  return spell(kHook, hook);
}
std::string_view to_text(FailureKind kind) {
  return spell(kFailureKind, kind);
}

bool parse(std::string_view text, ExecutionStatus& out) {
  return read(kExecutionStatus, text, out);
}
bool parse(std::string_view text, ExecutionMode& out) {
  return read(kExecutionMode, text, out);
}
bool parse(std::string_view text, PipelineType& out) {
  return read(kPipelineType, text, out);
}
bool parse(std::string_view text, Category& out) {
  return read(kCategory, text, out);
}
bool parse(std::string_view text, ConditionResult& out) {
  return read(kConditionResult, text, out);
}
bool parse(std::string_view text, RetryMode& out) {
  return read(kRetryMode, text, out);
}
bool parse(std::string_view text, Hook& out) {
  return read(kHook, text, out);
}
bool parse(std::string_view text, FailureKind& out) {
  return read(kFailureKind, text, out);
}

std::string_view failure_type(FailureKind kind) {
  switch (kind) {
    case FailureKind::kConfiguration:
      return "ConfigurationError";
    case FailureKind::kTransient:
    case FailureKind::kLost:
      return "SystemUnavailable";
    case FailureKind::kPermanent:
    case FailureKind::kCancelled:
    case FailureKind::kCrashed:
    case FailureKind::kTimedOut:
    case FailureKind::kMisbehaved:
    case FailureKind::kRejected:
      break;
  }
  return "JobFailed";
}

std::string_view fact_name(std::size_t index) {
  SLUICE_ASSERT(index < kFactNames.size(), "a fact is one of the alternatives");
  return kFactNames[index];
}

}  // namespace sluice
