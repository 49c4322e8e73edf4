#include "engine/api/history.hpp"

#include <algorithm>

namespace sluice::api {
namespace {

class Fold {
 public:
  Fold(History& history, Instant at) : history_(history), at_(at) {}

  void operator()(const ExecutionStarted& f) const {
    history_.id = f.id;
    history_.number = f.execution;
    history_.version = f.version;
    history_.type = f.type;
    history_.variables = f.variables;
  }
  void operator()(const StageStarted& f) const {
    if (StageRun* stage = stage_of(f.stage)) *stage = {StageStatus::kInProgress, {}, 0, 0, false};
  }
  void operator()(const StageSucceeded& f) const { end(f.stage, StageStatus::kSucceeded); }
  void operator()(const StageFailed& f) const { end(f.stage, StageStatus::kFailed); }
  void operator()(const StageStopping& f) const { end(f.stage, StageStatus::kStopping); }
  void operator()(const StageStopped& f) const { end(f.stage, StageStatus::kStopped); }
  void operator()(const StageSkipped& f) const { end(f.stage, StageStatus::kSkipped); }
  void operator()(const StageCancelled& f) const { end(f.stage, StageStatus::kCancelled); }
  void operator()(const StageResumed& f) const {
    StageRun* stage = stage_of(f.stage);
    if (stage == nullptr) return;
    stage->status = StageStatus::kInProgress;
    ++(f.automatic ? stage->automatic_retries : stage->manual_retries);
    stage->last_retry_automatic = f.automatic;
  }
  void operator()(const ConditionStarted& f) const {
    if (HookRun* hook = hook_of(f.stage, f.hook)) *hook = {ConditionStatus::kInProgress, at_, ""};
  }
  void operator()(const ConditionFinished& f) const {
    if (HookRun* hook = hook_of(f.stage, f.hook)) *hook = {f.status, at_, f.summary};
  }
  void operator()(const ActionStarted& f) const { begin(f.key, f.id, f.inputs); }
  void operator()(const RuleStarted& f) const { begin(f.key, f.id, f.inputs); }
  void operator()(const ActionRetried& f) const {
    // The worker was lost: that attempt is over, and another goes on in its place.
    for (auto at = history_.attempts.rbegin(); at != history_.attempts.rend(); ++at) {
      if (at->key.stage != f.key.stage || at->key.action != f.key.action) continue;
      at->status = ActionStatus::kFailed;
      at->updated = at_;
      at->failed = true;
      at->failure = f.cause;
      std::vector<ArtifactRef> inputs = at->inputs;
      begin(f.key, f.id, std::move(inputs));
      return;
    }
  }
  void operator()(const ActionProgressed& f) const {
    Attempt* attempt = attempt_of(f.key);
    if (attempt == nullptr) return;
    attempt->account = f.account;
    if (f.percent >= 0) attempt->percent = f.percent;
    attempt->updated = at_;
  }
  void operator()(const ActionContinued& f) const {
    set(f.key, ActionStatus::kWaiting, &f.account);
  }
  void operator()(const ActionResumed& f) const { set(f.key, ActionStatus::kRunning, nullptr); }
  void operator()(const ApprovalGiven& f) const {
    if (Attempt* attempt = set(f.key, ActionStatus::kRunning, nullptr)) attempt->by = f.by;
  }
  void operator()(const ActionSucceeded& f) const {
    Attempt* attempt = set(f.key, ActionStatus::kSucceeded, &f.account);
    if (attempt == nullptr) return;
    attempt->variables = f.variables;
    attempt->outputs = f.outputs;
    attempt->by = f.by;
  }
  void operator()(const ActionFailed& f) const {
    if (Attempt* attempt = fail(f.key, f.account, f.failure)) attempt->by = f.by;
  }
  void operator()(const ActionAbandoned& f) const {
    if (Attempt* attempt = set(f.key, ActionStatus::kAbandoned, nullptr))
      if (!f.summary.empty()) attempt->account.summary = f.summary;
  }
  void operator()(const RuleSucceeded& f) const {
    set(f.key, ActionStatus::kSucceeded, &f.account);
  }
  void operator()(const RuleFailed& f) const { fail(f.key, f.account, f.failure); }
  void operator()(const RuleAbandoned& f) const { set(f.key, ActionStatus::kAbandoned, nullptr); }
  template <class Other>
  void operator()(const Other&) const {}  // facts that change nothing that is shown here

 private:
  [[nodiscard]] StageRun* stage_of(Index stage) const {
    return stage < history_.stages.size() ? &history_.stages[stage] : nullptr;
  }
  [[nodiscard]] HookRun* hook_of(Index stage, Hook hook) const {
    StageRun* found = stage_of(stage);
    return found == nullptr ? nullptr : &found->hooks[static_cast<std::size_t>(hook)];
  }
  void end(Index stage, StageStatus status) const {
    if (StageRun* found = stage_of(stage)) found->status = status;
  }
  void begin(const ActionKey& key, Uuid id, std::vector<ArtifactRef> inputs) const {
    Attempt& attempt = history_.attempts.emplace_back();
    attempt.key = key;
    attempt.id = id;
    attempt.status = ActionStatus::kRunning;
    attempt.started = attempt.updated = at_;
    attempt.inputs = std::move(inputs);
  }
  [[nodiscard]] Attempt* attempt_of(const ActionKey& key) const {
    for (auto at = history_.attempts.rbegin(); at != history_.attempts.rend(); ++at)
      if (at->key.stage == key.stage && at->key.action == key.action &&
          at->key.attempt == key.attempt)
        return &*at;
    return nullptr;
  }
  Attempt* set(const ActionKey& key, ActionStatus status, const Account* account) const {
    Attempt* attempt = attempt_of(key);
    if (attempt == nullptr) return nullptr;
    attempt->status = status;
    attempt->key.turn = key.turn;
    attempt->updated = at_;
    if (account != nullptr) attempt->account = *account;
    return attempt;
  }
  Attempt* fail(const ActionKey& key, const Account& account, const Failure& failure) const {
    Attempt* attempt = set(key, ActionStatus::kFailed, &account);
    if (attempt == nullptr) return nullptr;
    attempt->failed = true;
    attempt->failure = failure;
    return attempt;
  }

  History& history_;
  Instant at_;
};

}  // namespace

const Attempt* History::latest(Index stage, Index action) const {
  const auto found = std::find_if(attempts.rbegin(), attempts.rend(), [&](const Attempt& attempt) {
    return attempt.key.stage == stage && attempt.key.action == action;
  });
  return found == attempts.rend() ? nullptr : &*found;
}

History fold_history(std::span<const StoredFact> facts, const PipelineDeclaration& declaration) {
  History history;
  history.stages.resize(declaration.stages.size());
  for (const StoredFact& stored : facts) std::visit(Fold(history, stored.at), stored.fact);
  return history;
}

}  // namespace sluice::api
