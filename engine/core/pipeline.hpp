// The whole live state of one pipeline. Executions of one pipeline compete for its stages, so the
// pipeline is the unit of decision, of ownership and of distribution. Only apply() changes it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/fact.hpp"

namespace sluice {

enum class ExecutionStatus : std::uint8_t {
  kInProgress,
  kStopping,
  kStopped,
  kSucceeded,
  kFailed,
  kSuperseded,
  kCancelled
};
[[nodiscard]] inline bool is_in_flight(ExecutionStatus status) {
  return status == ExecutionStatus::kInProgress || status == ExecutionStatus::kStopping;
}
enum class StageStatus : std::uint8_t {
  kNotEntered,
  kInProgress,
  kStopping,
  kStopped,
  kSucceeded,
  kFailed,
  kSkipped,
  kCancelled
};
// kWaiting is InProgress to the outside: the attempt answered CONTINUE and holds no worker.
enum class ActionStatus : std::uint8_t {
  kNotStarted,
  kRunning,
  kWaiting,
  kSucceeded,
  kFailed,
  kAbandoned
};

struct ActionRun {
  ActionStatus status = ActionStatus::kNotStarted;
  std::uint16_t attempt = 0, turn = 0;
  Uuid id;  // action execution id of the attempt
  Instant started, deadline, resume_at;
  std::string token;   // continuation token, handed to the next turn
  std::string signal;  // what ended the wait, handed to the next turn
  std::vector<ArtifactRef> inputs;
  std::uint16_t losses = 0;              // workers lost since the action was last started
  std::vector<std::string> approved_by;  // while more approvals are needed
  bool operator==(const ActionRun&) const = default;
};

// The condition of the current stage that was evaluated last, or is now; its rules run like actions
// and are forgotten when it is over.
struct ConditionRun {
  Hook hook = Hook::kNone;
  ConditionStatus status = ConditionStatus::kNone;
  std::vector<ActionRun> rules;
  bool operator==(const ConditionRun&) const = default;
};

struct Execution {
  ExecutionNumber number = 0;
  Uuid id;
  std::uint32_t version = 0;
  ExecutionType type = ExecutionType::kStandard;
  ExecutionStatus status = ExecutionStatus::kInProgress;
  Instant started;
  Trigger trigger;
  Texts variables;  // pipeline variables, bound once at start
  std::vector<SourceRevision> source_revisions;
  std::uint16_t retries = 0;  // pipeline-execution-attempt is retries + 1
  Index stage = 0;            // the stage it is in, or waits before
  StageStatus stage_status = StageStatus::kNotEntered;
  Instant stage_started;
  bool abandon = false;               // the stop request was to abandon
  std::vector<ActionRun> actions;     // of the current stage, by index
  std::vector<ActionOutput> outputs;  // of finished actions
  std::string failure;                // what failed first in the current stage, and how
  ExecutionNumber rollback_target = 0;
  std::vector<Index> skipped;           // stages that a beforeEntry condition skipped
  ConditionRun condition;               // of the current stage
  std::uint16_t automatic_retries = 0;  // of the current stage
  Instant retried;                      // last retry of the current stage; none if not retried
  bool entry_passed = false;  // the beforeEntry condition of the current stage let it pass
  bool operator==(const Execution&) const = default;
};

// A transition that somebody disabled. Names, not indices: it survives an update.
struct Transition {
  std::string stage;
  bool inbound = true;
  std::string reason, by;
  Instant since;
  bool operator==(const Transition&) const = default;
};

// An approval that is over, so that a second answer gets the right refusal.
struct ClosedApproval {
  Uuid token;
  bool answered = false;  // else it was abandoned, timed out, or outdated by an update
  bool outdated = false;
  bool operator==(const ClosedApproval&) const = default;
};

using DeclarationPtr = std::shared_ptr<const PipelineDeclaration>;

struct Pipeline {
  std::map<std::uint32_t, DeclarationPtr>
      versions;               // the current one and those that executions still run on
  std::uint32_t version = 0;  // current; 0 before the first AdoptDefinition
  ExecutionNumber last_number = 0;
  std::map<ExecutionNumber, Execution> executions;  // in flight only
  std::vector<std::pair<std::string, ExecutionNumber>>
      recent_tokens;                             // client tokens, bounded, for idempotency
  std::vector<ClosedApproval> recent_approvals;  // bounded
  std::vector<Transition> disabled_transitions;
  // Newest execution that entered each stage of the current version, by stage index; 0 if none.
  std::vector<ExecutionNumber> entered;
  // Ended, but kept: what can still be retried, and the last success of each stage to roll back to.
  std::map<ExecutionNumber, Execution> finished;
};

enum class WantKind : std::uint8_t { kRun, kDeadline };
// What should be running or armed now. kRun: the call named by key has a worker. kDeadline: at
// `at`, DeadlinePassed{key} is put in; the core finds out which deadline of the action it was.
struct Want {
  WantKind kind = WantKind::kRun;
  ActionKey key;
  Instant at;
  auto operator<=>(const Want&) const = default;
};

}  // namespace sluice
