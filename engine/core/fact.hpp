// What has happened to a pipeline: past tense, durable, never refused. The facts of a pipeline,
// folded by apply(), are its state; each is also what one event is made of. They are stored by
// position (engine/store/codec.hpp), so a member may only be added at the end of a struct and an
// alternative only at the end of the variant.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/declaration.hpp"
#include "engine/core/ids.hpp"

namespace sluice {

using Texts = std::vector<std::pair<std::string, std::string>>;

enum class ExecutionType : std::uint8_t { kStandard, kRollback };

// facts/codepipeline.md 2.1 TriggerType, spelled as there.
struct Trigger {
  std::string type = "StartPipelineExecution", detail;
  bool operator==(const Trigger&) const = default;
};
struct SourceRevision {
  std::string action, type, value;
  bool operator==(const SourceRevision&) const = default;
};

// An artifact in the content-addressed store, and what a source action said of its revision.
struct ArtifactRef {
  std::string name, digest;  // digest: lower-case hex SHA-256 of the packed artifact
  std::string revision, revision_summary, revision_url;
  bool operator==(const ArtifactRef&) const = default;
};

// Whose fault a failure is and what may be done about it (plugin.h names the first four).
enum class FailureKind : std::uint8_t {
  kConfiguration = 1,
  kPermanent,
  kTransient,
  kCancelled,
  kCrashed,
  kTimedOut,
  kLost,
  kMisbehaved,
  kRejected
};
struct Failure {
  FailureKind kind = FailureKind::kPermanent;
  std::string code, message;
  bool operator==(const Failure&) const = default;
};

// What an action left for later ones.
struct ActionOutput {
  Index stage = 0, action = 0;
  Texts variables;
  std::vector<ArtifactRef> artifacts;
  bool operator==(const ActionOutput&) const = default;
};

// When a stage condition is evaluated (facts/codepipeline.md 2.15), and how it stands (2.1).
enum class Hook : std::uint8_t { kNone, kBeforeEntry, kOnSuccess, kOnFailure };
enum class ConditionStatus : std::uint8_t {
  kNone,
  kInProgress,
  kFailed,
  kErrored,
  kSucceeded,
  kCancelled,
  kAbandoned,
  kOverridden
};

// What a worker tells of a finished or waiting run, beside its outcome.
struct Account {
  std::string external_id, external_url, summary;
  std::string details;  // a JSON object, or empty
  bool operator==(const Account&) const = default;
};

// clang-format off
struct DefinitionAdopted  { PipelineDeclaration declaration; };

struct ExecutionStarted   { ExecutionNumber execution{}; Uuid id; std::uint32_t version{}; ExecutionType type{}; Trigger trigger;
                            Texts variables; std::vector<SourceRevision> source_revisions; std::string client_token;
                            ExecutionNumber rollback_target{}; Index rollback_stage{}; };
struct ExecutionSucceeded { ExecutionNumber execution{}; };
struct ExecutionFailed    { ExecutionNumber execution{}; std::string summary; };
struct ExecutionStopping  { ExecutionNumber execution{}; bool abandon{}; std::string reason, by; };
struct ExecutionStopped   { ExecutionNumber execution{}; };
struct ExecutionSuperseded{ ExecutionNumber execution{}; ExecutionNumber by{}; };
struct ExecutionCancelled { ExecutionNumber execution{}; std::string summary; };
struct ExecutionResumed   { ExecutionNumber execution{}; };

struct StageStarted       { ExecutionNumber execution{}; Index stage{}; };
struct StageSucceeded     { ExecutionNumber execution{}; Index stage{}; Instant started; };
struct StageFailed        { ExecutionNumber execution{}; Index stage{}; Instant started; };
struct StageStopping      { ExecutionNumber execution{}; Index stage{}; Instant started; };
struct StageStopped       { ExecutionNumber execution{}; Index stage{}; Instant started; };

struct ActionStarted      { ActionKey key; Uuid id; Instant deadline; std::vector<ArtifactRef> inputs; };
struct ActionProgressed   { ActionKey key; std::int32_t percent{}; Account account; };
struct ActionContinued    { ActionKey key; std::string token; Instant resume_at; Account account; };  // resume_at none: signal only
struct ActionResumed      { ActionKey key; std::string signal; };  // key: the new turn; signal empty: the delay is over
struct ActionSucceeded    { ActionKey key; Instant started; Account account; Texts variables; std::vector<ArtifactRef> outputs; std::string by; };
struct ActionFailed       { ActionKey key; Instant started; Account account; Failure failure; std::string by; };
struct ActionAbandoned    { ActionKey key; Instant started; std::string summary; };

// The worker was lost and the action type may run again: key is the new attempt, which goes on at the turn and with the
// token of the lost one.
struct ActionRetried      { ActionKey key; Uuid id; Instant deadline; Failure cause; };
struct ApprovalGiven      { ActionKey key; std::string summary, by; };  // one of several that are needed
// overridden: what held the stage was a condition that somebody overrode; nothing is retried.
struct StageResumed       { ExecutionNumber execution{}; Index stage{}; Instant started; RetryMode mode{}; bool automatic{}; std::string by;
                            bool overridden{}; };
struct StageSkipped       { ExecutionNumber execution{}; Index stage{}; Instant started; };
struct StageCancelled     { ExecutionNumber execution{}; Index stage{}; Instant started; };
// A rollback execution takes over what its target's earlier stages produced.
struct OutputsInherited   { ExecutionNumber execution{}; ExecutionNumber from{}; std::vector<ActionOutput> outputs; };

struct ConditionStarted   { ExecutionNumber execution{}; Index stage{}; Hook hook{}; };
// result: what the condition brings about; kNone if the stage goes on.
struct ConditionFinished  { ExecutionNumber execution{}; Index stage{}; Hook hook{}; ConditionStatus status{}; ConditionResult result{};
                            std::string summary, by; };
// Runs of stage rules. key.action is rule_index(hook, rule) (ids.hpp); ActionProgressed, ActionContinued, ActionResumed and
// ActionRetried are said of them too.
struct RuleStarted        { ActionKey key; Uuid id; Instant deadline; std::vector<ArtifactRef> inputs; };
struct RuleSucceeded      { ActionKey key; Instant started; Account account; };
struct RuleFailed         { ActionKey key; Instant started; Account account; Failure failure; };
struct RuleAbandoned      { ActionKey key; Instant started; };

struct TransitionDisabled { std::string stage; bool inbound = true; std::string reason, by; };
struct TransitionEnabled  { std::string stage; bool inbound = true; std::string by; };
struct PipelineRemoved    { std::string by; };
// clang-format on

using Fact =
    std::variant<DefinitionAdopted, ExecutionStarted, ExecutionSucceeded, ExecutionFailed,
                 ExecutionStopping, ExecutionStopped, ExecutionSuperseded, ExecutionCancelled,
                 ExecutionResumed, StageStarted, StageSucceeded, StageFailed, StageStopping,
                 StageStopped, ActionStarted, ActionProgressed, ActionContinued, ActionResumed,
                 ActionSucceeded, ActionFailed, ActionAbandoned, ActionRetried, ApprovalGiven,
                 StageResumed, StageSkipped, StageCancelled, OutputsInherited, ConditionStarted,
                 ConditionFinished, RuleStarted, RuleSucceeded, RuleFailed, RuleAbandoned,
                 TransitionDisabled, TransitionEnabled, PipelineRemoved>;

using Facts = std::vector<Fact>;

// The execution that a fact is about; 0 for facts about the pipeline itself.
[[nodiscard]] inline ExecutionNumber execution_of(const Fact& fact) {
  return std::visit(
      [](const auto& f) -> ExecutionNumber {
        if constexpr (requires { f.execution; }) {
          return f.execution;
        } else if constexpr (requires { f.key; }) {
          return f.key.execution;
        } else {
          return 0;
        }
      },
      fact);
}

}  // namespace sluice
