// A stage again: retry in the same execution, rollback in a new one (facts/codepipeline.md 2.10,
// 2.11).
#include <algorithm>

#include "engine/core/draft.hpp"
#include "engine/core/kept.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kConcurrentExecutions = 50;  // QUEUED and PARALLEL (facts 8)
constexpr std::uint64_t kRollbackPurpose = 3;

std::size_t find_stage(const PipelineDeclaration& declaration, const std::string& name) {
  const auto found =
      std::find_if(declaration.stages.begin(), declaration.stages.end(),
                   [&](const StageDeclaration& stage) { return stage.name == name; });
  return static_cast<std::size_t>(found - declaration.stages.begin());
}

}  // namespace

// In flight or kept; null for what only history knows.
const Execution* Draft::find_kept(Uuid id) const {
  if (const Execution* live = find(id)) return live;
  for (const auto& [number, execution] : pipeline_.finished) {
    if (execution.id == id) return &execution;
  }
  return nullptr;
}

// Whether the mode allows no further execution.
bool Draft::full(const PipelineDeclaration& declaration) const {
  const std::uint32_t most =
      declaration.max_executions == 0 ? kConcurrentExecutions : declaration.max_executions;
  return declaration.mode != ExecutionMode::kSuperseded && pipeline_.executions.size() >= most;
}

// Whether the stage that it names can run again; else the decision is the refusal.
bool Draft::may_retry(const Execution& e, const RetryStage& input) {
  const PipelineDeclaration& declaration = *pipeline_.versions.at(e.version);
  const auto refuse = [&](const char* why) {
    reject("StageNotRetryableException", "The stage " + input.stage + " cannot be retried: " + why);
    return false;
  };
  if (declaration.stages[e.stage].name != input.stage) {
    return refuse("it is not where the execution failed or stopped.");
  }
  if (e.version != pipeline_.version) return refuse("the pipeline has been updated since.");
  const Cell& ends = cell(e.status, ExecutionCause::kRetry);
  if (ends.outcome == Outcome::kRejected) return accepts(ends);
  if (!accepts(cell(e.stage_status, StageCause::kRetry))) return false;
  if (e.status == ExecutionStatus::kInProgress) {
    const auto over = [](const ActionRun& run) {
      return run.status == ActionStatus::kFailed || run.status == ActionStatus::kAbandoned;
    };
    if (std::none_of(e.actions.begin(), e.actions.end(), over)) {
      return refuse("nothing of it has failed.");
    }
    return input.mode == RetryMode::kFailedActions ||
           refuse("actions of it are in progress; retry the failed actions, or wait.");
  }
  return may_come_back(e);
}

// Whether an execution that ended in its stage may be in it again; else the decision is the
// refusal.
bool Draft::may_come_back(const Execution& e) {
  const PipelineDeclaration& declaration = *pipeline_.versions.at(e.version);
  const bool parallel = declaration.mode == ExecutionMode::kParallel;
  if (!parallel && pipeline_.entered[e.stage] > e.number) {
    reject("NotLatestPipelineExecutionException", "A newer execution has entered the stage.");
  } else if (!parallel && occupant(pipeline_, declaration, e.stage, e.number) != nullptr) {
    reject("ConflictException", "Another execution is in the stage; try again when it has left.");
  } else if (full(declaration)) {
    reject("ConcurrentPipelineExecutionsLimitExceededException",
           "The most executions that the pipeline allows in this mode are in progress.");
  }
  return decision_.rejected() == nullptr;
}

void Draft::take(const RetryStage& input) {
  if (pipeline_.version == 0) {
    return reject("PipelineNotFoundException", "No definition has been adopted.");
  }
  if (!knows_stage(input.stage)) {
    return reject("StageNotFoundException", "The pipeline has no stage " + input.stage + ".");
  }
  const Execution* found = find_kept(input.execution);
  // What could be retried is kept: a newer one has come to where this one was, or it has not
  // failed.
  if (found == nullptr) {
    return reject("NotLatestPipelineExecutionException",
                  "The execution " + to_text(input.execution) +
                      " is not the latest that failed or stopped in the stage " + input.stage +
                      ".");
  }
  if (!may_retry(*found, input)) return;
  resume(live(*found), input.mode, false, input.by);
}

void Draft::resume(Live& e, RetryMode mode, bool automatic, const std::string& by) {
  drop_condition(e, ConditionCause::kAbandon, "The stage was retried.");
  if (e.status != ExecutionStatus::kInProgress) {
    move(e, ExecutionCause::kRetry, ExecutionResumed{e.number});
    e.abandon = false;
  }
  move(e, StageCause::kRetry,
       StageResumed{e.number, e.stage, e.stage_started, mode, automatic, by});
  for (Mark& mark : e.actions) {
    const Cell& to = cell(mark.status, ActionCause::kRetry);
    const bool kept = mark.status == ActionStatus::kSucceeded && mode == RetryMode::kFailedActions;
    if (to.outcome != Outcome::kMove || kept) continue;
    mark.status = static_cast<ActionStatus>(to.to);
    decision_.rows.set(to.row);
  }
  e.failure.clear();
  e.forget_condition();
  ++e.retries;
  if (automatic) ++e.automatic_retries;
  settle(e);
}

