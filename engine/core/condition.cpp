// Stage conditions (facts/codepipeline.md 2.15; docs/decisions/0043): all rules of a condition run
// at once, and the first that fails decides.
#include "engine/core/condition.hpp"

#include <algorithm>

#include "engine/core/assert.hpp"
#include "engine/core/draft.hpp"
#include "engine/core/timeout.hpp"

namespace sluice {
namespace {

// Whether the rule gave a verdict; else it could not be evaluated.
bool verdict(FailureKind kind) {
  return kind == FailureKind::kPermanent || kind == FailureKind::kTimedOut;
}

}  // namespace

const ConditionDeclaration& condition_of(const StageDeclaration& stage, Hook hook) {
  static const ConditionDeclaration kNothing;
  switch (hook) {
    case Hook::kBeforeEntry:
      return stage.before_entry;
    case Hook::kOnSuccess:
      return stage.on_success;
    case Hook::kOnFailure:
      return stage.on_failure.condition;
    case Hook::kNone:
      break;
  }
  return kNothing;
}

Hook hook_of(Index rule) {
  const unsigned hook = (rule - kFirstRule) / 16U;
  return rule >= kFirstRule && hook <= 3 ? static_cast<Hook>(hook) : Hook::kNone;
}

const RuleDeclaration* find_rule(const StageDeclaration& stage, Index rule) {
  const auto& rules = condition_of(stage, hook_of(rule)).rules;
  const std::size_t place = rule_place(rule);
  return place < rules.size() ? &rules[place] : nullptr;
}

std::string_view member_name(Hook hook) {
  constexpr std::string_view kNames[] = {"", "beforeEntry", "onSuccess", "onFailure"};
  return kNames[static_cast<std::size_t>(hook)];
}

std::string condition_failure(Hook hook, const std::string& why) {
  return "its " + std::string(member_name(hook)) + " condition did not let it pass: " + why;
}

void Draft::begin_condition(Live& e, Hook hook) {
  e.hook = hook;
  move(e, ConditionCause::kStart, ConditionStarted{e.number, e.stage, hook});
  const auto rules = condition_of(e.declared_stage(), hook).rules.size();
  e.rules.assign(rules, {});
  e.rule_failure.clear();
  e.rule_errored = false;
  for (unsigned rule = 0; rule < rules; ++rule) {
    start_rule(e, rule_index(static_cast<unsigned>(hook), rule));
  }
}

void Draft::start_rule(Live& e, Index rule) {
  const RuleDeclaration& declared = *find_rule(e.declared_stage(), rule);
  const Scope readable = scope(e, readable_order(e.hook));
  Result<std::vector<ArtifactRef>> inputs = find_inputs(readable, declared);
  Mark& mark = e.run(rule);
  mark.attempt = static_cast<std::uint16_t>(e.retries * kAttemptsOfEvaluation + 1);
  mark.turn = 1;
  mark.started = now_;
  const ActionKey start = key(e, rule);
  move(e, rule, ActionCause::kStart,
       RuleStarted{start, action_execution_id(e.id, start), after(now_, timeout_ms(declared)),
                   inputs ? std::move(*inputs) : std::vector<ArtifactRef>{}});
  if (!inputs) {
    fail_rule(e, rule, ActionCause::kFailure, {},
              {FailureKind::kConfiguration, "ConfigurationError", inputs.error().message});
  }
}

void Draft::fail_rule(Live& e, Index rule, ActionCause cause, Account account, Failure failure) {
  if (e.rule_failure.empty()) {
    e.rule_failure = find_rule(e.declared_stage(), rule)->name + ": " +
                     (failure.message.empty() ? std::string("the rule failed") : failure.message);
    e.rule_errored = !verdict(failure.kind);
  }
  move(e, rule, cause,
       RuleFailed{key(e, rule), e.run(rule).started, std::move(account), std::move(failure)});
}

void Draft::abandon_rules(Live& e) {
  for (unsigned i = 0; i < e.rules.size(); ++i) {
    const Index rule = rule_index(static_cast<unsigned>(e.hook), i);
    const ActionStatus status = e.run(rule).status;
    if (status != ActionStatus::kRunning && status != ActionStatus::kWaiting) continue;
    move(e, rule, ActionCause::kAbandon, RuleAbandoned{key(e, rule), e.run(rule).started});
  }
}

void Draft::finish_condition(Live& e, ConditionCause cause, ConditionResult result,
                             std::string summary, std::string by) {
  const auto status = static_cast<ConditionStatus>(cell(e.condition, cause).to);
  move(e, cause,
       ConditionFinished{e.number, e.stage, e.hook, status, result, std::move(summary),
                         std::move(by)});
  e.consequence = result;
  e.rules.clear();
  if (e.hook == Hook::kBeforeEntry) {
    e.entry_passed =
        status == ConditionStatus::kSucceeded || status == ConditionStatus::kOverridden;
  }
}

// If a condition is being evaluated, it is no more.
void Draft::drop_condition(Live& e, ConditionCause cause, const std::string& summary) {
  if (e.condition != ConditionStatus::kInProgress) return;
  abandon_rules(e);
  finish_condition(e, cause, ConditionResult::kNone, summary, "");
}

// Whether the condition under evaluation is over. If so it has been finished, and what it brings
// about is in the execution.
bool Draft::judge(Live& e) {
  const auto has = [&](ActionStatus status) {
    return [status](const Mark& rule) { return rule.status == status; };
  };
  const bool refused = std::any_of(e.rules.begin(), e.rules.end(), has(ActionStatus::kFailed));
  const ConditionResult declared = condition_of(e.declared_stage(), e.hook).result;
  if (!refused) {
    if (!std::all_of(e.rules.begin(), e.rules.end(), has(ActionStatus::kSucceeded))) return false;
    // Of onFailure, rules describe the failure: it engages when they succeed.
    finish_condition(e, ConditionCause::kPass,
                     e.hook == Hook::kOnFailure ? declared : ConditionResult::kNone, "", "");
    return true;
  }
  abandon_rules(e);
  // What could not be evaluated holds the stage; it neither skips it nor rolls it back.
  ConditionResult result = e.rule_errored ? ConditionResult::kFail : declared;
  if (e.hook == Hook::kOnFailure) result = ConditionResult::kNone;
  const bool holds = e.hook != Hook::kOnFailure && result != ConditionResult::kSkip;
  if (holds) e.failure = condition_failure(e.hook, e.rule_failure);
  finish_condition(e, e.rule_errored ? ConditionCause::kError : ConditionCause::kRefuse, result,
                   std::move(e.rule_failure), "");
  return true;
}

bool Draft::asks_on_success(const Live& e) const {
  if (e.declared_stage().on_success.rules.empty()) return false;
  return e.hook != Hook::kOnSuccess || (e.condition != ConditionStatus::kSucceeded &&
                                        e.condition != ConditionStatus::kOverridden);
}

// Only where its answer can bring about something: nothing rolls back a rollback, or an execution
// whose version is no longer the current one; and where nothing of the stage ran, or another
// condition has decided, there is nothing to ask.
bool Draft::asks_on_failure(const Live& e) const {
  if (e.declared_stage().on_failure.condition.rules.empty()) return false;
  if (e.version != version_ || e.type == ExecutionType::kRollback) return false;
  if (e.refused(Hook::kBeforeEntry) || e.consequence == ConditionResult::kRollback) return false;
  return e.hook != Hook::kOnFailure || e.condition == ConditionStatus::kNone;
}

// What follows a stage that failed, beyond its end.
ConditionResult Draft::brought_by_failure(const Live& e) const {
  if (e.refused(Hook::kBeforeEntry)) return ConditionResult::kNone;
  if (e.refused(Hook::kOnSuccess) && e.consequence == ConditionResult::kRollback) {
    return e.consequence;
  }
  const FailureDeclaration& declared = e.declared_stage().on_failure;
  return declared.condition.rules.empty() ? declared.result : e.consequence;
}

void Draft::take(const OverrideCondition& input) {
  if (pipeline_.version == 0) {
    return reject("PipelineNotFoundException", "No definition has been adopted.");
  }
  if (!knows_stage(input.stage)) {
    return reject("StageNotFoundException", "The pipeline has no stage " + input.stage + ".");
  }
  const Execution* found = find_kept(input.execution);
  if (found == nullptr) {
    return reject("NotLatestPipelineExecutionException",
                  "The execution " + to_text(input.execution) +
                      " is not the latest that failed in the stage " + input.stage + ".");
  }
  const StageDeclaration& stage = pipeline_.versions.at(found->version)->stages[found->stage];
  const auto refuse = [&](const std::string& why) {
    reject("ConditionNotOverridableException", "The condition cannot be overridden: " + why);
  };
  if (input.hook != Hook::kBeforeEntry && input.hook != Hook::kOnSuccess) {
    return refuse("only beforeEntry and onSuccess can be.");
  }
  if (stage.name != input.stage || found->condition.hook != input.hook) {
    return refuse("it does not hold the execution.");
  }
  if (condition_of(stage, input.hook).result == ConditionResult::kSkip &&
      found->condition.status != ConditionStatus::kErrored) {
    return refuse("its result is SKIP, which holds nothing.");
  }
  const Cell& ends = cell(found->status, ExecutionCause::kOverride);
  if (ends.outcome == Outcome::kRejected) return static_cast<void>(accepts(ends));
  if (!accepts(cell(found->condition.status, ConditionCause::kOverride))) return;
  if (ends.outcome == Outcome::kMove && !may_come_back(*found)) return;
  Live& e = live(*found);
  if (ends.outcome == Outcome::kMove) {
    move(e, ExecutionCause::kOverride, ExecutionResumed{e.number});
    move(e, StageCause::kOverride,
         StageResumed{e.number, e.stage, e.stage_started, RetryMode::kFailedActions, false,
                      input.by, true});
    e.failure.clear();
  }
  abandon_rules(e);
  finish_condition(e, ConditionCause::kOverride, ConditionResult::kNone, "", input.by);
  settle(e);
}

}  // namespace sluice
