// Where an execution stands and what else of the pipeline stands in its way; its stage from within
// is explain_stage.cpp's.
#include "engine/core/explain.hpp"

#include <algorithm>

#include "engine/core/core.hpp"
#include "engine/core/explainer.hpp"
#include "engine/core/gates.hpp"
#include "engine/core/kept.hpp"

namespace sluice {

const Execution* Explainer::find(ExecutionNumber number) const {
  for (const auto* all : {&pipeline_.executions, &pipeline_.finished}) {
    const auto found = all->find(number);
    if (found != all->end()) return &found->second;
  }
  return nullptr;
}

Place Explainer::place_of(const Execution& e) const {
  return {e.number, e.id, declaration_of(e).stages[e.stage].name, ""};
}

// By number alone if the state does not know it any more.
Place Explainer::place_of(ExecutionNumber number) const {
  if (const Execution* e = find(number)) return place_of(*e);
  return {number, {}, "", ""};
}

const PipelineDeclaration& Explainer::declaration_of(const Execution& e) const {
  const auto found = pipeline_.versions.find(e.version);
  return found != pipeline_.versions.end() ? *found->second : *history_->declaration;
}

// What history knows of an execution; null for those that hold the asked one back.
const Recollection* Explainer::history_of(const Execution& e) const {
  return history_ != nullptr && history_->execution.number == e.number ? history_ : nullptr;
}

Finding& Explainer::add(FindingKind kind, const Execution& e, unsigned depth) {
  Finding& finding = out_.findings.emplace_back();
  finding.kind = kind;
  finding.depth = depth;
  finding.subject = place_of(e);
  return finding;
}

Move& Explainer::move(Finding& finding, MoveKind kind, Place on) {
  Move& move = finding.moves.emplace_back();
  move.kind = kind;
  move.on = std::move(on);
  return move;
}

void Explainer::execution(const Execution& e, unsigned depth) {
  if (!visited_.insert(e.number).second) return;
  const bool over =
      e.status != ExecutionStatus::kInProgress && e.status != ExecutionStatus::kStopping;
  if (over) {
    ended(e, depth);
  } else if (e.stage_status == StageStatus::kNotEntered) {
    waits(e, depth);
  } else {
    inside(e, depth);
  }
  if (e.type == ExecutionType::kRollback) {
    add(FindingKind::kRollback, e, depth).holder = place_of(e.rollback_target);
    out_.findings.back().holder.stage = place_of(e).stage;
  }
}

// Before its stage: closed doors first, since only a person opens them.
void Explainer::waits(const Execution& e, unsigned depth) {
  const PipelineDeclaration& declaration = declaration_of(e);
  const std::size_t before = out_.findings.size();
  for (const Transition& transition : pipeline_.disabled_transitions) {
    if (!closes(transition, declaration, e.stage)) continue;
    Finding& finding = add(FindingKind::kTransitionDisabled, e, depth);
    finding.holder.stage = transition.stage;
    finding.inbound = transition.inbound;
    finding.by = transition.by;
    finding.reason = transition.reason;
    finding.since = transition.since;
    move(finding, MoveKind::kEnableTransition, finding.holder).inbound = transition.inbound;
  }
  if (declaration.mode == ExecutionMode::kParallel) return;
  if (const Execution* holder = occupant(pipeline_, declaration, e.stage, e.number)) {
    occupied(FindingKind::kStageOccupied, e, *holder, depth);
  }
  if (declaration.mode == ExecutionMode::kQueued) {
    behind(e, depth, out_.findings.size() == before);
  }
}

void Explainer::occupied(FindingKind kind, const Execution& e, const Execution& holder,
                         unsigned depth) {
  Finding& finding = add(kind, e, depth);
  finding.holder = place_of(holder);
  finding.since = holder.stage_started;
  move(finding, MoveKind::kWait, finding.holder);
  if (holder.status == ExecutionStatus::kInProgress) {
    move(finding, MoveKind::kStop, finding.holder);
  } else {
    move(finding, MoveKind::kAbandon, finding.holder);
  }
  execution(holder, depth + 1);
}

// alone: nothing else holds it, so that the one before it is the reason and is explained too.
void Explainer::behind(const Execution& e, unsigned depth, bool alone) {
  const Execution* first = nullptr;
  std::uint32_t ahead = 0;
  for (const auto& [number, other] : pipeline_.executions) {
    const bool waits = other.status == ExecutionStatus::kInProgress &&
                       other.stage_status == StageStatus::kNotEntered;
    if (number >= e.number || !waits) continue;
    const PipelineDeclaration& theirs = declaration_of(other);
    if (theirs.mode == ExecutionMode::kParallel) continue;
    if (!same_place(theirs, other.stage, declaration_of(e), e.stage)) continue;
    if (first == nullptr) first = &other;
    ++ahead;
  }
  if (first == nullptr) return;
  Finding& finding = add(FindingKind::kBehindOlder, e, depth);
  finding.holder = place_of(*first);
  finding.count = ahead;
  move(finding, MoveKind::kWait, finding.holder);
  if (alone) execution(*first, depth + 1);
}

void Explainer::ended(const Execution& e, unsigned depth) {
  const Recollection* history = history_of(e);
  const auto kind = [&] {
    switch (e.status) {
      case ExecutionStatus::kSucceeded:
        return FindingKind::kSucceeded;
      case ExecutionStatus::kFailed:
        return FindingKind::kFailed;
      case ExecutionStatus::kStopped:
        return FindingKind::kStopped;
      case ExecutionStatus::kSuperseded:
        return FindingKind::kSuperseded;
      default:
        return FindingKind::kCancelled;
    }
  }();
  Finding& finding = add(kind, e, depth);
  if (history != nullptr) {
    finding.since = history->updated;
    finding.reason = history->summary;
  }
  if (kind == FindingKind::kFailed && !e.failure.empty()) finding.reason = e.failure;
  if (kind == FindingKind::kStopped && history != nullptr) {
    finding.reason = history->stop_reason;
    finding.by = history->stop_by;
  }
  if (kind == FindingKind::kSuperseded && history != nullptr) {
    finding.holder = place_of(history->superseded_by);
  }
  if (kind == FindingKind::kCancelled) move(finding, MoveKind::kStart, finding.subject);
  over_in_stage(e, depth);
  if (kind == FindingKind::kFailed || kind == FindingKind::kStopped) retry(e, depth);
}

// Whether it can be retried is what decide() says to the request.
void Explainer::retry(const Execution& e, unsigned depth) {
  const auto refusal = [&](RetryMode mode) {
    const Decision decision =
        decide(pipeline_, RetryStage{e.id, place_of(e).stage, mode, ""}, after(e.started, 1));
    return decision.rejected() == nullptr ? Rejected{} : *decision.rejected();
  };
  const Place here = place_of(e);
  const Rejected refused = refusal(RetryMode::kFailedActions);
  if (e.stage_status == StageStatus::kNotEntered) {
    move(add(FindingKind::kRetryRefused, e, depth), MoveKind::kStart, here);
    out_.findings.back().reason = "It ended before it entered a stage.";
    return;
  }
  if (refused.code.empty()) {
    Finding& finding = add(FindingKind::kRetryable, e, depth);
    move(finding, MoveKind::kRetryFailed, here);
    if (refusal(RetryMode::kAllActions).code.empty()) move(finding, MoveKind::kRetryAll, here);
    roll_back(e, finding);
    return;
  }
  if (e.version != pipeline_.version) {
    move(add(FindingKind::kRetryOutdated, e, depth), MoveKind::kStart, here);
    out_.findings.back().count = pipeline_.version;
    return;
  }
  if (refused.code == "NotLatestPipelineExecutionException" &&
      pipeline_.entered[e.stage] > e.number) {
    Finding& finding = add(FindingKind::kRetryPassed, e, depth);
    finding.holder = place_of(pipeline_.entered[e.stage]);
    finding.holder.stage = here.stage;
    move(finding, MoveKind::kStart, here);
    return;
  }
  const Execution* holder = occupant(pipeline_, declaration_of(e), e.stage, e.number);
  if (refused.code == "ConflictException" && holder != nullptr) {
    return occupied(FindingKind::kRetryOccupied, e, *holder, depth);
  }
  Finding& finding = add(FindingKind::kRetryRefused, e, depth);
  finding.code = refused.code;
  finding.reason = refused.why;
  move(finding, MoveKind::kWait, here);
}

// A rollback is offered if decide() accepts it now.
void Explainer::roll_back(const Execution& e, Finding& finding) const {
  const Execution* target = latest_success(pipeline_, e.stage, e.number);
  if (target == nullptr) return;
  const RollbackStage input{derive(e.id, 0, 0), finding.subject.stage, target->id, "", {}};
  if (decide(pipeline_, input, after(e.started, 1)).rejected() != nullptr) return;
  move(finding, MoveKind::kRollBack, {target->number, target->id, finding.subject.stage, ""});
}

// Findings on the stage that was asked for, if the execution is not there.
bool Explainer::elsewhere(const Execution& e) {
  const auto& stages = declaration_of(e).stages;
  const auto found = std::find_if(stages.begin(), stages.end(), [&](const StageDeclaration& stage) {
    return stage.name == focus_.stage;
  });
  if (focus_.stage.empty() || found == stages.end()) return false;
  const auto asked = static_cast<Index>(found - stages.begin());
  if (asked == e.stage) return false;
  const bool skipped = std::find(e.skipped.begin(), e.skipped.end(), asked) != e.skipped.end();
  Finding& finding = add(e.type == ExecutionType::kRollback ? FindingKind::kNotPart
                         : skipped                          ? FindingKind::kSkipped
                         : asked > e.stage                  ? FindingKind::kNotReached
                                                            : FindingKind::kPassed,
                         e, 0);
  finding.subject.stage = focus_.stage;
  finding.holder = place_of(e);
  if (history_ != nullptr && history_->passed.contains(asked)) {
    finding.since = history_->passed.at(asked);
  }
  return true;
}

bool Explainer::run(ExecutionNumber number) {
  const Execution* e = find(number);
  if (e == nullptr && history_ != nullptr && history_->over &&
      history_->execution.number == number) {
    e = &history_->execution;
  }
  if (e == nullptr) return false;
  out_.place = place_of(*e);
  out_.version = e->version;
  out_.type = e->type;
  out_.status = e->status;
  out_.stage_status = e->stage_status;
  out_.started = e->started;
  out_.since = e->stage_started;
  const bool live = pipeline_.executions.contains(number);
  if (!live || e->stage_status == StageStatus::kNotEntered) {
    out_.since = history_ == nullptr ? Instant{} : live ? history_->arrived : history_->updated;
  }
  for (const auto& [other, execution] : pipeline_.executions) {
    if (other == number) continue;
    const bool waits = execution.stage_status == StageStatus::kNotEntered;
    out_.others.push_back({place_of(execution), waits});
  }
  if (elsewhere(*e)) {
    focus_ = {};
    if (out_.findings.back().kind == FindingKind::kPassed) return true;
  }
  execution(*e, 0);
  return true;
}

bool explain(const Pipeline& pipeline, ExecutionNumber number, const Recollection* history,
             const Focus& focus, Explanation& out) {
  return Explainer(pipeline, history, focus, out).run(number);
}

ExecutionNumber meant(const Pipeline& pipeline, const std::string& stage) {
  const auto& current = pipeline.versions.find(pipeline.version);
  ExecutionNumber inside = 0, waiting = 0;
  for (const auto& [number, e] : pipeline.executions) {
    if (pipeline.versions.at(e.version)->stages[e.stage].name != stage) continue;
    const bool waits = e.stage_status == StageStatus::kNotEntered;
    if (waits && waiting == 0) waiting = number;
    if (!waits) inside = number;
  }
  if (inside != 0) return inside;
  if (waiting != 0) return waiting;
  if (stage.empty() || current == pipeline.versions.end()) return pipeline.last_number;
  const auto& stages = current->second->stages;
  for (std::size_t i = 0; i < stages.size() && i < pipeline.entered.size(); ++i) {
    if (stages[i].name == stage && pipeline.entered[i] != 0) return pipeline.entered[i];
  }
  return pipeline.last_number;
}

}  // namespace sluice
