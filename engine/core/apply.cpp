#include <algorithm>

#include "engine/core/approval.hpp"
#include "engine/core/assert.hpp"
#include "engine/core/condition.hpp"
#include "engine/core/core.hpp"
#include "engine/core/kept.hpp"

namespace sluice {
namespace {

// How many client tokens and closed approvals a pipeline remembers.
constexpr std::size_t kRemembered = 256;

template <class T>
void remember(std::vector<T>& list, T entry) {
  if (list.size() >= kRemembered) list.erase(list.begin(), list.begin() + kRemembered / 4);
  list.push_back(std::move(entry));
}

struct Fold {
  Pipeline& pipeline;
  const Fact& fact;
  Instant at;

  [[nodiscard]] Execution& execution(ExecutionNumber number) const {
    const auto found = pipeline.executions.find(number);
    SLUICE_ASSERT(found != pipeline.executions.end(), "a fact is about an execution in flight");
    return found->second;
  }

  [[nodiscard]] const PipelineDeclaration& declaration(const Execution& e) const {
    const auto version = pipeline.versions.find(e.version);
    SLUICE_ASSERT(version != pipeline.versions.end(), "an execution's version is kept");
    return *version->second;
  }

  // The run that a key names, moved to where the fact leads. `started`: the key is the one that the
  // fact brings; otherwise it must be the present one.
  ActionRun& run(const ActionKey& key, bool started = false) const {
    Execution& e = execution(key.execution);
    const ActionRun* place = find_place(e, key);
    SLUICE_ASSERT(place != nullptr, "an action of the stage, or a rule of its condition");
    auto& found = const_cast<ActionRun&>(*place);  // of an execution that is ours to change
    SLUICE_ASSERT(started || (found.attempt == key.attempt && found.turn == key.turn),
                  "the present attempt and turn");
    found.status = names_rule(key) ? after_of_rule(found.status, fact) : after(found.status, fact);
    found.attempt = key.attempt;
    found.turn = key.turn;
    return found;
  }

  // The attempt is over; if it was an approval, a second answer can be told so.
  void close(const ActionKey& key, ActionRun& run, bool answered) const {
    const Execution& e = execution(key.execution);
    const auto& declared = declaration(e).stages[key.stage].actions[key.action];
    if (declared.type.category == Category::kApproval) {
      const bool outdated = !answered && e.version != pipeline.version;
      remember(pipeline.recent_approvals, ClosedApproval{approval_token(run), answered, outdated});
    }
    run.token.clear();
    run.signal.clear();
    run.resume_at = {};
  }

  void stage(ExecutionNumber number) const {
    Execution& e = execution(number);
    e.stage_status = after(e.stage_status, fact);
  }

  void drop_unused(std::uint32_t version) const {
    if (version == pipeline.version) return;
    const auto uses = [&](const auto& entry) { return entry.second.version == version; };
    if (std::none_of(pipeline.executions.begin(), pipeline.executions.end(), uses)) {
      pipeline.versions.erase(version);
    }
  }

  void end(ExecutionNumber number) const {
    Execution& e = execution(number);
    e.status = after(e.status, fact);
    const std::uint32_t version = e.version;
    auto ended = pipeline.executions.extract(number);
    if (version == pipeline.version &&
        (e.stage > 0 || e.stage_status != StageStatus::kNotEntered)) {
      pipeline.finished.insert(std::move(ended));
      prune(pipeline);
    }
    drop_unused(version);
  }

  void forget_transition(const std::string& stage, bool inbound) const {
    std::erase_if(pipeline.disabled_transitions,
                  [&](const Transition& t) { return t.stage == stage && t.inbound == inbound; });
  }

  void operator()(const DefinitionAdopted& f) const {
    const std::uint32_t previous = pipeline.version;
    if (previous == 0) pipeline.versions.clear();  // of a removed incarnation
    pipeline.version = f.declaration.version;
    pipeline.versions[pipeline.version] = std::make_shared<PipelineDeclaration>(f.declaration);
    pipeline.entered.assign(f.declaration.stages.size(), 0);
    pipeline.finished.clear();  // nothing of an older version is retried or rolled back to
    drop_unused(previous);
  }

