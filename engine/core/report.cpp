// What workers, approvers and the clock say of actions.
#include <algorithm>

#include "engine/core/approval.hpp"
#include "engine/core/draft.hpp"

namespace sluice {
namespace {

// How often an attempt that lost its worker is started again before the action fails.
constexpr std::uint16_t kMostLosses = 3;

constexpr std::uint64_t kApprovalPurpose = 2;

std::size_t total_bytes(const Texts& texts) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : texts) bytes += key.size() + value.size();
  return bytes;
}

}  // namespace

Uuid approval_token(const ActionRun& run) {
  return derive(run.id, kApprovalPurpose, run.attempt);
}

// The execution that a report is about, or nothing after the refusal.
Live* Draft::reported(const ActionKey& key, ActionCause cause) {
  const Execution* execution = current(key);
  if (execution == nullptr) {
    reject("StaleReport", "The report names an attempt or a turn that is over.");
    return nullptr;
  }
  const ActionStatus status = find_run(*execution, key)->status;
  if (!accepts(names_rule(key) ? rule_cell(status, cause) : cell(status, cause))) return nullptr;
  return &live(*execution);
}

void Draft::take(ReportProgress& input) {
  Live* e = reported(input.key, ActionCause::kProgress);
  if (e == nullptr) return;
  move(*e, input.key.action, ActionCause::kProgress,
       ActionProgressed{input.key, input.percent, std::move(input.account)});
}

void Draft::take(ReportSuccess& input) {
  Live* e = reported(input.key, ActionCause::kSuccess);
  if (e == nullptr) return;
  const Index action = input.key.action;
  if (names_rule(input.key)) {
    move(*e, action, ActionCause::kSuccess,
         RuleSucceeded{input.key, e->run(action).started, std::move(input.account)});
  } else if (total_bytes(input.variables) > kMostVariableBytes) {
    fail_action(*e, action, ActionCause::kFailure, std::move(input.account),
                {FailureKind::kMisbehaved, "OutputVariablesSizeExceededException",
                 "The output variables of the action are larger than 122880 bytes."},
                "");
  } else {
    move(*e, action, ActionCause::kSuccess,
         ActionSucceeded{input.key, e->actions[action].started, std::move(input.account),
                         std::move(input.variables), std::move(input.outputs), ""});
  }
  settle(*e);
}

void Draft::take(ReportContinue& input) {
  Live* e = reported(input.key, ActionCause::kContinue);
  if (e == nullptr) return;
  const Instant resume_at = input.delay_ms < 0 ? Instant{} : after(now_, input.delay_ms);
  move(*e, input.key.action, ActionCause::kContinue,
       ActionContinued{input.key, std::move(input.token), resume_at, std::move(input.account)});
}

void Draft::take(ReportFailure& input) {
  Live* e = reported(input.key, ActionCause::kFailure);
  if (e == nullptr) return;
  const Index action = input.key.action;
  const ActionRun& run = *find_run(*e->before, input.key);
  // A rule only looks, and may look again.
  const bool repeatable = names_rule(input.key) || e->declared_stage().actions[action].idempotent;
  const bool again = input.failure.kind == FailureKind::kLost && repeatable &&
                     run.losses < kMostLosses && e->status == ExecutionStatus::kInProgress &&
                     !outdated(*e);
  if (again) {
    ++e->run(action).attempt;
    const ActionKey next = key(*e, action);
    move(*e, action, ActionCause::kLost,
         ActionRetried{next, action_execution_id(e->id, next), run.deadline,
                       std::move(input.failure)});
    return;
  }
  if (names_rule(input.key)) {
    fail_rule(*e, action, ActionCause::kFailure, std::move(input.account),
              std::move(input.failure));
  } else {
    fail_action(*e, action, ActionCause::kFailure, std::move(input.account),
                std::move(input.failure), "");
  }
  settle(*e);
}

void Draft::take(SignalAction& input) {
  Live* e = reported(input.key, ActionCause::kSignal);
  if (e == nullptr) return;
  ++e->run(input.key.action).turn;
  move(*e, input.key.action, ActionCause::kSignal,
       ActionResumed{key(*e, input.key.action), std::move(input.payload)});
}

