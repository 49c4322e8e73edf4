#include "tests/sim/auditor_rules.hpp"

#include <algorithm>

#include "engine/core/names.hpp"

namespace sluice::sim {
namespace {

constexpr std::uint32_t kExecutionLimit = 50, kParallelActions = 5;  // facts/codepipeline.md 8
constexpr std::uint16_t kMostLosses = 3;                             // engine/core/report.cpp

struct Check {
  const Pipeline& state;
  const Books& books;
  const Instant at;

  [[nodiscard]] const Execution& execution(ExecutionNumber number) const {
    return state.executions.at(number);
  }
  [[nodiscard]] const PipelineDeclaration& declaration(const Execution& e) const {
    return *state.versions.at(e.version);
  }
  static std::string of(ExecutionNumber number) { return "execution " + std::to_string(number); }

  // Facts 2.8: an update ends what runs on an older version, unless it is PARALLEL or the option
  // says otherwise. It may finish what it has begun, and begins nothing.
  [[nodiscard]] bool outdated(const Execution& e) const {
    const PipelineDeclaration& own = declaration(e);
    return e.version != state.version && own.mode != ExecutionMode::kParallel &&
           !own.finish_on_own_version;
  }

  std::string operator()(const ExecutionStarted& f) const {
    if (f.execution != state.last_number + 1) return "executions are not numbered in order";
    if (f.version != state.version) return of(f.execution) + " starts on an old version";
    for (const auto& [number, book] : books) {
      if (book.id == f.id) return "two executions have one id";
    }
    const PipelineDeclaration& own = *state.versions.at(f.version);
    const std::uint32_t most = own.max_executions == 0 ? kExecutionLimit : own.max_executions;
    if (own.mode != ExecutionMode::kSuperseded && state.executions.size() >= most) {
      return of(f.execution) + " starts over the limit";
    }
    for (const auto& [token, number] : state.recent_tokens) {
      if (token == f.client_token) return "one client token starts two executions";
    }
    if (f.type == ExecutionType::kRollback) {
      const std::string broken = rollback(f, own);
      if (!broken.empty()) return broken;
    }
    for (const auto& [name, value] : f.variables) {
      if (value.empty()) return "the variable " + name + " is bound to nothing";
    }
    return "";
  }

  // Facts 2.11: which executions can be rolled back to.
  [[nodiscard]] std::string rollback(const ExecutionStarted& f,
                                     const PipelineDeclaration& own) const {
    const auto target = books.find(f.rollback_target);
    if (target == books.end()) return "a rollback to an execution that there is not";
    const Auditor::Book& book = target->second;
    if (book.type != ExecutionType::kStandard) return "a rollback to a rollback";
    if (book.version != f.version) return "a rollback to another version";
    if (!book.succeeded_stages.contains(f.rollback_stage)) {
      return "a rollback to an execution that did not succeed in the stage";
    }
    if (own.mode == ExecutionMode::kParallel) return "a rollback in PARALLEL mode";
    for (const auto& [number, other] : state.executions) {
      const PipelineDeclaration& theirs = declaration(other);
      if (f.trigger.type == "ManualRollback" && theirs.mode != ExecutionMode::kParallel &&
          is_inside(other) &&
          theirs.stages[other.stage].name == own.stages[f.rollback_stage].name) {
        return "a manual rollback of an occupied stage";
      }
    }
    return f.rollback_stage == 0 ? "a rollback of the source stage" : "";
  }

  // Facts 2.10: what can be retried, and when.
  std::string operator()(const StageResumed& f) const {
    const Execution& e = execution(f.execution);
    const PipelineDeclaration& own = declaration(e);
    const Auditor::Book& book = books.at(f.execution);
    const std::string name = of(f.execution) + ": a retry ";
    if (e.version != state.version) return name + "on an old version";
    if (f.stage != e.stage || !book.entered.contains(f.stage)) return name + "of another stage";
    if (f.automatic) {
      const auto count = book.automatic_retries.find(f.stage);
      const unsigned before = count == book.automatic_retries.end() ? 0 : count->second;
      if (own.stages[f.stage].on_failure.result != ConditionResult::kRetry ||
          before >= own.stages[f.stage].on_failure.max_retries) {
        return name + "that nobody asked for";
      }
    }
    for (const ActionRun& run : e.actions) {
      if (f.mode == RetryMode::kAllActions && is_busy(run.status)) {
        return name + "of all actions while one runs";
      }
    }
    if (own.mode == ExecutionMode::kParallel) return "";
    for (const auto& [number, other] : books) {
      if (number > f.execution && other.version == e.version && other.entered.contains(f.stage)) {
        return name + "behind a newer execution";
      }
    }
    for (const auto& [number, other] : state.executions) {
      const PipelineDeclaration& theirs = declaration(other);
      if (number != f.execution && theirs.mode != ExecutionMode::kParallel && is_inside(other) &&
          theirs.stages[other.stage].name == own.stages[f.stage].name) {
        return name + "in an occupied stage";
      }
    }
    return "";
  }

