// An execution's stage from within: its condition, its actions, and how it is about to end.
#include <algorithm>

#include "engine/core/condition.hpp"
#include "engine/core/core.hpp"
#include "engine/core/explainer.hpp"
#include "engine/core/gates.hpp"
#include "engine/core/names.hpp"
#include "engine/core/variables.hpp"

namespace sluice {
namespace {

bool runs(const ActionRun& run) {
  return run.status == ActionStatus::kRunning || run.status == ActionStatus::kWaiting;
}

bool broke(const ActionRun& run) {
  return run.status == ActionStatus::kFailed || run.status == ActionStatus::kAbandoned;
}

}  // namespace

const ActionMemory* Explainer::memory_of(const Execution& e, Index index) const {
  const Recollection* history = history_of(e);
  if (history == nullptr || history->execution.stage != e.stage) return nullptr;
  const auto found = history->actions.find(index);
  return found == history->actions.end() ? nullptr : &found->second;
}

std::vector<std::string> Explainer::busy_names(const Execution& e) const {
  const StageDeclaration& stage = declaration_of(e).stages[e.stage];
  std::vector<std::string> names;
  for (std::size_t i = 0; i < e.actions.size(); ++i) {
    if (runs(e.actions[i])) names.push_back(stage.actions[i].name);
  }
  const auto& rules = condition_of(stage, e.condition.hook).rules;
  for (std::size_t i = 0; i < e.condition.rules.size(); ++i) {
    if (runs(e.condition.rules[i])) names.push_back(rules[i].name);
  }
  return names;
}

void Explainer::inside(const Execution& e, unsigned depth) {
  doomed_ = closing(e, depth);
  condition(e, depth);
  for (Index i = 0; i < e.actions.size(); ++i) action(e, i, depth);
  counts(e, depth);
}

// The stage is about to end, and only waits for what runs in it.
bool Explainer::closing(const Execution& e, unsigned depth) {
  const PipelineDeclaration& declaration = declaration_of(e);
  const Recollection* history = history_of(e);
  const bool failing = std::any_of(e.actions.begin(), e.actions.end(), broke);
  const auto closes_as = [&](FindingKind kind) -> Finding& {
    Finding& finding = add(kind, e, depth);
    finding.names = busy_names(e);
    move(finding, MoveKind::kWait, finding.subject);
    return finding;
  };
  if (e.status == ExecutionStatus::kStopping) {
    Finding& finding = closes_as(FindingKind::kStopping);
    if (history != nullptr) {
      finding.by = history->stop_by;
      finding.reason = history->stop_reason;
      finding.since = history->stopped;
    }
    move(finding, MoveKind::kAbandon, finding.subject);
    return true;
  }
  if (ends_by_update(declaration, e.version, pipeline_.version)) {
    Finding& finding = closes_as(FindingKind::kOutdated);
    finding.count = pipeline_.version;
    move(finding, MoveKind::kAbandon, finding.subject);
    return true;
  }
  if (!failing) return false;
  Finding& finding = closes_as(FindingKind::kFailing);
  finding.reason = e.failure;
  const RetryStage again{e.id, finding.subject.stage, RetryMode::kFailedActions, ""};
  if (decide(pipeline_, again, after(e.started, 1)).rejected() == nullptr) {
    move(finding, MoveKind::kRetryFailed, finding.subject);
  }
  return true;
}

// A condition that is being evaluated, or that did not let its stage pass. Its rules are in the
// state while they run; how they ended is for history to say.
void Explainer::condition(const Execution& e, unsigned depth) {
  const Hook hook = e.condition.hook;
  const ConditionStatus status = e.condition.status;
  const bool refused = status == ConditionStatus::kFailed || status == ConditionStatus::kErrored;
  if (hook == Hook::kNone || (status != ConditionStatus::kInProgress && !refused)) return;
  Finding& finding =
      add(refused ? FindingKind::kConditionRefused : FindingKind::kConditionRuns, e, depth);
  finding.hook = hook;
  if (refused) finding.code = to_text(status);
  if (const Recollection* history = history_of(e); history != nullptr && history->hook == hook) {
    finding.reason = history->condition_summary;
  }
  const OverrideCondition input{e.id, finding.subject.stage, hook, ""};
  if (decide(pipeline_, input, after(e.started, 1)).rejected() == nullptr) {
    move(finding, MoveKind::kOverrideCondition, finding.subject).hook = hook;
  }
  const auto& rules = condition_of(declaration_of(e).stages[e.stage], hook).rules;
  for (unsigned i = 0; i < rules.size(); ++i) rule(e, i, depth);
}

// One of the condition's rules, if it runs or refused.
void Explainer::rule(const Execution& e, unsigned place, unsigned depth) {
  const Index index = rule_index(static_cast<unsigned>(e.condition.hook), place);
  const ActionRun* run = place < e.condition.rules.size() ? &e.condition.rules[place] : nullptr;
  const ActionMemory* memory = memory_of(e, index);
  const bool now = run != nullptr && runs(*run);
  if (!now && (memory == nullptr || memory->failure.code.empty())) return;
  const auto& declared =
      condition_of(declaration_of(e).stages[e.stage], e.condition.hook).rules[place];
  Finding& finding = add(now ? FindingKind::kRuleRuns : FindingKind::kRuleRefused, e, depth);
  finding.subject.action = declared.name;
  finding.hook = e.condition.hook;
  finding.values = asked_of(e, declared);
  if (memory != nullptr) {
    finding.reason = memory->account.summary;
    finding.url = memory->account.external_url;
  }
  if (now) {
    finding.since = run->started;
    finding.deadline = run->deadline;
    finding.until = run->resume_at;
    move(finding, MoveKind::kWait, finding.subject);
  } else {
    finding.since = memory->ended;
    finding.code = memory->failure.code;
    finding.reason = memory->failure.message;
  }
}

// What a rule was asked: its configuration with the values that it saw.
Texts Explainer::asked_of(const Execution& e, const RuleDeclaration& rule) const {
  const Scope scope{declaration_of(e), e.id,    e.number, e.variables,
                    e.outputs,         nullptr, e.stage,  readable_order(e.condition.hook)};
  Texts values;
  for (const auto& [key, text] : rule.configuration) {
    const auto& secrets = rule.secret_keys;
    const bool secret = std::find(secrets.begin(), secrets.end(), key) != secrets.end();
    const Result<std::string> seen = substitute(scope, text);
    values.emplace_back(key, secret ? "****" : seen ? *seen : text);
  }
  for (const std::string& command : rule.commands) values.emplace_back("command", command);
  return values;
}

void Explainer::action(const Execution& e, Index index, unsigned depth) {
  const ActionDeclaration& declared = declaration_of(e).stages[e.stage].actions[index];
  const ActionRun& run = e.actions[index];
  const bool asked = depth == 0 && focus_.action == declared.name;
  if (depth == 0 && !focus_.action.empty() && !asked) return;
  if (runs(run)) {
    busy(e, index, depth);
  } else if (run.status == ActionStatus::kNotStarted) {
    if (depth == 0) unstarted(e, index, depth);
  } else if (asked || (depth == 0 && run.status == ActionStatus::kFailed)) {
    finished_action(e, index, depth);
  }
}

void Explainer::busy(const Execution& e, Index index, unsigned depth) {
  const ActionDeclaration& declared = declaration_of(e).stages[e.stage].actions[index];
  const ActionRun& run = e.actions[index];
  const bool approval = declared.type.category == Category::kApproval;
  const bool polls = run.status == ActionStatus::kWaiting && run.resume_at.ms != 0;
  const FindingKind kind = approval                               ? FindingKind::kAwaitsApproval
                           : polls                                ? FindingKind::kActionPolls
                           : run.status == ActionStatus::kWaiting ? FindingKind::kAwaitsSignal
                                                                  : FindingKind::kActionRuns;
  Finding& finding = add(kind, e, depth);
  finding.subject.action = declared.name;
  finding.since = run.started;
  finding.deadline = run.deadline;
  const ActionMemory* memory = memory_of(e, index);
  if (memory != nullptr) {
    finding.reason = memory->account.summary;
    finding.url = memory->account.external_url;
    if (memory->percent > 0) finding.count = static_cast<std::uint32_t>(memory->percent);
  }
  if (approval) {
    finding.count = static_cast<std::uint32_t>(run.approved_by.size());
    finding.limit = declared.required_approvals;
    finding.names = run.approved_by;
    move(finding, MoveKind::kApprove, finding.subject);
    move(finding, MoveKind::kReject, finding.subject);
  } else {
    if (polls) finding.until = run.resume_at;
    move(finding, MoveKind::kWait, finding.subject);
    Place whole = finding.subject;
    whole.action.clear();
    move(finding, MoveKind::kAbandon, std::move(whole));
  }
  if (run.losses == 0) return;
  Finding& lost = add(FindingKind::kWorkerLost, e, depth);
  lost.subject.action = declared.name;
  lost.count = run.losses;
  if (memory == nullptr) return;
  lost.code = memory->failure.code;
  lost.reason = memory->failure.message;
}

void Explainer::unstarted(const Execution& e, Index index, unsigned depth) {
  const auto& declared = declaration_of(e).stages[e.stage].actions;
  const std::string& name = declared[index].name;
  if (doomed_) {
    add(FindingKind::kWillNotRun, e, depth).subject.action = name;
    return;
  }
  std::vector<std::string> earlier;
  std::vector<Index> holders;  // those that run
  for (Index i = 0; i < e.actions.size(); ++i) {
    const bool before = declared[i].run_order < declared[index].run_order;
    if (before && e.actions[i].status != ActionStatus::kSucceeded) {
      earlier.push_back(declared[i].name);
    }
    if (runs(e.actions[i])) holders.push_back(i);
  }
  const bool order = !earlier.empty();
  const std::uint32_t most = most_actions(declaration_of(e));
  if (!order && holders.size() < most) return;  // a condition comes first
  Finding& finding =
      add(order ? FindingKind::kAwaitsRunOrder : FindingKind::kAwaitsParallelLimit, e, depth);
  finding.subject.action = name;
  finding.names = order ? std::move(earlier) : busy_names(e);
  if (!order) {
    finding.count = static_cast<std::uint32_t>(holders.size());
    finding.limit = most;
  }
  move(finding, MoveKind::kWait, finding.subject);
  if (focus_.action.empty()) return;  // else the others are found to run anyway
  for (const Index holder : holders) busy(e, holder, depth + 1);
}

void Explainer::finished_action(const Execution& e, Index index, unsigned depth) {
  const ActionStatus status = e.actions[index].status;
  Finding& finding = add(status == ActionStatus::kSucceeded ? FindingKind::kActionSucceeded
                         : status == ActionStatus::kFailed  ? FindingKind::kActionFailed
                                                            : FindingKind::kActionAbandoned,
                         e, depth);
  finding.subject.action = declaration_of(e).stages[e.stage].actions[index].name;
  const ActionMemory* memory = memory_of(e, index);
  if (memory == nullptr) return;
  finding.since = memory->ended;
  finding.by = memory->by;
  finding.url = memory->account.external_url;
  finding.code = memory->failure.code;
  finding.reason =
      memory->failure.message.empty() ? memory->account.summary : memory->failure.message;
}

// The stage of an execution that is over.
void Explainer::over_in_stage(const Execution& e, unsigned depth) {
  if (e.stage_status == StageStatus::kNotEntered) return;
  doomed_ = true;
  condition(e, depth);
  for (Index i = 0; i < e.actions.size(); ++i) {
    const bool asked = !focus_.action.empty();
    if (asked || e.actions[i].status == ActionStatus::kFailed) action(e, i, depth);
  }
  counts(e, depth);
}

void Explainer::counts(const Execution& e, unsigned depth) {
  const FailureDeclaration& declared = declaration_of(e).stages[e.stage].on_failure;
  if (e.automatic_retries > 0) {
    Finding& finding = add(FindingKind::kAutomaticRetries, e, depth);
    finding.count = e.automatic_retries;
    finding.limit = declared.max_retries;
    finding.since = e.retried;
  } else if (e.retries > 0 && e.retried.ms != 0) {
    Finding& finding = add(FindingKind::kRetried, e, depth);
    finding.count = e.retries;
    finding.since = e.retried;
  }
}

}  // namespace sluice
