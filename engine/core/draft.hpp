// A decision in the making: the unchanged pipeline, the facts so far, and light copies of what
// those facts change (statuses only; outputs and texts stay where they are). Internal to the core.
#pragma once

#include <algorithm>
#include <list>
#include <string>
#include <vector>

#include "engine/core/condition.hpp"
#include "engine/core/core.hpp"
#include "engine/core/gates.hpp"
#include "engine/core/lifecycle.hpp"
#include "engine/core/variables.hpp"

namespace sluice {

struct Mark {
  ActionStatus status = ActionStatus::kNotStarted;
  std::uint16_t attempt = 0, turn = 0;
  Instant started;
};

// One execution as the facts so far leave it.
struct Live {
  const Execution* before = nullptr;  // null: it started in this decision
  std::size_t born = 0;               // then: the place of its ExecutionStarted among the facts
  const PipelineDeclaration* declaration = nullptr;
  ExecutionNumber number = 0;
  Uuid id;
  std::uint32_t version = 0;
  ExecutionType type = ExecutionType::kStandard;
  ExecutionStatus status = ExecutionStatus::kInProgress;
  bool abandon = false;
  Index stage = 0;
  StageStatus stage_status = StageStatus::kNotEntered;
  Instant stage_started;
  std::vector<Mark> actions;
  std::string failure;
  std::uint16_t retries = 0, automatic_retries = 0;
  // The condition evaluated last, or now.
  Hook hook = Hook::kNone;
  ConditionStatus condition = ConditionStatus::kNone;
  bool entry_passed = false;
  std::vector<Mark> rules;
  // Of this decision only: the first rule that failed, and what the condition that ended brings.
  std::string rule_failure;
  bool rule_errored = false;
  ConditionResult consequence = ConditionResult::kNone;

  [[nodiscard]] const StageDeclaration& declared_stage() const {
    return declaration->stages[stage];
  }
  [[nodiscard]] bool in_stage() const {
    return stage_status == StageStatus::kInProgress || stage_status == StageStatus::kStopping;
  }
  [[nodiscard]] bool waits() const {
    return status == ExecutionStatus::kInProgress && stage_status == StageStatus::kNotEntered;
  }
  // Whether the condition of this hook was evaluated last, and refused or could not be evaluated.
  [[nodiscard]] bool refused(Hook by) const {
    return hook == by &&
           (condition == ConditionStatus::kFailed || condition == ConditionStatus::kErrored);
  }
  // By the index of an ActionKey: an action, or a rule of the condition under evaluation.
  [[nodiscard]] Mark& run(Index index) {
    return index >= kFirstRule ? rules[rule_place(index)] : actions[index];
  }
  [[nodiscard]] const Mark& run(Index index) const {
    return index >= kFirstRule ? rules[rule_place(index)] : actions[index];
  }
  // The stage begins, or begins again.
  void forget_condition() {
    hook = Hook::kNone;
    condition = ConditionStatus::kNone;
    consequence = ConditionResult::kNone;
  }
};

// The part of a live execution that occupancy and queues ask for, whether or not this decision has
// touched it.
struct Spot {
  ExecutionNumber number = 0;
  const PipelineDeclaration* declaration = nullptr;
  Index stage = 0;
  bool waits = false, inside = false;
};

class Draft {
 public:
  Draft(const Pipeline& pipeline, Instant now, Decision& decision)
      : pipeline_(pipeline),
        now_(now),
        decision_(decision),
        version_(pipeline.version),
        last_number_(pipeline.last_number) {}

  // decide.cpp, report.cpp: one function an input.
  void take(AdoptDefinition& input);
  void take(StartExecution& input);
  void take(const StopExecution& input);
  void take(const AnswerApproval& input);
  void take(ReportProgress& input);
  void take(ReportSuccess& input);
  void take(ReportContinue& input);
  void take(ReportFailure& input);
  void take(SignalAction& input);
  void take(const DeadlinePassed& input);
  void take(const RetryStage& input);
  void take(RollbackStage& input);
  void take(const ChangeTransition& input);
  void take(const OverrideCondition& input);
  void take(const RemovePipeline& input);

  // flow.cpp: the last step of every decision.
  void fill_freed();