  std::string operator()(const StageStarted& f) const {
    const Execution& e = execution(f.execution);
    const PipelineDeclaration& own = declaration(e);
    if (books.at(f.execution).entered.contains(f.stage)) {
      return of(f.execution) + " enters a stage twice without a retry";
    }
    if (f.stage != e.stage || e.stage_status != StageStatus::kNotEntered) {
      return of(f.execution) + " enters a stage that it does not wait for";
    }
    if (e.status != ExecutionStatus::kInProgress) return of(f.execution) + " enters while it stops";
    if (outdated(e)) return of(f.execution) + " enters a stage on an outdated version";
    if (is_closed(state, own, f.stage)) return of(f.execution) + " passes a disabled transition";
    if (f.stage > 0 && e.type != ExecutionType::kRollback &&
        !books.at(f.execution).succeeded_stages.contains(static_cast<Index>(f.stage - 1)) &&
        !books.at(f.execution).skipped_stages.contains(static_cast<Index>(f.stage - 1))) {
      return of(f.execution) + " enters a stage whose predecessor is not through";
    }
    if (own.mode == ExecutionMode::kParallel) return "";
    return crowded(e, own, f.stage);
  }

  // Facts 2.6: one at a time; QUEUED in order of start, SUPERSEDED the newest.
  [[nodiscard]] std::string crowded(const Execution& e, const PipelineDeclaration& own,
                                    Index stage) const {
    for (const auto& [number, other] : state.executions) {
      const PipelineDeclaration& theirs = declaration(other);
      if (number == e.number || theirs.mode == ExecutionMode::kParallel) continue;
      if (theirs.stages[other.stage].name != own.stages[stage].name) continue;
      if (is_inside(other)) return of(e.number) + " enters an occupied stage";
      const bool waits = other.stage_status == StageStatus::kNotEntered &&
                         other.status == ExecutionStatus::kInProgress;
      if (!waits || theirs.mode != own.mode) continue;
      if (own.mode == ExecutionMode::kQueued && number < e.number) {
        return of(e.number) + " overtakes " + of(number) + " in QUEUED";
      }
      if (own.mode == ExecutionMode::kSuperseded && number > e.number) {
        return of(e.number) + " enters before " + of(number) + ", which supersedes it";
      }
    }
    return "";
  }

  std::string operator()(const ExecutionSuperseded& f) const {
    const Execution& e = execution(f.execution);
    const PipelineDeclaration& own = declaration(e);
    if (own.mode != ExecutionMode::kSuperseded)
      return of(f.execution) + " superseded in " + std::string(to_text(own.mode));
    if (f.by <= f.execution) return of(f.execution) + " superseded by an older one";
    if (e.stage_status != StageStatus::kNotEntered && !own.supersede_waiting_approval) {
      return of(f.execution) + " superseded inside a stage";
    }
    return "";
  }

  std::string operator()(const ExecutionStopped& f) const {
    return execution(f.execution).status == ExecutionStatus::kStopping
               ? ""
               : of(f.execution) + " stopped without being asked to";
  }

  std::string operator()(const ExecutionSucceeded& f) const {
    const Execution& e = execution(f.execution);
    const Auditor::Book& book = books.at(f.execution);
    const std::size_t stages = declaration(e).stages.size();
    const std::size_t through = book.succeeded_stages.size() + book.skipped_stages.size();
    if (e.type == ExecutionType::kRollback ? through != 1 : through != stages) {
      return of(f.execution) + " succeeded without all its stages";
    }
    return "";
  }