  void operator()(const ExecutionStarted& f) const {
    SLUICE_ASSERT(f.execution == pipeline.last_number + 1, "executions are numbered in order");
    pipeline.last_number = f.execution;
    Execution e;
    e.number = f.execution;
    e.id = f.id;
    e.version = f.version;
    e.type = f.type;
    e.started = at;
    e.trigger = f.trigger;
    e.variables = f.variables;
    e.source_revisions = f.source_revisions;
    e.rollback_target = f.rollback_target;
    e.stage = f.type == ExecutionType::kRollback ? f.rollback_stage : Index{0};
    pipeline.executions.emplace_hint(pipeline.executions.end(), f.execution, std::move(e));
    if (!f.client_token.empty()) {
      remember(pipeline.recent_tokens, std::pair(f.client_token, f.execution));
    }
  }
  void operator()(const ExecutionSucceeded& f) const { end(f.execution); }
  void operator()(const ExecutionFailed& f) const { end(f.execution); }
  void operator()(const ExecutionStopped& f) const { end(f.execution); }
  void operator()(const ExecutionSuperseded& f) const { end(f.execution); }
  void operator()(const ExecutionCancelled& f) const { end(f.execution); }
  void operator()(const ExecutionStopping& f) const {
    Execution& e = execution(f.execution);
    e.status = after(e.status, fact);
    e.abandon = f.abandon;
  }

  void operator()(const StageStarted& f) const {
    stage(f.execution);
    Execution& e = execution(f.execution);
    SLUICE_ASSERT(e.stage == f.stage, "the stage that it waited for");
    e.stage_started = at;
    e.actions.assign(declaration(e).stages[f.stage].actions.size(), {});
    e.failure.clear();
    e.automatic_retries = 0;
    e.retried = {};
    e.condition = {};
    e.entry_passed = false;
    if (e.version == pipeline.version) {
      ExecutionNumber& newest = pipeline.entered[f.stage];
      newest = std::max(newest, e.number);
      if (!pipeline.finished.empty()) prune(pipeline);
    }
  }
  // Behind its last stage an execution stays where it is.
  void leave(Execution& e) const {
    const bool last =
        e.type == ExecutionType::kRollback || e.stage + 1U == declaration(e).stages.size();
    if (last) return;
    ++e.stage;
    e.stage_status = StageStatus::kNotEntered;
    e.actions.clear();
  }
  void operator()(const StageSucceeded& f) const {
    stage(f.execution);
    leave(execution(f.execution));
  }
  void operator()(const StageSkipped& f) const {
    stage(f.execution);
    Execution& e = execution(f.execution);
    e.skipped.push_back(f.stage);
    leave(e);
  }
  void operator()(const StageFailed& f) const { stage(f.execution); }
  void operator()(const StageStopping& f) const { stage(f.execution); }
  void operator()(const StageStopped& f) const { stage(f.execution); }
  void operator()(const StageCancelled& f) const { stage(f.execution); }

  template <class Started>
  void begin(ActionRun& run, const Started& f) const {
    run.id = f.id;
    run.started = at;
    run.deadline = f.deadline;
    run.resume_at = {};
    run.inputs = f.inputs;
    run.losses = 0;
    run.approved_by.clear();
  }
  void operator()(const ActionStarted& f) const { begin(run(f.key, true), f); }
  void operator()(const ActionProgressed& f) const { run(f.key); }
  void operator()(const ActionContinued& f) const {
    ActionRun& waiting = run(f.key);
    waiting.token = f.token;
    waiting.resume_at = f.resume_at;
    waiting.signal.clear();
  }
  void operator()(const ActionResumed& f) const {
    ActionRun& resumed = run(f.key, true);
    resumed.signal = f.signal;
    resumed.resume_at = {};
  }
  void operator()(const ActionRetried& f) const {
    ActionRun& again = run(f.key, true);
    again.id = f.id;
    again.deadline = f.deadline;
    ++again.losses;
  }
  void operator()(const ApprovalGiven& f) const {
    Execution& e = execution(f.key.execution);
    SLUICE_ASSERT(e.stage == f.key.stage && f.key.action < e.actions.size(),
                  "an action of the stage");
    e.actions[f.key.action].approved_by.push_back(f.by);
  }
  void operator()(const ActionSucceeded& f) const {
    close(f.key, run(f.key), true);
    if (f.variables.empty() && f.outputs.empty()) return;
    Execution& e = execution(f.key.execution);
    const auto same = std::find_if(e.outputs.begin(), e.outputs.end(), [&](const auto& output) {
      return output.stage == f.key.stage && output.action == f.key.action;
    });
    ActionOutput output{f.key.stage, f.key.action, f.variables, f.outputs};
    if (same != e.outputs.end()) {
      *same = std::move(output);
    } else {
      e.outputs.push_back(std::move(output));
    }
  }
  void operator()(const ActionFailed& f) const {
    ActionRun& failed = run(f.key);
    close(f.key, failed, f.failure.kind == FailureKind::kRejected);
    Execution& e = execution(f.key.execution);
    if (!e.failure.empty()) return;
    const StageDeclaration& declared = declaration(e).stages[f.key.stage];
    e.failure = declared.name + "." + declared.actions[f.key.action].name + ": " +
                (f.failure.message.empty() ? "the action failed" : f.failure.message);
  }
  void operator()(const ActionAbandoned& f) const { close(f.key, run(f.key), false); }

