// Why an execution is where it is, and what would move it: read off the state, by nobody's memory.
// Pure; for one pipeline on the thread that owns its state.
//
// An explanation is a list of findings, the answer first. What holds something back may itself be
// held back: findings of depth n+1 say why the holder of the finding of depth n before them does
// not move, down to the root.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/pipeline.hpp"
#include "engine/core/recall.hpp"

namespace sluice {

// clang-format off
enum class FindingKind : std::uint8_t {
  // It waits before its stage. holder: what keeps it out.
  kTransitionDisabled,   // holder.stage, inbound; by, reason, since
  kStageOccupied,        // holder is inside the stage, since
  kBehindOlder,          // QUEUED: holder goes first; count: so many wait before it
  // A condition of its stage.
  kConditionRuns,        // hook
  kConditionRefused,     // hook; reason
  kRuleRuns,             // subject.action is the rule; since, deadline, until: it looks again
  kRuleRefused,          // subject.action is the rule; code, reason, values: what it was asked
  // It is in its stage. subject.action is the action.
  kActionRuns,           // since, deadline, percent in count; reason: what it says of itself, url
  kActionPolls,          // answered CONTINUE: is called again at until
  kAwaitsSignal,         // answered CONTINUE without a time
  kAwaitsApproval,       // count of limit given, by names; until; reason: what is asked
  kAwaitsRunOrder,       // names: unfinished actions of an earlier run order
  kAwaitsParallelLimit,  // limit actions run already
  kWillNotRun,           // the stage ends without it
  kStopping,             // names: actions that are let finish; by, reason, since
  kOutdated,             // the pipeline was updated: it is cancelled when names have ended
  kFailing,              // names still run; reason: what failed
  // It is over.
  kSucceeded,
  kFailed,               // reason
  kStopped,              // by, reason
  kSuperseded,           // holder
  kCancelled,            // reason
  // Whether it can be retried.
  kRetryable,
  kRetryPassed,          // a newer one has entered the stage: holder
  kRetryOutdated,        // the pipeline has been updated since
  kRetryOccupied,        // holder is inside the stage
  kRetryRefused,         // code, reason: such as too many in flight
  // What else bears on it.
  kAutomaticRetries,     // count of limit used in this stage
  kRetried,              // count times, last at since
  kWorkerLost,           // subject.action lost its worker count times; code, reason
  kRollback,             // it runs the stage as holder did
  // Of a stage or an action that was asked for.
  kActionSucceeded,      // since; by
  kActionFailed,         // since; code, reason, url; by
  kActionAbandoned,
  kNotReached,           // subject.stage comes later than where it is
  kPassed,               // subject.stage is behind it, since
  kSkipped,
  kNotPart,              // a rollback runs one stage only
};
// What somebody can do about a finding.
enum class MoveKind : std::uint8_t {
  kWait, kApprove, kReject, kEnableTransition, kOverrideCondition, kStop, kAbandon, kRetryFailed, kRetryAll, kRollBack, kStart
};
// clang-format on
inline constexpr std::size_t kFindingKinds = static_cast<std::size_t>(FindingKind::kNotPart) + 1;
inline constexpr std::size_t kMoveKinds = static_cast<std::size_t>(MoveKind::kStart) + 1;

// "StageOccupied", "EnableTransition".
[[nodiscard]] std::string_view to_text(FindingKind kind);
[[nodiscard]] std::string_view to_text(MoveKind kind);

// An execution, a stage of it, or an action; what does not apply is empty.
struct Place {
  ExecutionNumber execution = 0;
  Uuid id;  // empty if the state does not know it
  std::string stage, action;
  bool operator==(const Place&) const = default;
};

struct Move {
  MoveKind kind = MoveKind::kWait;
  Place on;
  bool inbound = true;  // kEnableTransition
  Hook hook = Hook::kNone;
};

struct Finding {
  FindingKind kind = FindingKind::kSucceeded;
  unsigned depth = 0;
  Place subject, holder;
  Instant since, until, deadline;
  std::string by, reason, code, url;
  std::uint32_t count = 0, limit = 0;
  std::vector<std::string> names;
  Texts values;
  bool inbound = true;
  Hook hook = Hook::kNone;
  std::vector<Move> moves;
};

// Another execution of the pipeline that is in flight.
struct Neighbour {
  Place place;
  bool waits = false;  // before the stage
};

struct Explanation {
  Place place;  // where it is: the stage that it is in, or waits before
  std::uint32_t version = 0;
  ExecutionType type = ExecutionType::kStandard;
  ExecutionStatus status = ExecutionStatus::kInProgress;
  StageStatus stage_status = StageStatus::kNotEntered;
  Instant started;
  Instant since;  // in the stage, waiting before it, or over; none if only history knows
  std::vector<Finding> findings;
  std::vector<Neighbour> others;
};

// Only of one stage, or one action of it; empty names: all. Both must exist in the declaration on
// which the execution runs.
struct Focus {
  std::string stage, action;
};

// Of an execution in flight, one that is kept (Pipeline::finished), or one that only `history`
// knows. history may be null: then what only it tells is missing; it is about `number`. False: the
// state does not have the execution and history does not say that it is over.
[[nodiscard]] bool explain(const Pipeline& pipeline, ExecutionNumber number,
                           const Recollection* history, const Focus& focus, Explanation& out);

// The execution that somebody means who names a pipeline and perhaps a stage: whoever is inside the
// stage, else the first that waits before it, else the newest that entered it; without a stage the
// newest of all. 0: there is none.
[[nodiscard]] ExecutionNumber meant(const Pipeline& pipeline, const std::string& stage);

}  // namespace sluice