  std::string operator()(const StageSucceeded& f) const {
    const Execution& e = execution(f.execution);
    for (const ActionRun& run : e.actions) {
      if (run.status != ActionStatus::kSucceeded) {
        return of(f.execution) + ": a stage succeeded and an action of it did not";
      }
    }
    return "";
  }
  std::string operator()(const StageFailed& f) const { return drained(f.execution, "failed"); }
  std::string operator()(const StageStopped& f) const { return drained(f.execution, "stopped"); }
  std::string operator()(const StageCancelled& f) const {
    return drained(f.execution, "was cancelled");
  }
  [[nodiscard]] std::string drained(ExecutionNumber number, const std::string& how) const {
    for (const ActionRun& run : execution(number).actions) {
      if (is_busy(run.status)) return of(number) + ": a stage " + how + " while an action runs";
    }
    return "";
  }

  std::string operator()(const ActionStarted& f) const {
    const Execution& e = execution(f.key.execution);
    const std::string name = of(e.number) + ": an action starts ";
    if (!is_inside(e)) return name + "outside its stage";
    if (e.status != ExecutionStatus::kInProgress) return name + "while the execution stops";
    if (outdated(e)) return name + "on an outdated version";
    const Auditor::Book& book = books.at(e.number);
    if (book.kept.contains(f.key.action)) return name + "again although it had succeeded";
    if (f.key.attempt != e.actions.at(f.key.action).attempt + 1) return name + "out of order";
    const auto& declared = declaration(e).stages[e.stage].actions;
    std::uint32_t running = 0;
    for (Index i = 0; i < declared.size(); ++i) {
      const ActionStatus status = e.actions[i].status;
      if (is_busy(status)) ++running;
      if (declared[i].run_order < declared[f.key.action].run_order &&
          status != ActionStatus::kSucceeded) {
        return name + "before a lower runOrder is through";
      }
    }
    const std::uint32_t most = declaration(e).max_parallel_actions == 0
                                   ? kParallelActions
                                   : declaration(e).max_parallel_actions;
    if (declaration(e).mode == ExecutionMode::kParallel && running >= most) {
      return name + "over the limit of PARALLEL";
    }
    if (f.deadline <= at) return name + "with a deadline that has passed";
    return "";
  }

  std::string operator()(const ActionRetried& f) const {
    const Execution& e = execution(f.key.execution);
    if (names_rule(f.key)) return "";  // check_condition
    const auto& declared = declaration(e).stages[e.stage].actions.at(f.key.action);
    if (!declared.idempotent) return of(e.number) + ": repeats an action that must run once";
    if (e.actions.at(f.key.action).losses >= kMostLosses)
      return of(e.number) + ": repeats for ever";
    if (e.status != ExecutionStatus::kInProgress) return of(e.number) + ": repeats while it stops";
    return "";
  }

  // Facts 2.13, and as many different people as the declaration asks for.
  std::string operator()(const ActionSucceeded& f) const {
    const Execution& e = execution(f.key.execution);
    const auto& declared = declaration(e).stages[e.stage].actions.at(f.key.action);
    if (declared.type.category != Category::kApproval || f.by.empty()) return "";
    std::vector<std::string> people = e.actions[f.key.action].approved_by;
    if (std::find(people.begin(), people.end(), f.by) == people.end()) people.push_back(f.by);
    std::sort(people.begin(), people.end());
    people.erase(std::unique(people.begin(), people.end()), people.end());
    return people.size() >= declared.required_approvals
               ? ""
               : of(e.number) + ": an approval passed with too few people";
  }

  std::string operator()(const ExecutionResumed& f) const {
    const ExecutionStatus status = books.at(f.execution).status;
    return status == ExecutionStatus::kFailed || status == ExecutionStatus::kStopped
               ? ""
               : of(f.execution) + " lives again after it was " + std::string(to_text(status));
  }

  std::string operator()(const TransitionDisabled& f) const {
    return f.stage.empty() ? "a transition without a stage" : "";
  }