 private:
  // draft.cpp: bookkeeping.
  void reject(std::string code, std::string why);
  Live& live(ExecutionNumber number);
  Live& live(const Execution& execution);
  void say(Fact fact) { decision_.facts.push_back(std::move(fact)); }
  bool accepts(const Cell& cell);
  void move(Live& e, ExecutionCause cause, Fact fact);
  void move(Live& e, StageCause cause, Fact fact);
  void move(Live& e, Index action, ActionCause cause, Fact fact);
  void move(Live& e, ConditionCause cause, Fact fact);
  [[nodiscard]] const Execution* find(Uuid id) const;
  [[nodiscard]] const Execution* current(const ActionKey& key) const;
  [[nodiscard]] bool outdated(const Live& e) const;
  [[nodiscard]] ActionKey key(const Live& e, Index action) const;
  [[nodiscard]] Scope scope(const Live& e, std::uint32_t run_order) const;
  [[nodiscard]] std::string label(const Live& e, Index action) const;
  Live* reported(const ActionKey& key, ActionCause cause);
  template <class Visit>
  void each_live(Visit visit);

  void begin(StartExecution& input, const PipelineDeclaration& declaration);
  [[nodiscard]] bool knows_stage(const std::string& name) const;
  bool knows_approval(const AnswerApproval& input);
  void answer(Live& e, Index action, const AnswerApproval& input);

  // flow.cpp: what follows.
  void settle(Live& e);
  void advance(Live& e);
  void start_action(Live& e, Index action);
  bool start_group(Live& e);
  void leave_stage(Live& e, StageCause cause, Fact fact);
  void fail_stage(Live& e);
  void end(Live& e, ExecutionCause cause, Fact fact);
  void arrive(Live& e);
  // condition.cpp: stage conditions and their rules.
  void begin_condition(Live& e, Hook hook);
  void start_rule(Live& e, Index rule);
  bool judge(Live& e);
  void finish_condition(Live& e, ConditionCause cause, ConditionResult result, std::string summary,
                        std::string by);
  void drop_condition(Live& e, ConditionCause cause, const std::string& summary);
  void abandon_rules(Live& e);
  void fail_rule(Live& e, Index rule, ActionCause cause, Account account, Failure failure);
  [[nodiscard]] bool asks_on_failure(const Live& e) const;
  [[nodiscard]] bool asks_on_success(const Live& e) const;
  [[nodiscard]] ConditionResult brought_by_failure(const Live& e) const;
  // again.cpp: retry and rollback.
  [[nodiscard]] const Execution* find_kept(Uuid id) const;
  bool full(const PipelineDeclaration& declaration) const;
  bool may_retry(const Execution& e, const RetryStage& input);
  bool may_come_back(const Execution& e);
  void resume(Live& e, RetryMode mode, bool automatic, const std::string& by);
  void after_failure(Live& e);
  void roll_back(const Execution& target, const RollbackRecord& record, Uuid id, Index stage,
                 Trigger trigger);
  // yield.cpp: the option supersede_waiting_approval.
  void yield_approval(Live& e);
  void make_room(const Live& e);
  [[nodiscard]] bool closed(const Live& e) const;
  bool try_enter(Live& e);
  void fail_action(Live& e, Index action, ActionCause cause, Account account, Failure failure,
                   std::string by);
  void abandon_actions(Live& e, bool approvals_only, const std::string& summary);

  const Pipeline& pipeline_;
  const Instant now_;
  Decision& decision_;
  std::uint32_t version_;        // current once the facts so far are applied
  ExecutionNumber last_number_;  // the same
  std::list<Live> lives_;
  // The transition that this decision enables, which the unchanged pipeline has as disabled.
  const ChangeTransition* enabled_ = nullptr;
  // Stages that became free in this decision, for whoever waits there.
  std::vector<std::pair<const PipelineDeclaration*, Index>> freed_;
};

template <class Visit>
void Draft::each_live(Visit visit) {
  for (const auto& [number, before] : pipeline_.executions) {
    const auto touched = std::find_if(lives_.begin(), lives_.end(),
                                      [n = number](const Live& e) { return e.number == n; });
    if (touched != lives_.end()) continue;
    visit(Spot{number, pipeline_.versions.find(before.version)->second.get(), before.stage,
               before.status == ExecutionStatus::kInProgress &&
                   before.stage_status == StageStatus::kNotEntered,
               before.stage_status == StageStatus::kInProgress ||
                   before.stage_status == StageStatus::kStopping});
  }
  for (const Live& e : lives_) {
    visit(Spot{e.number, e.declaration, e.stage, e.waits(), e.in_stage()});
  }
}

}  // namespace sluice
