// The read model of executions, kept from the facts alone.
#include <type_traits>

#include "engine/runtime/engine.hpp"

namespace sluice {
namespace {

ExecutionRow* set_status(std::unordered_map<ExecutionNumber, ExecutionRow>& rows,
                         ExecutionNumber number, ExecutionStatus status, Instant at,
                         std::string summary) {
  const auto found = rows.find(number);
  if (found == rows.end()) return nullptr;
  found->second.status = status;
  found->second.updated = at;
  found->second.summary = std::move(summary);
  return &found->second;
}

// Of the first stage's actions, which are the sources.
ExecutionRow* set_revisions(std::unordered_map<ExecutionNumber, ExecutionRow>& rows,
                            const ActionSucceeded& fact) {
  const auto found = rows.find(fact.key.execution);
  if (found == rows.end() || fact.key.stage != 0 || names_rule(fact.key)) return nullptr;
  auto& revisions = found->second.details.revisions;
  const std::size_t before =
      std::erase_if(revisions, [&](const auto& entry) { return entry.first == fact.key.action; });
  bool any = before > 0;
  for (const ArtifactRef& output : fact.outputs) {
    if (output.revision.empty()) continue;
    revisions.emplace_back(fact.key.action, output);
    revisions.back().second.digest.clear();
    any = true;
  }
  return any ? &found->second : nullptr;
}

// Kept in memory, and written with the next change of status: a stage's end is no write of its own.
void set_stage(std::unordered_map<ExecutionNumber, ExecutionRow>& rows, ExecutionNumber number,
               Index stage, bool succeeded) {
  const auto found = rows.find(number);
  if (found == rows.end()) return;
  std::erase(found->second.details.succeeded_stages, stage);
  if (succeeded) found->second.details.succeeded_stages.push_back(stage);
}

}  // namespace

bool changes_row(const Fact& fact) {
  return std::visit(
      []<class F>(const F& f) {
        if constexpr (std::is_same_v<F, ActionSucceeded>)
          return f.key.stage == 0 && !names_rule(f.key);
        else
          return std::is_same_v<F, ExecutionSucceeded> || std::is_same_v<F, ExecutionFailed> ||
                 std::is_same_v<F, ExecutionStopping> || std::is_same_v<F, ExecutionStopped> ||
                 std::is_same_v<F, ExecutionSuperseded> || std::is_same_v<F, ExecutionCancelled> ||
                 std::is_same_v<F, ExecutionResumed> || std::is_same_v<F, StageSucceeded> ||
                 std::is_same_v<F, StageResumed>;
      },
      fact);
}

ExecutionRow* update_row(std::unordered_map<ExecutionNumber, ExecutionRow>& rows,
                         const std::string& pipeline, const Fact& fact, Instant at) {
  if (const auto* f = std::get_if<ExecutionStarted>(&fact)) {
    ExecutionRow& row = rows[f->execution];
    row = {pipeline, f->execution, f->id,      f->version, f->type, ExecutionStatus::kInProgress,
           at,       at,           f->trigger, {},         {}};
    row.details.rollback_target = f->rollback_target;
    return &row;
  }
  if (const auto* f = std::get_if<ExecutionSucceeded>(&fact))
    return set_status(rows, f->execution, ExecutionStatus::kSucceeded, at, {});
  if (const auto* f = std::get_if<ExecutionFailed>(&fact))
    return set_status(rows, f->execution, ExecutionStatus::kFailed, at, f->summary);
  if (const auto* f = std::get_if<ExecutionStopping>(&fact)) {
    ExecutionRow* row = set_status(rows, f->execution, ExecutionStatus::kStopping, at, f->reason);
    if (row != nullptr) row->details.stop_reason = f->reason;
    return row;
  }
  if (const auto* f = std::get_if<ActionSucceeded>(&fact)) return set_revisions(rows, *f);
  if (const auto* f = std::get_if<StageSucceeded>(&fact))
    set_stage(rows, f->execution, f->stage, true);
  if (const auto* f = std::get_if<StageResumed>(&fact))
    set_stage(rows, f->execution, f->stage, false);
  if (const auto* f = std::get_if<ExecutionStopped>(&fact)) {
    const auto found = rows.find(f->execution);
    return found == rows.end() ? nullptr
                               : set_status(rows, f->execution, ExecutionStatus::kStopped, at,
                                            found->second.summary);
  }
  if (const auto* f = std::get_if<ExecutionSuperseded>(&fact))
    return set_status(rows, f->execution, ExecutionStatus::kSuperseded, at,
                      "superseded by execution " + std::to_string(f->by));
  if (const auto* f = std::get_if<ExecutionCancelled>(&fact))
    return set_status(rows, f->execution, ExecutionStatus::kCancelled, at, f->summary);
  if (const auto* f = std::get_if<ExecutionResumed>(&fact))
    return set_status(rows, f->execution, ExecutionStatus::kInProgress, at, {});
  return nullptr;
}

}  // namespace sluice
