#include "engine/core/recall.hpp"

#include "engine/core/core.hpp"

namespace sluice {
namespace {

// What apply() does not keep.
struct Memory {
  Recollection& record;
  Instant at;

  void operator()(const ExecutionStarted&) const { record.arrived = at; }
  void operator()(const ExecutionFailed& f) const { record.summary = f.summary; }
  void operator()(const ExecutionCancelled& f) const { record.summary = f.summary; }
  void operator()(const ExecutionSuperseded& f) const { record.superseded_by = f.by; }
  void operator()(const ExecutionStopping& f) const {
    record.stopped = at;
    record.stop_reason = f.reason;
    record.stop_by = f.by;
  }
  void operator()(const ExecutionResumed&) const {
    record.summary.clear();
    record.stopped = {};
    record.stop_reason.clear();
    record.stop_by.clear();
  }
  void operator()(const StageSucceeded& f) const { leave(f.stage, true); }
  void operator()(const StageSkipped& f) const { leave(f.stage, false); }
  void operator()(const ConditionStarted& f) const {
    record.hook = f.hook;
    record.condition = ConditionStatus::kInProgress;
    record.condition_summary.clear();
  }
  void operator()(const ConditionFinished& f) const {
    record.hook = f.hook;
    record.condition = f.status;
    record.condition_summary = f.summary;
  }
  void operator()(const ActionStarted& f) const { action(f.key) = {}; }
  void operator()(const RuleStarted& f) const { action(f.key) = {}; }
  void operator()(const ActionProgressed& f) const {
    ActionMemory& memory = action(f.key);
    memory.account = f.account;
    if (f.percent >= 0) memory.percent = f.percent;
  }
  void operator()(const ActionContinued& f) const { action(f.key).account = f.account; }
  void operator()(const ActionRetried& f) const { action(f.key).failure = f.cause; }
  void operator()(const ApprovalGiven& f) const { action(f.key).by = f.by; }
  void operator()(const ActionSucceeded& f) const {
    ActionMemory& memory = end(f.key);
    memory.account = f.account;
    memory.failure = {};
    memory.by = f.by;
  }
  void operator()(const ActionFailed& f) const {
    ActionMemory& memory = end(f.key);
    memory.account = f.account;
    memory.failure = f.failure;
    memory.by = f.by;
  }
  void operator()(const ActionAbandoned& f) const {
    ActionMemory& memory = end(f.key);
    if (!f.summary.empty()) memory.account.summary = f.summary;
  }
  void operator()(const RuleSucceeded& f) const { end(f.key).account = f.account; }
  void operator()(const RuleFailed& f) const {
    ActionMemory& memory = end(f.key);
    memory.account = f.account;
    memory.failure = f.failure;
  }
  void operator()(const RuleAbandoned& f) const { end(f.key); }
  template <class Other>
  void operator()(const Other&) const {}  // facts that apply() remembers whole

 private:
  [[nodiscard]] ActionMemory& action(const ActionKey& key) const {
    return record.actions[key.action];
  }
  ActionMemory& end(const ActionKey& key) const {
    ActionMemory& memory = action(key);
    memory.ended = at;
    return memory;
  }
  void leave(Index stage, bool passed) const {
    if (passed) record.passed[stage] = at;
    const bool last = record.execution.type == ExecutionType::kRollback ||
                      stage + 1U == record.declaration->stages.size();
    if (last) return;
    record.arrived = at;
    record.actions.clear();
    record.condition = ConditionStatus::kNone;
    record.hook = Hook::kNone;
  }
};

// Where a fact that ends the execution leads; false for other facts.
bool ends(const Fact& fact, ExecutionStatus& status) {
  if (std::holds_alternative<ExecutionSucceeded>(fact))
    status = ExecutionStatus::kSucceeded;
  else if (std::holds_alternative<ExecutionFailed>(fact))
    status = ExecutionStatus::kFailed;
  else if (std::holds_alternative<ExecutionStopped>(fact))
    status = ExecutionStatus::kStopped;
  else if (std::holds_alternative<ExecutionSuperseded>(fact))
    status = ExecutionStatus::kSuperseded;
  else if (std::holds_alternative<ExecutionCancelled>(fact))
    status = ExecutionStatus::kCancelled;
  else
    return false;
  return true;
}

}  // namespace

// The facts are folded as ever, into a pipeline that this execution has for itself.
Recollection recall(const DeclarationPtr& declaration, std::span<const DatedFact> facts) {
  Recollection record;
  record.declaration = declaration;
  if (facts.empty()) return record;
  const auto* start = std::get_if<ExecutionStarted>(facts.front().fact);
  if (start == nullptr) return record;
  Pipeline alone;
  alone.version = start->version;
  alone.versions[start->version] = declaration;
  alone.entered.assign(declaration->stages.size(), 0);
  alone.last_number = start->execution - 1;
  for (const DatedFact& dated : facts) {
    record.updated = dated.at;
    record.over = ends(*dated.fact, record.execution.status);
    std::visit(Memory{record, dated.at}, *dated.fact);
    apply(alone, *dated.fact, dated.at);
    const auto live = alone.executions.find(start->execution);
    if (live != alone.executions.end()) record.execution = live->second;
  }
  return record;
}

}  // namespace sluice
