#include <algorithm>

#include "engine/core/condition.hpp"
#include "engine/core/core.hpp"

namespace sluice {
namespace {

// Every run that has a worker or may have a deadline, and its key: actions, then rules of the
// condition under evaluation.
template <class Visit>
void each_run(const Execution& e, Visit visit) {
  for (Index i = 0; i < e.actions.size(); ++i) {
    const ActionRun& run = e.actions[i];
    visit(run, ActionKey{e.number, e.stage, i, run.attempt, run.turn});
  }
  for (unsigned i = 0; i < e.condition.rules.size(); ++i) {
    const ActionRun& run = e.condition.rules[i];
    const Index index = rule_index(static_cast<unsigned>(e.condition.hook), i);
    visit(run, ActionKey{e.number, e.stage, index, run.attempt, run.turn});
  }
}

void add_runs(const Execution& e, std::vector<Want>& wanted) {
  each_run(e, [&](const ActionRun& run, const ActionKey& key) {
    if (run.status == ActionStatus::kRunning) wanted.push_back({WantKind::kRun, key, {}});
  });
}

void add_deadlines(const Execution& e, std::vector<Want>& wanted) {
  each_run(e, [&](const ActionRun& run, const ActionKey& key) {
    if (run.status != ActionStatus::kRunning && run.status != ActionStatus::kWaiting) return;
    Instant at = run.deadline;
    if (run.resume_at.ms != 0 && (at.ms == 0 || run.resume_at < at)) at = run.resume_at;
    if (at.ms != 0) wanted.push_back({WantKind::kDeadline, key, at});
  });
}

}  // namespace

const ActionRun* find_place(const Execution& e, const ActionKey& key) {
  const bool rule = names_rule(key);
  const std::vector<ActionRun>& runs = rule ? e.condition.rules : e.actions;
  const std::size_t index = rule ? rule_place(key.action) : key.action;
  if (e.stage != key.stage || index >= runs.size()) return nullptr;
  return rule && hook_of(key.action) != e.condition.hook ? nullptr : &runs[index];
}

const ActionRun* find_run(const Execution& e, const ActionKey& key) {
  const ActionRun* run = find_place(e, key);
  return run != nullptr && run->attempt == key.attempt && run->turn == key.turn ? run : nullptr;
}

// Executions come in order of number and actions in order of index, so nothing needs sorting.
std::vector<Want> wants(const Pipeline& pipeline) {
  std::vector<Want> wanted;
  wanted.reserve(pipeline.executions.size() * 2);
  for (const auto& [number, execution] : pipeline.executions) add_runs(execution, wanted);
  for (const auto& [number, execution] : pipeline.executions) add_deadlines(execution, wanted);
  return wanted;
}

std::vector<Want> wants(const Pipeline& pipeline, ExecutionNumber execution) {
  std::vector<Want> wanted;
  const auto found = pipeline.executions.find(execution);
  if (found == pipeline.executions.end()) return wanted;
  add_runs(found->second, wanted);
  add_deadlines(found->second, wanted);
  return wanted;
}

}  // namespace sluice