  void operator()(const ConditionStarted& f) const {
    Execution& e = execution(f.execution);
    SLUICE_ASSERT(e.stage == f.stage, "a condition of the stage that it is in");
    e.condition.status = after(e.condition.status, fact);
    e.condition.hook = f.hook;
    const auto& declared = condition_of(declaration(e).stages[f.stage], f.hook);
    e.condition.rules.assign(declared.rules.size(), {});
  }
  void operator()(const ConditionFinished& f) const {
    Execution& e = execution(f.execution);
    SLUICE_ASSERT(e.condition.hook == f.hook, "the condition that was begun");
    e.condition.status = after(e.condition.status, fact);
    e.condition.rules = {};
    if (f.hook == Hook::kBeforeEntry) {
      e.entry_passed =
          f.status == ConditionStatus::kSucceeded || f.status == ConditionStatus::kOverridden;
    }
    const bool holds = f.result == ConditionResult::kFail ||
                       (f.result == ConditionResult::kRollback && f.hook == Hook::kOnSuccess);
    if (holds) e.failure = condition_failure(f.hook, f.summary);
  }
  void operator()(const RuleStarted& f) const { begin(run(f.key, true), f); }
  void operator()(const RuleSucceeded& f) const { run(f.key); }
  void operator()(const RuleFailed& f) const { run(f.key); }
  void operator()(const RuleAbandoned& f) const { run(f.key); }

  void operator()(const ExecutionResumed& f) const {
    auto kept = pipeline.finished.extract(f.execution);
    SLUICE_ASSERT(!kept.empty(), "an execution that was kept");
    kept.mapped().status = after(kept.mapped().status, fact);
    kept.mapped().abandon = false;
    pipeline.executions.insert(std::move(kept));
  }
  void operator()(const StageResumed& f) const {
    stage(f.execution);
    Execution& e = execution(f.execution);
    e.failure.clear();
    if (f.overridden) return;
    e.condition = {};
    for (ActionRun& run : e.actions) {
      const bool over =
          run.status == ActionStatus::kFailed || run.status == ActionStatus::kAbandoned ||
          (run.status == ActionStatus::kSucceeded && f.mode == RetryMode::kAllActions);
      if (over) run.status = after(run.status, fact);
    }
    e.retried = at;
    ++e.retries;
    if (f.automatic) ++e.automatic_retries;
  }
  void operator()(const OutputsInherited& f) const { execution(f.execution).outputs = f.outputs; }

  void operator()(const TransitionDisabled& f) const {
    forget_transition(f.stage, f.inbound);
    pipeline.disabled_transitions.push_back({f.stage, f.inbound, f.reason, f.by, at});
  }
  void operator()(const TransitionEnabled& f) const { forget_transition(f.stage, f.inbound); }
  // A pipeline that is created again goes on counting its executions and versions, so that nothing
  // old is taken for something new (facts 0): the last declaration stays, for its number.
  void operator()(const PipelineRemoved&) const {
    SLUICE_ASSERT(pipeline.executions.empty(), "executions end before their pipeline");
    Pipeline removed;
    removed.last_number = pipeline.last_number;
    removed.versions.insert(*pipeline.versions.rbegin());
    pipeline = std::move(removed);
  }
};

}  // namespace

void apply(Pipeline& pipeline, const Fact& fact, Instant at) {
  std::visit(Fold{pipeline, fact, at}, fact);
}

}  // namespace sluice