// RETRY as often as onFailure says, or ROLLBACK to the latest success. An execution of an older
// version ends as it is, and a rollback that fails does not roll back.
void Draft::after_failure(Live& e) {
  const FailureDeclaration& declared = e.declared_stage().on_failure;
  const ConditionResult result = brought_by_failure(e);
  if (e.version != version_) return;
  // What cannot be retried by hand is not retried by itself: a rollback may have been in the stage.
  const bool latest =
      e.declaration->mode == ExecutionMode::kParallel || pipeline_.entered[e.stage] <= e.number;
  if (result == ConditionResult::kRetry && latest && e.automatic_retries < declared.max_retries) {
    return resume(e, declared.retry_mode, true, "");
  }
  if (result != ConditionResult::kRollback || e.type == ExecutionType::kRollback) return;
  if (e.stage == 0 || e.declaration->mode == ExecutionMode::kParallel) return;
  const Execution* target = latest_success(pipeline_, e.stage, e.number);
  if (target == nullptr) return;
  roll_back(*target, {}, derive(e.id, kRollbackPurpose, std::uint64_t{e.stage} << 16 | e.retries),
            e.stage,
            {"AutomatedRollback", "{\"FailedPipelineExecutionId\":\"" + to_text(e.id) + "\"}"});
}

void Draft::take(RollbackStage& input) {
  if (pipeline_.version == 0) {
    return reject("PipelineNotFoundException", "No definition has been adopted.");
  }
  const PipelineDeclaration& declaration = *pipeline_.versions.at(pipeline_.version);
  const std::size_t stage = find_stage(declaration, input.stage);
  const auto unable = [&](const std::string& why) {
    reject("UnableToRollbackStageException", why);
  };
  if (stage == declaration.stages.size()) {
    return reject("StageNotFoundException", "The pipeline has no stage " + input.stage + ".");
  }
  const auto index = static_cast<Index>(stage);
  const Execution* kept = find_kept(input.target);
  if (kept == nullptr && input.record.number == 0) {
    return reject("PipelineExecutionNotFoundException",
                  "There is no execution " + to_text(input.target) + ".");
  }
  if (input.id.empty()) return reject("ValidationException", "The execution has no id.");
  Execution target;
  if (kept != nullptr) {
    target = *kept;
  } else {
    target.number = input.record.number;
    target.version = input.record.version;
    target.type = input.record.type;
  }
  const bool succeeded =
      kept != nullptr ? succeeded_in(target, index) : input.record.succeeded_in_stage;
  if (target.version != pipeline_.version) {
    return reject("PipelineExecutionOutdatedException",
                  "The pipeline has been updated since the execution ran.");
  }
  if (declaration.mode == ExecutionMode::kParallel) {
    return unable("A pipeline in PARALLEL mode cannot be rolled back.");
  }
  if (index == 0) return unable("The first stage cannot be rolled back.");
  if (target.type == ExecutionType::kRollback) {
    return unable("The execution is a rollback itself.");
  }
  if (!succeeded) return unable("The execution did not succeed in the stage.");
  if (occupant(pipeline_, declaration, index, 0) != nullptr) {
    return unable("Cannot start rollback while the stage is in progress");
  }
  if (full(declaration)) {
    return reject("ConflictException",
                  "The most executions that the pipeline allows in this mode are in progress.");
  }
  roll_back(target, input.record, input.id, index,
            {"ManualRollback", "{\"AwsUserArn\":\"" + input.by + "\"}"});
}

// A new execution of the one stage, with what the target had when it entered it.
void Draft::roll_back(const Execution& target, const RollbackRecord& record, Uuid id, Index stage,
                      Trigger trigger) {
  const bool kept = !target.id.empty();
  ExecutionStarted started;
  started.execution = ++last_number_;
  started.id = id;
  started.version = target.version;
  started.type = ExecutionType::kRollback;
  started.trigger = std::move(trigger);
  started.variables = kept ? target.variables : record.variables;
  started.source_revisions = kept ? target.source_revisions : record.source_revisions;
  started.rollback_target = target.number;
  started.rollback_stage = stage;
  OutputsInherited inherited{started.execution, target.number, {}};
  for (const ActionOutput& output : kept ? target.outputs : record.outputs) {
    if (output.stage < stage) inherited.outputs.push_back(output);
  }
  Live& e = lives_.emplace_back();
  e.born = decision_.facts.size();
  e.declaration = pipeline_.versions.at(target.version).get();
  e.number = started.execution;
  e.id = id;
  e.version = target.version;
  e.type = ExecutionType::kRollback;
  e.stage = stage;
  say(std::move(started));
  say(std::move(inherited));
  arrive(e);
}

}  // namespace sluice
