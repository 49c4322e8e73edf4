#include "engine/cli/execution_view.hpp"

#include "engine/runtime/event_of.hpp"

namespace sluice {
namespace {

constexpr const char* kCategoryNames[] = {"",       "Source",   "Build",   "Test", "Deploy",
                                          "Invoke", "Approval", "Compute", "Rule"};

void finish(ExecutionView& view, ExecutionStatus status, Instant at) {
  view.status = status;
  view.ended = at;
}

class Fold {
 public:
  Fold(ExecutionView& view, Instant at) : view_(view), at_(at) {}

  void operator()(const ExecutionStarted& f) const {
    view_.number = f.execution;
    view_.id = f.id;
    view_.version = f.version;
    view_.started = at_;
    view_.trigger = f.trigger;
    view_.variables = f.variables;
  }
  void operator()(const ExecutionSucceeded&) const {
    finish(view_, ExecutionStatus::kSucceeded, at_);
  }
  void operator()(const ExecutionFailed& f) const {
    finish(view_, ExecutionStatus::kFailed, at_);
    view_.summary = f.summary;
  }
  void operator()(const ExecutionStopping& f) const {
    view_.status = ExecutionStatus::kStopping;
    view_.summary = f.reason;
  }
  void operator()(const ExecutionStopped&) const { finish(view_, ExecutionStatus::kStopped, at_); }
  void operator()(const ExecutionSuperseded& f) const {
    finish(view_, ExecutionStatus::kSuperseded, at_);
    view_.summary = "superseded by execution " + std::to_string(f.by);
  }
  void operator()(const ExecutionCancelled& f) const {
    finish(view_, ExecutionStatus::kCancelled, at_);
    view_.summary = f.summary;
  }
  void operator()(const ExecutionResumed&) const {
    view_.status = ExecutionStatus::kInProgress;
    view_.ended = {};
  }
  void operator()(const StageStarted& f) const {
    StageView& stage = view_.stages.at(f.stage);
    stage.status = StageStatus::kInProgress;
    stage.started = at_;
    stage.ended = {};
  }
  void operator()(const StageSucceeded& f) const { end(f.stage, StageStatus::kSucceeded); }
  void operator()(const StageFailed& f) const { end(f.stage, StageStatus::kFailed); }
  void operator()(const StageStopping& f) const {
    view_.stages.at(f.stage).status = StageStatus::kStopping;
  }
  void operator()(const StageStopped& f) const { end(f.stage, StageStatus::kStopped); }

  void operator()(const ActionStarted& f) const {
    ActionView& action = at(f.key);
    ActionView fresh;
    fresh.name = action.name;
    fresh.type = action.type;
    fresh.run_order = action.run_order;
    action = std::move(fresh);
    action.status = ActionStatus::kRunning;
    action.key = f.key;
    action.id = f.id;
    action.started = at_;
    action.inputs = f.inputs;
  }
  void operator()(const ActionProgressed& f) const {
    at(f.key).account = f.account;
    if (f.percent >= 0) at(f.key).percent = f.percent;
  }
  void operator()(const ActionContinued& f) const {
    at(f.key).status = ActionStatus::kWaiting;
    at(f.key).account = f.account;
    at(f.key).resume_at = f.resume_at;
  }
  void operator()(const ActionResumed& f) const {
    at(f.key).status = ActionStatus::kRunning;
    at(f.key).key = f.key;
  }
  void operator()(const ActionSucceeded& f) const {
    ActionView& action = end(f.key, ActionStatus::kSucceeded);
    action.account = f.account;
    action.variables = f.variables;
    action.outputs = f.outputs;
    action.by = f.by;
  }
  void operator()(const ActionFailed& f) const {
    ActionView& action = end(f.key, ActionStatus::kFailed);
    action.account = f.account;
    action.failure = f.failure;
    action.by = f.by;
  }
  void operator()(const ActionAbandoned& f) const { end(f.key, ActionStatus::kAbandoned); }
  template <class Other>
  void operator()(const Other&) const {}  // facts that a person does not see here

 private:
  ActionView& at(const ActionKey& key) const {
    return view_.stages.at(key.stage).actions.at(key.action);
  }
  void end(Index index, StageStatus status) const {
    view_.stages.at(index).status = status;
    view_.stages.at(index).ended = at_;
  }
  ActionView& end(const ActionKey& key, ActionStatus status) const {
    ActionView& action = at(key);
    action.status = status;
    action.ended = at_;
    return action;
  }

  ExecutionView& view_;
  Instant at_;
};

}  // namespace

ExecutionView view_of(const std::string& pipeline, const PipelineDeclaration& declaration) {
  ExecutionView view;
  view.pipeline = pipeline;
  for (const StageDeclaration& stage : declaration.stages) {
    StageView& stage_view = view.stages.emplace_back();
    stage_view.name = stage.name;
    for (const ActionDeclaration& action : stage.actions) {
      ActionView& action_view = stage_view.actions.emplace_back();
      action_view.name = action.name;
      action_view.type =
          std::string(kCategoryNames[static_cast<std::size_t>(action.type.category)]) + "/" +
          action.type.provider;
      action_view.run_order = action.run_order;
    }
  }
  return view;
}

void fold(ExecutionView& view, const Fact& fact, Instant at) {
  const ExecutionNumber number = execution_of(fact);
  if (number == 0 || (view.number != 0 && number != view.number)) return;
  std::visit(Fold(view, at), fact);
}

const char* status_text(ExecutionStatus status) {
  constexpr const char* kNames[] = {"InProgress", "Stopping",   "Stopped",  "Succeeded",
                                    "Failed",     "Superseded", "Cancelled"};
  return kNames[static_cast<std::size_t>(status)];
}
const char* status_text(StageStatus status) {
  constexpr const char* kNames[] = {"NotEntered", "InProgress", "Stopping", "Stopped",
                                    "Succeeded",  "Failed",     "Skipped",  "Cancelled"};
  return kNames[static_cast<std::size_t>(status)];
}
const char* status_text(ActionStatus status) {
  constexpr const char* kNames[] = {"NotStarted", "InProgress", "InProgress",
                                    "Succeeded",  "Failed",     "Abandoned"};
  return kNames[static_cast<std::size_t>(status)];
}

}  // namespace sluice
