#include "engine/cli/execution_view.hpp"

#include "engine/core/condition.hpp"

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

  void operator()(const StageSkipped& f) const { end(f.stage, StageStatus::kSkipped); }

  void operator()(const ConditionStarted& f) const {
    ConditionView& condition = *view_.stages.at(f.stage).condition(f.hook);
    condition.status = ConditionStatus::kInProgress;
    condition.result = ConditionResult::kNone;
    condition.summary.clear();
    condition.by.clear();
  }
  void operator()(const ConditionFinished& f) const {
    ConditionView& condition = *view_.stages.at(f.stage).condition(f.hook);
    condition.status = f.status;
    condition.result = f.result;
    condition.summary = f.summary;
    condition.by = f.by;
  }
  void operator()(const RuleStarted& f) const { start(f); }
  void operator()(const RuleSucceeded& f) const {
    end(f.key, ActionStatus::kSucceeded).account = f.account;
  }
  void operator()(const RuleFailed& f) const {
    ActionView& rule = end(f.key, ActionStatus::kFailed);
    rule.account = f.account;
    rule.failure = f.failure;
  }
  void operator()(const RuleAbandoned& f) const { end(f.key, ActionStatus::kAbandoned); }

  void operator()(const ActionStarted& f) const { start(f); }
  template <class Started>
  void start(const Started& f) const {
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
  ActionView& at(const ActionKey& key) const { return *view_.stages.at(key.stage).run(key.action); }
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

ActionView action_view(std::string name, const ActionTypeId& type, std::uint16_t run_order) {
  ActionView view;
  view.name = std::move(name);
  view.type =
      std::string(kCategoryNames[static_cast<std::size_t>(type.category)]) + "/" + type.provider;
  view.run_order = run_order;
  return view;
}

}  // namespace

std::vector<const ActionView*> StageView::runs() const {
  std::vector<const ActionView*> runs;
  const auto add = [&](const std::vector<ActionView>& views) {
    for (const ActionView& view : views) runs.push_back(&view);
  };
  for (const ConditionView& condition : conditions)
    if (condition.hook == Hook::kBeforeEntry) add(condition.rules);
  add(actions);
  for (const ConditionView& condition : conditions)
    if (condition.hook != Hook::kBeforeEntry) add(condition.rules);
  return runs;
}

const ActionView* StageView::run(Index index) const {
  if (index < kFirstRule) return index < actions.size() ? &actions[index] : nullptr;
  for (const ConditionView& condition : conditions)
    if (condition.hook == hook_of(index) && rule_place(index) < condition.rules.size())
      return &condition.rules[rule_place(index)];
  return nullptr;
}
ActionView* StageView::run(Index index) {
  return const_cast<ActionView*>(static_cast<const StageView*>(this)->run(index));
}

ConditionView* StageView::condition(Hook hook) {
  for (ConditionView& condition : conditions)
    if (condition.hook == hook) return &condition;
  return nullptr;
}

ExecutionView view_of(const std::string& pipeline, const PipelineDeclaration& declaration) {
  ExecutionView view;
  view.pipeline = pipeline;
  for (const StageDeclaration& stage : declaration.stages) {
    StageView& stage_view = view.stages.emplace_back();
    stage_view.name = stage.name;
    for (const ActionDeclaration& action : stage.actions)
      stage_view.actions.push_back(action_view(action.name, action.type, action.run_order));
    for (const Hook hook : {Hook::kBeforeEntry, Hook::kOnSuccess, Hook::kOnFailure}) {
      const auto& rules = condition_of(stage, hook).rules;
      if (rules.empty()) continue;
      ConditionView& condition = stage_view.conditions.emplace_back();
      condition.hook = hook;
      for (const RuleDeclaration& rule : rules)
        condition.rules.push_back(
            action_view(std::string(member_name(hook)) + "." + rule.name, rule.type, 1));
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
