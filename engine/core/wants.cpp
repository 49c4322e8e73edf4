#include <algorithm>

#include "engine/core/core.hpp"

namespace sluice {
namespace {

ActionKey key_of(const Execution& e, Index action) {
  return {e.number, e.stage, action, e.actions[action].attempt, e.actions[action].turn};
}

void add_runs(const Execution& e, std::vector<Want>& wanted) {
  for (Index i = 0; i < e.actions.size(); ++i) {
    if (e.actions[i].status == ActionStatus::kRunning) {
      wanted.push_back({WantKind::kRun, key_of(e, i), {}});
    }
  }
}

void add_deadlines(const Execution& e, std::vector<Want>& wanted) {
  for (Index i = 0; i < e.actions.size(); ++i) {
    const ActionRun& run = e.actions[i];
    if (run.status != ActionStatus::kRunning && run.status != ActionStatus::kWaiting) continue;
    Instant at = run.deadline;
    if (run.resume_at.ms != 0 && (at.ms == 0 || run.resume_at < at)) at = run.resume_at;
    if (at.ms != 0) wanted.push_back({WantKind::kDeadline, key_of(e, i), at});
  }
}

}  // namespace

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
