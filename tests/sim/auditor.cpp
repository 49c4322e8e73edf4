#include "tests/sim/auditor.hpp"

#include <algorithm>

#include "tests/sim/auditor_rules.hpp"

namespace sluice::sim {

void Auditor::complain(const std::string& what) {
  if (complaint_.empty()) complaint_ = what;
}

void Auditor::read(const StoredFact& stored) {
  const ExecutionNumber number = execution_of(stored.fact);
  if (number != 0) {
    changed_.insert(number);
    const auto book = books_.find(number);
    const bool starts = std::holds_alternative<ExecutionStarted>(stored.fact);
    const bool wakes = std::holds_alternative<ExecutionResumed>(stored.fact) ||
                       std::holds_alternative<StageResumed>(stored.fact);
    if ((book == books_.end()) != starts) return complain("an execution starts once, and first");
    if (!starts && !wakes && book->second.ended) {
      complain("something happened to execution " + std::to_string(number) + ", which has ended");
    }
  }
  const std::string broken = check_fact(state_, books_, stored);
  if (!broken.empty()) complain(broken);
  apply(state_, stored.fact, stored.at);
  write_book(state_, books_, stored.fact);
}

void Auditor::check_execution(const Execution& e) {
  const std::string name = "execution " + std::to_string(e.number);
  const auto version = state_.versions.find(e.version);
  if (version == state_.versions.end()) return complain(name + " runs on a version not kept");
  if (e.status != ExecutionStatus::kInProgress && e.status != ExecutionStatus::kStopping) {
    return complain(name + " has ended and is in flight");
  }
  if (e.stage >= version->second->stages.size()) return complain(name + " is past its last stage");
  if (!is_inside(e)) {
    if (e.stage_status != StageStatus::kNotEntered) complain(name + " is in a stage that is over");
    if (e.status == ExecutionStatus::kStopping) complain(name + " waits, but was stopped");
    return;
  }
  if (e.abandon) complain(name + " was abandoned and is still in flight");
  for (const ActionRun& run : e.actions) {
    if (run.status == ActionStatus::kRunning && run.resume_at.ms != 0) {
      complain(name + ": an action runs and waits for a delay");
    }
    if (is_busy(run.status) && run.deadline.ms == 0) complain(name + ": an action has no deadline");
  }
  const auto busy = [](const ActionRun& run) { return is_busy(run.status); };
  if (std::none_of(e.actions.begin(), e.actions.end(), busy) &&
      std::none_of(e.condition.rules.begin(), e.condition.rules.end(), busy)) {
    complain(name + " is in a stage and nothing of it runs");
  }
}

// One execution in a stage unless PARALLEL; nobody waits before a free stage without a reason.
void Auditor::check_places() {
  std::map<std::string, ExecutionNumber> held;
  for (const auto& [number, e] : state_.executions) {
    const PipelineDeclaration& declaration = *state_.versions.at(e.version);
    if (declaration.mode == ExecutionMode::kParallel || !is_inside(e)) continue;
    const auto [place, free] = held.emplace(declaration.stages[e.stage].name, number);
    if (!free) complain("two executions are in the stage " + place->first);
  }
  for (const auto& [number, e] : state_.executions) {
    if (e.stage_status != StageStatus::kNotEntered) continue;
    const PipelineDeclaration& declaration = *state_.versions.at(e.version);
    const std::string& stage = declaration.stages[e.stage].name;
    const bool shared = declaration.mode == ExecutionMode::kParallel;
    if ((shared || !held.contains(stage)) && !is_closed(state_, declaration, e.stage)) {
      complain("execution " + std::to_string(number) + " waits for " + stage + " without a reason");
    }
  }
}

void Auditor::check_wants() {
  const std::vector<Want> wanted = wants(state_);
  if (!std::is_sorted(wanted.begin(), wanted.end())) complain("wants are not sorted");
  if (std::adjacent_find(wanted.begin(), wanted.end()) != wanted.end()) {
    complain("a want is doubled");
  }
  for (const Want& want : wanted) {
    if (!state_.executions.contains(want.key.execution)) complain("an ended execution wants");
  }
}

const std::string& Auditor::check_rest() {
  for (const auto& [number, e] : state_.executions) check_execution(e);
  if (complaint_.empty()) check_places();
  if (complaint_.empty()) check_wants();
  for (const auto& [number, e] : state_.finished) {
    if (state_.executions.contains(number)) complain("an execution is in flight and finished");
  }
  return complaint_;
}

}  // namespace sluice::sim
