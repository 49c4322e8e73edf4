#include "tests/core/world.hpp"

#include <algorithm>
#include <set>

#include "engine/core/names.hpp"
#include "engine/core/narration.hpp"
#include "tests/core/notation.hpp"

namespace sluice::test {
namespace {

bool in_stage(const Execution& e) {
  return e.stage_status == StageStatus::kInProgress || e.stage_status == StageStatus::kStopping;
}

bool runs(ActionStatus status) {
  return status == ActionStatus::kRunning || status == ActionStatus::kWaiting;
}

}  // namespace

bool same(const Pipeline& a, const Pipeline& b) {
  if (a.versions.size() != b.versions.size()) return false;
  for (const auto& [number, declaration] : a.versions) {
    const auto other = b.versions.find(number);
    if (other == b.versions.end() || !(*other->second == *declaration)) return false;
  }
  return a.version == b.version && a.last_number == b.last_number && a.executions == b.executions &&
         a.recent_tokens == b.recent_tokens && a.recent_approvals == b.recent_approvals &&
         a.disabled_transitions == b.disabled_transitions && a.entered == b.entered &&
         a.finished == b.finished;
}

World::World(const std::string& notation) {
  put(AdoptDefinition{pipeline_from(notation)});
}

std::vector<std::string> World::put(Input input) {
  last_ = decide(pipeline_, input, now_);
  rows_ |= last_.rows;
  if (const Rejected* refusal = last_.rejected()) {
    if (!last_.facts.empty()) complaints_.push_back("a refusal brought facts");
    return {"! " + refusal->code};
  }
  std::vector<std::string> lines;
  for (const Fact& fact : last_.facts) {
    // A start is narrated before it is applied, an end after: the execution leaves the state.
    lines.push_back(narrate(pipeline_, fact));
    if (const auto* entered = std::get_if<StageStarted>(&fact)) {
      const auto found = pipeline_.executions.find(entered->execution);
      if (found == pipeline_.executions.end() ||
          found->second.stage_status != StageStatus::kNotEntered) {
        complaints_.push_back("a stage was entered twice");
      }
    }
    if (const auto* superseded = std::get_if<ExecutionSuperseded>(&fact)) {
      const Execution& e = pipeline_.executions.at(superseded->execution);
      const bool option = pipeline_.versions.at(e.version)->supersede_waiting_approval;
      if (e.stage_status != StageStatus::kNotEntered && !option) {
        complaints_.push_back("superseded inside a stage");
      }
    }
    apply(pipeline_, fact, now_);
    history_.emplace_back(now_, fact);
  }
  if (last_.replay_of != 0) lines.push_back("replay of " + std::to_string(last_.replay_of));
  return lines;
}

std::string World::broken_execution(const Execution& e) const {
  const std::string name = "execution " + std::to_string(e.number);
  const auto version = pipeline_.versions.find(e.version);
  if (version == pipeline_.versions.end()) return name + " runs on a version that was dropped";
  if (e.status != ExecutionStatus::kInProgress && e.status != ExecutionStatus::kStopping) {
    return name + " ended but is in flight";
  }
  if (e.stage >= version->second->stages.size()) return name + " is behind the last stage";
  if (!in_stage(e)) {
    if (e.stage_status != StageStatus::kNotEntered) return name + " is in a stage that ended";
    if (e.status == ExecutionStatus::kStopping) return name + " waits although it was stopped";
    return "";
  }
  const auto busy = [](const ActionRun& run) { return runs(run.status); };
  if (std::none_of(e.actions.begin(), e.actions.end(), busy) &&
      std::none_of(e.condition.rules.begin(), e.condition.rules.end(), busy)) {
    return name + " is stuck: nothing of its stage runs";
  }
  return "";
}

std::string World::broken_stages() const {
  std::set<std::string> held;
  for (const auto& [number, e] : pipeline_.executions) {
    const PipelineDeclaration& declaration = *pipeline_.versions.at(e.version);
    if (declaration.mode == ExecutionMode::kParallel || !in_stage(e)) continue;
    if (!held.insert(declaration.stages[e.stage].name).second) {
      return "two executions hold " + declaration.stages[e.stage].name;
    }
  }
  for (const auto& [number, e] : pipeline_.executions) {
    const PipelineDeclaration& declaration = *pipeline_.versions.at(e.version);
    if (e.stage_status != StageStatus::kNotEntered) continue;
    const std::string& name = declaration.stages[e.stage].name;
    const auto closed = [&](const Transition& t) {
      return t.stage == name ||
             (!t.inbound && e.stage > 0 && t.stage == declaration.stages[e.stage - 1U].name);
    };
    const auto& disabled = pipeline_.disabled_transitions;
    if (held.count(name) == 0 && std::none_of(disabled.begin(), disabled.end(), closed)) {
      return "execution " + std::to_string(number) + " waits for " + name + ", which is free";
    }
  }
  return "";
}

std::string World::broken(bool fold) const {
  if (!complaints_.empty()) return complaints_.front();
  for (const auto& [number, e] : pipeline_.executions) {
    const std::string trouble = broken_execution(e);
    if (!trouble.empty()) return trouble;
  }
  for (const auto& [number, e] : pipeline_.finished) {
    if (pipeline_.executions.count(number) != 0) return "an execution is finished and in flight";
  }
  const std::string trouble = broken_stages();
  if (!trouble.empty()) return trouble;
  const std::vector<Want> wanted = wants(pipeline_);
  if (!std::is_sorted(wanted.begin(), wanted.end())) return "wants are not sorted";
  if (std::adjacent_find(wanted.begin(), wanted.end()) != wanted.end()) return "a want is doubled";
  for (const Want& want : wanted) {
    if (pipeline_.executions.count(want.key.execution) == 0) return "an ended execution wants";
  }
  if (!fold) return "";
  Pipeline again;
  for (const auto& [at, fact] : history_) apply(again, fact, at);
  return same(again, pipeline_) ? "" : "the facts fold to another state";
}

ActionKey World::key(ExecutionNumber execution, const std::string& action) const {
  const auto found = pipeline_.executions.find(execution);
  if (found == pipeline_.executions.end()) return {execution, 0, 0, 0, 0};
  const Execution& e = found->second;
  const auto& stages = pipeline_.versions.at(e.version)->stages;
  const std::size_t dot = action.find('.');
  const std::string stage = action.substr(0, dot), name = action.substr(dot + 1);
  for (Index s = 0; s < stages.size(); ++s) {
    if (stages[s].name != stage) continue;
    if (name.rfind("rule", 0) == 0) {
      const auto rule = static_cast<unsigned>(std::stoi(name.substr(4))) - 1;
      ActionKey key{execution, s, rule_index(static_cast<unsigned>(e.condition.hook), rule), 0, 0};
      if (rule < e.condition.rules.size()) {
        key.attempt = e.condition.rules[rule].attempt;
        key.turn = e.condition.rules[rule].turn;
      }
      return key;
    }
    for (Index a = 0; a < stages[s].actions.size(); ++a) {
      if (stages[s].actions[a].name != name) continue;
      ActionKey key{execution, s, a, 0, 0};
      if (e.stage == s && a < e.actions.size()) {
        key.attempt = e.actions[a].attempt;
        key.turn = e.actions[a].turn;
      }
      return key;
    }
  }
  return {execution, 0xfff, 0, 0, 0};
}

std::string World::key_name(const ActionKey& key) const {
  const Execution& e = pipeline_.executions.at(key.execution);
  const StageDeclaration& stage = pipeline_.versions.at(e.version)->stages.at(key.stage);
  const std::string name = names_rule(key) ? "rule" + std::to_string((key.action & 15U) + 1)
                                           : stage.actions.at(key.action).name;
  return std::to_string(key.execution) + " " + stage.name + "." + name;
}

}  // namespace sluice::test
