// Gates between stages, and the end of a pipeline (facts/codepipeline.md 2.12, 7 DeletePipeline).
#include <algorithm>

#include "engine/core/draft.hpp"

namespace sluice {
namespace {

constexpr std::size_t kLongestReason = 300;

}  // namespace

// Whether a transition keeps the execution from the stage before which it waits.
bool Draft::closed(const Live& e) const {
  const auto& disabled = pipeline_.disabled_transitions;
  return std::any_of(disabled.begin(), disabled.end(), [&](const Transition& t) {
    if (enabled_ != nullptr && t.stage == enabled_->stage && t.inbound == enabled_->inbound) {
      return false;
    }
    return closes(t, *e.declaration, e.stage);
  });
}

void Draft::take(const ChangeTransition& input) {
  if (pipeline_.version == 0) {
    return reject("PipelineNotFoundException", "No definition has been adopted.");
  }
  const auto& disabled = pipeline_.disabled_transitions;
  const bool known = std::any_of(disabled.begin(), disabled.end(), [&](const Transition& t) {
    return t.stage == input.stage && t.inbound == input.inbound;
  });
  // Of a stage that an update took away, a disabled transition can still be enabled.
  if (!knows_stage(input.stage) && !(known && input.enable)) {
    return reject("StageNotFoundException", "The pipeline has no stage " + input.stage + ".");
  }
  if (!input.enable) {
    if (input.reason.empty() || input.reason.size() > kLongestReason) {
      return reject("ValidationException",
                    "Say why the transition is disabled, in 1 to 300 characters.");
    }
    return say(TransitionDisabled{input.stage, input.inbound, input.reason, input.by});
  }
  if (!known) return;  // it is enabled already
  say(TransitionEnabled{input.stage, input.inbound, input.by});
  enabled_ = &input;
  std::vector<ExecutionNumber> waiting;
  for (const auto& [number, execution] : pipeline_.executions) {
    if (execution.stage_status == StageStatus::kNotEntered) waiting.push_back(number);
  }
  for (const ExecutionNumber number : waiting) {
    Live& e = live(number);
    if (e.waits() && !try_enter(e)) make_room(e);
  }
}

// Executions end first, as after an update, but none waits for what runs: nothing may be wanted of
// a pipeline that is gone.
void Draft::take(const RemovePipeline& input) {
  if (pipeline_.version == 0) {
    return reject("PipelineNotFoundException", "No definition has been adopted.");
  }
  std::vector<ExecutionNumber> numbers;
  for (const auto& [number, execution] : pipeline_.executions) numbers.push_back(number);
  for (const ExecutionNumber number : numbers) {
    Live& e = live(number);
    abandon_actions(e, false, "The pipeline was removed.");
    drop_condition(e, ConditionCause::kUpdated, "The pipeline was removed.");
    if (e.status == ExecutionStatus::kStopping) {
      move(e, StageCause::kDrained, StageStopped{number, e.stage, e.stage_started});
      end(e, ExecutionCause::kDrained, ExecutionStopped{number});
      continue;
    }
    if (e.in_stage()) {
      move(e, StageCause::kUpdated, StageCancelled{number, e.stage, e.stage_started});
    }
    end(e, ExecutionCause::kUpdated, ExecutionCancelled{number, "The pipeline was removed."});
  }
  freed_.clear();
  say(PipelineRemoved{input.by});
}

}  // namespace sluice
