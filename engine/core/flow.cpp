// What follows from a change at the same instant: the next group of actions, the end of a stage,
// the next stage, and whoever waits for the stage that became free
// (facts/codepipeline.md 2.5, 2.6).
#include <algorithm>

#include "engine/core/assert.hpp"
#include "engine/core/draft.hpp"
#include "engine/core/timeout.hpp"

namespace sluice {
namespace {

constexpr bool running(ActionStatus status) {
  return status == ActionStatus::kRunning || status == ActionStatus::kWaiting;
}

struct Tally {
  std::uint32_t running = 0, unstarted = 0;
  bool failed = false;
  std::uint32_t lowest_running = UINT32_MAX, next_order = UINT32_MAX;
};

Tally tally(const Live& e) {
  Tally t;
  for (std::size_t i = 0; i < e.actions.size(); ++i) {
    const std::uint32_t order = e.declared_stage().actions[i].run_order;
    switch (e.actions[i].status) {
      case ActionStatus::kNotStarted:
        ++t.unstarted;
        t.next_order = std::min(t.next_order, order);
        break;
      case ActionStatus::kRunning:
      case ActionStatus::kWaiting:
        ++t.running;
        t.lowest_running = std::min(t.lowest_running, order);
        break;
      case ActionStatus::kFailed:
      case ActionStatus::kAbandoned:
        t.failed = true;
        break;
      case ActionStatus::kSucceeded:
        break;
    }
  }
  return t;
}

std::string failed_summary(const Live& e) {
  return "Stage " + e.declared_stage().name + " failed: " + e.failure;
}

}  // namespace

// All that follows in its stage; then, if it only waits for approvals, it may have to yield.
void Draft::settle(Live& e) {
  advance(e);
  if (e.declaration->supersede_waiting_approval && e.in_stage()) yield_approval(e);
}

void Draft::advance(Live& e) {
  while (e.in_stage()) {
    const Tally t = tally(e);
    if (e.status == ExecutionStatus::kStopping) {
      if (t.running > 0) return;
      move(e, StageCause::kDrained, StageStopped{e.number, e.stage, e.stage_started});
      end(e, ExecutionCause::kDrained, ExecutionStopped{e.number});
    } else if (outdated(e)) {
      if (t.running > 0) return;
      move(e, StageCause::kUpdated, StageCancelled{e.number, e.stage, e.stage_started});
      end(e, ExecutionCause::kUpdated,
          ExecutionCancelled{e.number, "The pipeline was updated while it ran."});
    } else if (e.condition == ConditionStatus::kInProgress) {
      if (!judge(e)) return;
      if (e.consequence == ConditionResult::kSkip) {
        leave_stage(e, StageCause::kSkip, StageSkipped{e.number, e.stage, e.stage_started});
      }
    } else if (t.failed || !e.failure.empty()) {
      if (t.running > 0) return;
      if (asks_on_failure(e)) {
        begin_condition(e, Hook::kOnFailure);
      } else {
        fail_stage(e);
      }
    } else if (!e.entry_passed && !e.declared_stage().before_entry.rules.empty()) {
      begin_condition(e, Hook::kBeforeEntry);
    } else if (t.unstarted == 0) {
      if (t.running > 0) return;
      if (asks_on_success(e)) {
        begin_condition(e, Hook::kOnSuccess);
      } else {
        leave_stage(e, StageCause::kAllSucceeded,
                    StageSucceeded{e.number, e.stage, e.stage_started});
      }
    } else if (t.lowest_running < t.next_order || !start_group(e)) {
      return;
    }
  }
}

// Starts what may start of the lowest group that is not through. Whether anything was started.
bool Draft::start_group(Live& e) {
  const Tally t = tally(e);
  const std::uint32_t most = most_actions(*e.declaration);
  std::uint32_t room = most > t.running ? most - t.running : 0;
  bool started = false;
  const auto& declared = e.declared_stage().actions;
  for (Index i = 0; i < declared.size() && room > 0; ++i) {
    if (declared[i].run_order != t.next_order) continue;
    if (e.actions[i].status != ActionStatus::kNotStarted) continue;
    start_action(e, i);
    started = true;
    if (running(e.actions[i].status)) --room;
  }
  return started;
}

void Draft::start_action(Live& e, Index action) {
  const ActionDeclaration& declared = e.declared_stage().actions[action];
  const Scope readable = scope(e, declared.run_order);
  Result<std::vector<ArtifactRef>> inputs = find_inputs(readable, declared);
  Mark& mark = e.actions[action];
  ++mark.attempt;
  mark.turn = 1;
  mark.started = now_;
  const ActionKey start = key(e, action);
  move(e, action, ActionCause::kStart,
       ActionStarted{start, action_execution_id(e.id, start), after(now_, timeout_ms(declared)),
                     inputs ? std::move(*inputs) : std::vector<ArtifactRef>{}});
  if (!inputs) {
    fail_action(e, action, ActionCause::kFailure, {},
                {FailureKind::kConfiguration, "ConfigurationError", inputs.error().message}, "");
  }
}

void Draft::fail_action(Live& e, Index action, ActionCause cause, Account account, Failure failure,
                        std::string by) {
  if (e.failure.empty()) {
    e.failure = label(e, action) + ": " +
                (failure.message.empty() ? std::string("the action failed") : failure.message);
  }
  move(e, action, cause,
       ActionFailed{key(e, action), e.actions[action].started, std::move(account),
                    std::move(failure), std::move(by)});
}

void Draft::abandon_actions(Live& e, bool approvals_only, const std::string& summary) {
  for (Index i = 0; i < e.actions.size(); ++i) {
    if (!running(e.actions[i].status)) continue;
    const bool approval = e.declared_stage().actions[i].type.category == Category::kApproval;
    if (approvals_only && !approval) continue;
    move(e, i, ActionCause::kAbandon,
         ActionAbandoned{key(e, i), e.actions[i].started, approval ? summary : std::string()});
  }
}

void Draft::fail_stage(Live& e) {
  move(e, StageCause::kFailed, StageFailed{e.number, e.stage, e.stage_started});
  end(e, ExecutionCause::kStageFailed, ExecutionFailed{e.number, failed_summary(e)});
  after_failure(e);
}

// The stage is done, or skipped: on to the next one, or the end.
void Draft::leave_stage(Live& e, StageCause cause, Fact fact) {
  move(e, cause, std::move(fact));
  const bool last =
      e.type == ExecutionType::kRollback || e.stage + 1U == e.declaration->stages.size();
  if (last) {
    end(e, ExecutionCause::kLastStageDone, ExecutionSucceeded{e.number});
    return;
  }
  freed_.emplace_back(e.declaration, e.stage);
  ++e.stage;
  e.stage_status = StageStatus::kNotEntered;
  e.actions.clear();
  arrive(e);
}

void Draft::end(Live& e, ExecutionCause cause, Fact fact) {
  if (e.stage_status != StageStatus::kNotEntered) freed_.emplace_back(e.declaration, e.stage);
  move(e, cause, std::move(fact));
}

// The execution has come to the place before its stage. In SUPERSEDED mode the place holds one: the
// newest (facts 2.6).
void Draft::arrive(Live& e) {
  if (e.declaration->mode == ExecutionMode::kSuperseded) {
    ExecutionNumber newest = e.number;
    std::vector<ExecutionNumber> waiting;
    each_live([&](const Spot& other) {
      if (!other.waits || other.declaration->mode != ExecutionMode::kSuperseded) return;
      if (!same_place(*other.declaration, other.stage, *e.declaration, e.stage)) return;
      newest = std::max(newest, other.number);
      waiting.push_back(other.number);
    });
    for (const ExecutionNumber number : waiting) {
      if (number == newest) continue;
      move(live(number), ExecutionCause::kOvertaken, ExecutionSuperseded{number, newest});
    }
  }
  if (e.waits() && !try_enter(e)) make_room(e);
}

// Enters the stage if nobody holds it and nobody has to go first.
bool Draft::try_enter(Live& e) {
  const ExecutionMode mode = e.declaration->mode;
  if (closed(e)) return false;
  bool may = true;
  if (mode != ExecutionMode::kParallel) {
    each_live([&](const Spot& other) {
      if (other.number == e.number || other.declaration->mode == ExecutionMode::kParallel) return;
      if (!same_place(*other.declaration, other.stage, *e.declaration, e.stage)) return;
      if (other.inside) may = false;
      if (other.waits && mode == ExecutionMode::kQueued && other.number < e.number) may = false;
      // Only one that supersedes it goes first: after a mode change under finish-on-own-version,
      // newer executions may be queued behind this one, and each would wait for the other.
      if (other.waits && mode == ExecutionMode::kSuperseded &&
          other.declaration->mode == ExecutionMode::kSuperseded && other.number > e.number) {
        may = false;
      }
    });
  }
  if (!may) return false;
  move(e, StageCause::kEnter, StageStarted{e.number, e.stage});
  e.stage_started = now_;
  e.failure.clear();
  e.automatic_retries = 0;
  e.forget_condition();
  e.entry_passed = false;
  e.actions.assign(e.declared_stage().actions.size(), {});
  settle(e);
  return true;
}

// Lets the next waiting execution into every stage that this decision freed.
void Draft::fill_freed() {
  for (std::size_t i = 0; i < freed_.size(); ++i) {
    const PipelineDeclaration* declaration = freed_[i].first;
    const Index stage = freed_[i].second;
    std::vector<ExecutionNumber> waiting;
    each_live([&](const Spot& other) {
      if (other.waits && same_place(*other.declaration, other.stage, *declaration, stage)) {
        waiting.push_back(other.number);
      }
    });
    for (const ExecutionNumber number : waiting) {
      Live& e = live(number);
      if (e.waits() && try_enter(e)) break;
    }
  }
  freed_.clear();
}

}  // namespace sluice
