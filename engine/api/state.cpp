// GetPipelineState (facts/codepipeline.md 2.16): who is where is the engine's to say, what happened
// there is read from history.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/api/desk.hpp"
#include "engine/api/history.hpp"
#include "engine/api/room.hpp"
#include "engine/api/shown.hpp"
#include "engine/core/names.hpp"

namespace sluice::api {
namespace {

constexpr Member kGet[] = {
    {.name = "name", .required = true, .min = 1, .max = 100, .charset = &kName}};

struct Waiting {
  Index stage;
  Uuid id;
  ExecutionType type;
};

// What the engine says, copied on its thread.
struct Seen {
  DeclarationPtr declaration;
  std::vector<ExecutionNumber> entered;
  std::vector<Transition> disabled;
  std::vector<Waiting> waiting;  // by number
};

Seen look(const Pipeline& state) {
  Seen seen{state.versions.at(state.version), state.entered, state.disabled_transitions, {}};
  if (seen.declaration->mode == ExecutionMode::kParallel) {
    seen.entered.assign(seen.entered.size(), 0);
    return seen;
  }
  for (const auto& [number, execution] : state.executions) {
    if (execution.version != state.version || execution.status != ExecutionStatus::kInProgress ||
        execution.stage_status != StageStatus::kNotEntered)
      continue;
    seen.waiting.push_back({execution.stage, execution.id, execution.type});
  }
  return seen;
}

Json transition_json(const Seen& seen, const std::string& stage) {
  Json json{{"enabled", true}};
  for (const Transition& transition : seen.disabled) {
    if (transition.stage != stage || !transition.inbound) continue;
    json["enabled"] = false;
    if (!transition.by.empty()) json["lastChangedBy"] = transition.by;
    json["lastChangedAt"] = seconds(transition.since);
    if (!transition.reason.empty()) json["disabledReason"] = transition.reason;
  }
  return json;
}

void put_inbound(Json& json, const Seen& seen, Index stage) {
  Json inbound = Json::array();
  for (const Waiting& waiting : seen.waiting)
    if (waiting.stage == stage)
      inbound.push_back({{"pipelineExecutionId", to_text(waiting.id)},
                         {"status", "InProgress"},
                         {"type", to_text(waiting.type)}});
  if (inbound.empty()) return;
  json["inboundExecution"] = inbound.back();
  json["inboundExecutions"] = std::move(inbound);
}

void put_run(Json& json, const Ground& ground, const History& history,
             const PipelineDeclaration& declaration, Index stage) {
  const Shown shown{ground, history, declaration};
  json["latestExecution"] = shown.stage_execution(stage);
  for (Index action = 0; action < declaration.stages[stage].actions.size(); ++action)
    json["actionStates"].push_back(shown.action_state(stage, action));
  constexpr std::pair<Hook, const char*> kHooks[] = {
      {Hook::kBeforeEntry, "beforeEntryConditionState"},
      {Hook::kOnSuccess, "onSuccessConditionState"},
      {Hook::kOnFailure, "onFailureConditionState"}};
  for (const auto& [hook, key] : kHooks)
    if (Json state = shown.condition_state(stage, hook); !state.is_null())
      json[key] = std::move(state);
  const StageRun& run = history.stages[stage];
  if (run.automatic_retries + run.manual_retries == 0) return;
  Json& retried = json["retryStageMetadata"];
  if (run.automatic_retries != 0) retried["autoStageRetryAttempt"] = run.automatic_retries;
  if (run.manual_retries != 0) retried["manualStageRetryAttempt"] = run.manual_retries;
  retried["latestRetryTrigger"] =
      run.last_retry_automatic ? "AutomatedStageRetry" : "ManualStageRetry";
}

Result<Json> state_json(const Ground& ground, const std::string& name, const Seen& seen) {
  const PipelineDeclaration& declaration = *seen.declaration;
  Json json{{"pipelineName", name}, {"pipelineVersion", declaration.version}};
  if (const auto first = ground.parts.store.adoption(name, 1)) json["created"] = seconds(first->at);
  if (const auto last = ground.parts.store.adoption(name, declaration.version))
    json["updated"] = seconds(last->at);
  std::map<ExecutionNumber, History> histories;
  for (Index stage = 0; stage < declaration.stages.size(); ++stage) {
    Json one{{"stageName", declaration.stages[stage].name},
             {"inboundTransitionState", transition_json(seen, declaration.stages[stage].name)},
             {"actionStates", Json::array()}};
    put_inbound(one, seen, stage);
    const ExecutionNumber number = stage < seen.entered.size() ? seen.entered[stage] : 0;
    if (number == 0) {
      for (const ActionDeclaration& action : declaration.stages[stage].actions)
        one["actionStates"].push_back({{"actionName", action.name}});
    } else {
      if (!histories.contains(number)) {
        const auto facts = ground.parts.store.execution_facts(name, number);
        if (!facts) return facts.error();
        histories.emplace(number, fold_history(*facts, declaration));
      }
      put_run(one, ground, histories.at(number), declaration, stage);
    }
    json["stageStates"].push_back(std::move(one));
  }
  return json;
}

void get_state(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const std::string name = text_of(in, "name");
  const bool taken = ground.parts.engine.ask(name, [&ground, name, answer](const Pipeline* state) {
    if (state == nullptr)
      return answer.refuse("PipelineNotFoundException",
                           "Account '" + ground.parts.realm.account +
                               "' does not have a pipeline with name '" + name + "'");
    const bool posted = ground.desk.post([&ground, name, answer, seen = look(*state)] {
      const auto json = state_json(ground, name, seen);
      if (!json) return answer.fault(json.error());
      answer.send(*json);
    });
    if (!posted) answer.refuse_load();
  });
  if (!taken) answer.refuse_load();
}

constexpr OperationRow kRows[] = {{"GetPipelineState", get_state, kGet}};

}  // namespace

std::span<const OperationRow> state_operations() {
  return kRows;
}

}  // namespace sluice::api
