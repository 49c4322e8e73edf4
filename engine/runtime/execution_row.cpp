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

}  // namespace

ExecutionRow* update_row(std::unordered_map<ExecutionNumber, ExecutionRow>& rows,
                         const std::string& pipeline, const Fact& fact, Instant at) {
  if (const auto* f = std::get_if<ExecutionStarted>(&fact)) {
    ExecutionRow& row = rows[f->execution];
    row = {pipeline, f->execution, f->id,      f->version, f->type, ExecutionStatus::kInProgress,
           at,       at,           f->trigger, {}};
    return &row;
  }
  if (const auto* f = std::get_if<ExecutionSucceeded>(&fact))
    return set_status(rows, f->execution, ExecutionStatus::kSucceeded, at, {});
  if (const auto* f = std::get_if<ExecutionFailed>(&fact))
    return set_status(rows, f->execution, ExecutionStatus::kFailed, at, f->summary);
  if (const auto* f = std::get_if<ExecutionStopping>(&fact))
    return set_status(rows, f->execution, ExecutionStatus::kStopping, at, f->reason);
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