  template <class Other>
  std::string operator()(const Other&) const {
    return "";
  }
};

void end(Books& books, ExecutionNumber number, ExecutionStatus status) {
  Auditor::Book& book = books.at(number);
  book.status = status;
  book.ended = true;
}

}  // namespace

bool is_inside(const Execution& e) {
  return e.stage_status == StageStatus::kInProgress || e.stage_status == StageStatus::kStopping;
}

bool is_busy(ActionStatus status) {
  return status == ActionStatus::kRunning || status == ActionStatus::kWaiting;
}

bool is_closed(const Pipeline& state, const PipelineDeclaration& declaration, Index stage) {
  return std::any_of(state.disabled_transitions.begin(), state.disabled_transitions.end(),
                     [&](const Transition& t) {
                       return t.inbound
                                  ? t.stage == declaration.stages[stage].name
                                  : stage > 0 && t.stage == declaration.stages[stage - 1U].name;
                     });
}

std::string check_fact(const Pipeline& before, const Books& books, const StoredFact& stored) {
  std::string broken = std::visit(Check{before, books, stored.at}, stored.fact);
  return broken.empty() ? check_condition(before, books, stored) : broken;
}

void write_book(const Pipeline& after, Books& books, const Fact& fact) {
  if (const auto* f = std::get_if<ExecutionStarted>(&fact)) {
    books[f->execution].id = f->id;
    books[f->execution].version = f->version;
    books[f->execution].type = f->type;
    books[f->execution].variables = f->variables;
  } else if (const auto* stage = std::get_if<StageStarted>(&fact)) {
    books.at(stage->execution).entered.insert(stage->stage);
    books.at(stage->execution).kept.clear();
    books.at(stage->execution).passed.clear();
  } else if (const auto* through = std::get_if<StageSucceeded>(&fact)) {
    books.at(through->execution).succeeded_stages.insert(through->stage);
  } else if (const auto* worked = std::get_if<ActionSucceeded>(&fact)) {
    books.at(worked->key.execution)
        .outputs.push_back(
            {worked->key.stage, worked->key.action, worked->variables, worked->outputs});
  } else if (const auto* skipped = std::get_if<StageSkipped>(&fact)) {
    books.at(skipped->execution).skipped_stages.insert(skipped->stage);
  } else if (const auto* verdict = std::get_if<ConditionFinished>(&fact)) {
    if (verdict->status == ConditionStatus::kSucceeded ||
        verdict->status == ConditionStatus::kOverridden) {
      books.at(verdict->execution).passed.insert(verdict->hook);
    }
  } else if (const auto* rule = std::get_if<RuleStarted>(&fact)) {
    books.at(rule->key.execution).rule_attempts[{rule->key.stage, rule->key.action}] =
        rule->key.attempt;
  } else if (const auto* done = std::get_if<ExecutionSucceeded>(&fact)) {
    end(books, done->execution, ExecutionStatus::kSucceeded);
  } else if (const auto* failed = std::get_if<ExecutionFailed>(&fact)) {
    end(books, failed->execution, ExecutionStatus::kFailed);
  } else if (const auto* stopped = std::get_if<ExecutionStopped>(&fact)) {
    end(books, stopped->execution, ExecutionStatus::kStopped);
  } else if (const auto* passed = std::get_if<ExecutionSuperseded>(&fact)) {
    end(books, passed->execution, ExecutionStatus::kSuperseded);
  } else if (const auto* cancelled = std::get_if<ExecutionCancelled>(&fact)) {
    end(books, cancelled->execution, ExecutionStatus::kCancelled);
  } else if (const auto* stopping = std::get_if<ExecutionStopping>(&fact)) {
    books.at(stopping->execution).status = ExecutionStatus::kStopping;
  } else if (const auto* resumed = std::get_if<ExecutionResumed>(&fact)) {
    Auditor::Book& book = books.at(resumed->execution);
    book.status = ExecutionStatus::kInProgress;
    book.ended = false;
    book.resumed = true;
  } else if (const auto* again = std::get_if<StageResumed>(&fact)) {
    Auditor::Book& book = books.at(again->execution);
    if (again->overridden) return;
    book.passed.erase(Hook::kOnSuccess);
    book.passed.erase(Hook::kOnFailure);
    book.kept.clear();
    if (again->automatic) ++book.automatic_retries[again->stage];
    const auto found = after.executions.find(again->execution);
    if (again->mode != RetryMode::kFailedActions || found == after.executions.end()) return;
    for (Index i = 0; i < found->second.actions.size(); ++i) {
      if (found->second.actions[i].status == ActionStatus::kSucceeded) book.kept.insert(i);
    }
  }
}

}  // namespace sluice::sim
