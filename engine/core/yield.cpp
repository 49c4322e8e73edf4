// An option of ours: a newer execution supersedes one that only waits at approvals, so that nobody
// approves an old commit while new ones pile up behind it (facts/codepipeline.md 9).
#include "engine/core/draft.hpp"

namespace sluice {

// Gives the stage to the newest execution that waits for it, if nothing but approvals runs here.
void Draft::yield_approval(Live& e) {
  if (e.declaration->mode != ExecutionMode::kSuperseded || outdated(e)) return;
  if (e.status != ExecutionStatus::kInProgress) return;
  bool asks = false;
  for (Index i = 0; i < e.actions.size(); ++i) {
    const ActionStatus status = e.actions[i].status;
    if (status != ActionStatus::kRunning && status != ActionStatus::kWaiting) continue;
    if (e.declared_stage().actions[i].type.category != Category::kApproval) return;
    asks = true;
  }
  if (!asks) return;
  ExecutionNumber newest = 0;
  each_live([&](const Spot& other) {
    if (other.waits && other.number > e.number &&
        other.declaration->mode == ExecutionMode::kSuperseded &&
        same_place(*other.declaration, other.stage, *e.declaration, e.stage)) {
      newest = std::max(newest, other.number);
    }
  });
  if (newest == 0 || closed(live(newest))) return;
  abandon_actions(e, true, "A newer execution superseded this one.");
  move(e, StageCause::kUpdated, StageCancelled{e.number, e.stage, e.stage_started});
  end(e, ExecutionCause::kOvertaken, ExecutionSuperseded{e.number, newest});
}

// The execution waits: whoever is inside its stage may have the option to yield.
void Draft::make_room(const Live& e) {
  ExecutionNumber inside = 0;
  each_live([&](const Spot& other) {
    if (other.inside && other.declaration->supersede_waiting_approval &&
        same_place(*other.declaration, other.stage, *e.declaration, e.stage)) {
      inside = other.number;
    }
  });
  if (inside != 0) yield_approval(live(inside));
}

}  // namespace sluice