void Draft::take(const DeadlinePassed& input) {
  const Execution* execution = current(input.key);
  if (execution == nullptr) {
    return reject("StaleReport", "The deadline is that of an attempt or a turn that is over.");
  }
  const Index action = input.key.action;
  const ActionRun& run = *find_run(*execution, input.key);
  const bool timed_out = run.deadline.ms != 0 && now_ >= run.deadline;
  const bool delay_over = run.resume_at.ms != 0 && now_ >= run.resume_at;
  if (!timed_out && !delay_over) {
    return reject("DeadlineNotReached", "No deadline of the action has been reached yet.");
  }
  const ActionCause cause = timed_out ? ActionCause::kTimeout : ActionCause::kDelayOver;
  Live* e = reported(input.key, cause);
  if (e == nullptr) return;
  if (!timed_out) {
    ++e->run(action).turn;
    return move(*e, action, cause, ActionResumed{key(*e, action), ""});
  }
  if (names_rule(input.key)) {
    fail_rule(*e, action, cause, {},
              {FailureKind::kTimedOut, "TimedOut", "The rule did not succeed within its timeout."});
  } else {
    const bool approval = e->declared_stage().actions[action].type.category == Category::kApproval;
    fail_action(*e, action, cause, {},
                {FailureKind::kTimedOut, "TimedOut",
                 approval ? "Nobody answered the approval in time."
                          : "The action did not end within its timeout."},
                "");
  }
  settle(*e);
}

// Whether any version in use has the action; else the decision is the refusal.
bool Draft::knows_approval(const AnswerApproval& input) {
  bool has_stage = false;
  for (const auto& [version, declaration] : pipeline_.versions) {
    for (const StageDeclaration& stage : declaration->stages) {
      if (stage.name != input.stage) continue;
      has_stage = true;
      for (const ActionDeclaration& action : stage.actions) {
        if (action.name == input.action) return true;
      }
    }
  }
  if (has_stage) {
    reject("ActionNotFoundException",
           "The stage " + input.stage + " has no action " + input.action + ".");
  } else {
    reject("StageNotFoundException", "The pipeline has no stage " + input.stage + ".");
  }
  return false;
}

void Draft::take(const AnswerApproval& input) {
  if (pipeline_.version == 0) {
    return reject("PipelineNotFoundException", "No definition has been adopted.");
  }
  if (!knows_approval(input)) return;
  for (const ClosedApproval& closed : pipeline_.recent_approvals) {
    if (closed.token != input.token) continue;
    if (closed.answered) {
      return reject("ApprovalAlreadyCompletedException", "The approval has been answered.");
    }
    return reject("InvalidApprovalTokenException",
                  closed.outdated
                      ? "The pipeline " + pipeline_.versions.at(pipeline_.version)->name +
                            " has been updated, and the approval request you responded to is now "
                            "out of date."
                      : "The approval request has expired or was cancelled.");
  }
  for (const auto& [number, execution] : pipeline_.executions) {
    for (Index action = 0; action < execution.actions.size(); ++action) {
      if (execution.actions[action].id.empty()) continue;
      if (approval_token(execution.actions[action]) != input.token) continue;
      Live& e = live(execution);
      const ActionDeclaration& declared = e.declared_stage().actions[action];
      if (declared.type.category != Category::kApproval) continue;
      if (e.declared_stage().name != input.stage || declared.name != input.action) continue;
      return answer(e, action, input);
    }
  }
  reject("InvalidApprovalTokenException", "The token is not that of an approval that " +
                                              input.stage + "." + input.action + " waits for.");
}

void Draft::answer(Live& e, Index action, const AnswerApproval& input) {
  const ActionCause cause = input.approved ? ActionCause::kApprove : ActionCause::kReject;
  if (!accepts(cell(e.actions[action].status, cause))) return;
  const std::vector<std::string>& given = e.before->actions[action].approved_by;
  if (input.approved && std::find(given.begin(), given.end(), input.by) != given.end()) {
    return reject("ApprovalAlreadyCompletedException",
                  input.by + " has approved already; somebody else has to, too.");
  }
  if (input.approved && given.size() + 1 < e.declared_stage().actions[action].required_approvals) {
    return say(ApprovalGiven{key(e, action), input.summary, input.by});
  }
  Account account;
  account.summary = input.summary;
  if (input.approved) {
    move(e, action, cause,
         ActionSucceeded{
             key(e, action), e.actions[action].started, std::move(account), {}, {}, input.by});
  } else {
    std::string message = input.summary.empty() ? "The approval was rejected." : input.summary;
    fail_action(e, action, cause, std::move(account),
                {FailureKind::kRejected, "Rejected", std::move(message)}, input.by);
  }
  settle(e);
}

}  // namespace sluice
