#include "engine/api/shown.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/approval.hpp"
#include "engine/core/condition.hpp"
#include "engine/core/names.hpp"
#include "engine/core/variables.hpp"

namespace sluice::api {
namespace {

constexpr const char* kMask = "****";
constexpr std::size_t kMostSummary = 2048;

void put_text(Json& json, const char* key, const std::string& text,
              std::size_t most = std::string::npos) {
  if (!text.empty()) json[key] = text.substr(0, most);
}

std::string status_of(const Attempt& attempt) {
  return std::string(to_text(attempt.status));
}

Json error_details(const Failure& failure) {
  Json json{{"code", failure_type(failure.kind)}};
  std::string message = failure.code.empty() || failure.code == failure_type(failure.kind)
                            ? failure.message
                            : failure.code + ": " + failure.message;
  put_text(json, "message", message, 5000);
  return json;
}

std::string token_of(const Attempt& attempt) {
  ActionRun run;
  run.attempt = attempt.key.attempt;
  run.id = attempt.id;
  return to_text(approval_token(run));
}

bool awaits_approval(const Attempt& attempt, const ActionDeclaration& action) {
  return action.type.category == Category::kApproval &&
         (attempt.status == ActionStatus::kRunning || attempt.status == ActionStatus::kWaiting);
}

std::string summary_of(const Attempt& attempt) {
  return attempt.account.summary.empty() && attempt.failed ? attempt.failure.message
                                                           : attempt.account.summary;
}

// Where artifacts lie here: the bucket stands for the store, the key is the content's.
Json artifact_json(const ArtifactRef& artifact) {
  Json json{{"name", artifact.name}};
  if (!artifact.digest.empty())
    json["s3location"] = {{"bucket", "artifacts"}, {"key", artifact.digest}};
  return json;
}

Json artifacts_json(const std::vector<ArtifactRef>& artifacts) {
  Json json = Json::array();
  for (const ArtifactRef& artifact : artifacts) json.push_back(artifact_json(artifact));
  return json;
}

bool is_secret(const std::vector<std::string>& secret_keys, const std::string& key) {
  return std::find(secret_keys.begin(), secret_keys.end(), key) != secret_keys.end();
}

// What the attempts left for those that came later.
std::vector<ActionOutput> outputs_of(const History& history) {
  std::vector<ActionOutput> outputs;
  for (const Attempt& attempt : history.attempts) {
    if (attempt.status != ActionStatus::kSucceeded || names_rule(attempt.key)) continue;
    std::erase_if(outputs, [&](const ActionOutput& output) {
      return output.stage == attempt.key.stage && output.action == attempt.key.action;
    });
    outputs.push_back({attempt.key.stage, attempt.key.action, attempt.variables, attempt.outputs});
  }
  return outputs;
}

void put_configuration(Json& input, const History& history, const PipelineDeclaration& declaration,
                       const std::map<std::string, std::string>& configuration,
                       const std::vector<std::string>& secret_keys, Index stage,
                       std::uint32_t run_order) {
  const std::vector<ActionOutput> outputs = outputs_of(history);
  const Scope scope{declaration, history.id, history.number, history.variables,
                    outputs,     nullptr,    stage,          run_order};
  Json& plain = input["configuration"] = Json::object();
  Json& resolved = input["resolvedConfiguration"] = Json::object();
  for (const auto& [key, value] : configuration) {
    const bool secret = is_secret(secret_keys, key);
    plain[key] = secret ? std::string(kMask) : value;
    const auto text = substitute(scope, value);
    resolved[key] = secret ? std::string(kMask) : text ? *text : value;
  }
}

void put_result(Json& result, const Attempt& attempt, const char* summary_key,
                const char* url_key) {
  put_text(result, "externalExecutionId", attempt.account.external_id, 1500);
  put_text(result, summary_key, summary_of(attempt), kMostSummary);
  put_text(result, url_key, attempt.account.external_url, 2048);
  if (attempt.failed) result["errorDetails"] = error_details(attempt.failure);
}

}  // namespace

Json type_id_json(const ActionTypeId& type) {
  return {{"category", to_text(type.category)},
          // Rules go by the cloud's names (decision 0027), and by its owner: the API has no other.
          {"owner", type.category == Category::kRule ? "AWS" : type.owner},
          {"provider", type.provider},
          {"version", type.version}};
}

Json Shown::action_detail(const Attempt& attempt) const {
  const StageDeclaration& stage = declaration.stages.at(attempt.key.stage);
  const ActionDeclaration& action = stage.actions.at(attempt.key.action);
  Json json{{"pipelineExecutionId", to_text(history.id)},
            {"actionExecutionId", to_text(attempt.id)},
            {"pipelineVersion", history.version},
            {"stageName", stage.name},
            {"actionName", action.name},
            {"startTime", seconds(attempt.started)},
            {"lastUpdateTime", seconds(attempt.updated)},
            {"status", status_of(attempt)}};
  put_text(json, "updatedBy", attempt.by);
  Json& input = json["input"] = {{"actionTypeId", type_id_json(action.type)},
                                 {"inputArtifacts", artifacts_json(attempt.inputs)}};
  put_configuration(input, history, declaration, action.configuration, action.secret_keys,
                    attempt.key.stage, action.run_order);
  put_text(input, "roleArn", action.role_arn);
  input["region"] = action.region.empty() ? ground.parts.realm.region : action.region;
  put_text(input, "namespace", action.name_space);
  Json& output = json["output"] = {{"outputArtifacts", artifacts_json(attempt.outputs)},
                                   {"executionResult", Json::object()}};
  put_result(output["executionResult"], attempt, "externalExecutionSummary",
             "externalExecutionUrl");
  if (awaits_approval(attempt, action))
    output["executionResult"]["externalExecutionId"] = token_of(attempt);
  output["outputVariables"] = Json::object();
  for (const auto& [name, value] : attempt.variables) output["outputVariables"][name] = value;
  return json;
}

Json Shown::rule_detail(const Attempt& attempt) const {
  const StageDeclaration& stage = declaration.stages.at(attempt.key.stage);
  Json json{{"pipelineExecutionId", to_text(history.id)},
            {"ruleExecutionId", to_text(attempt.id)},
            {"pipelineVersion", history.version},
            {"stageName", stage.name},
            {"startTime", seconds(attempt.started)},
            {"lastUpdateTime", seconds(attempt.updated)},
            {"status", status_of(attempt)}};
  put_text(json, "updatedBy", attempt.by);
  if (const RuleDeclaration* rule = find_rule(stage, attempt.key.action)) {
    json["ruleName"] = rule->name;
    Json& input = json["input"] = {{"ruleTypeId", type_id_json(rule->type)},
                                   {"inputArtifacts", artifacts_json(attempt.inputs)}};
    put_configuration(input, history, declaration, rule->configuration, rule->secret_keys,
                      attempt.key.stage, UINT32_MAX);
    put_text(input, "roleArn", rule->role_arn);
    input["region"] = rule->region.empty() ? ground.parts.realm.region : rule->region;
  }
  Json& result = json["output"]["executionResult"] = Json::object();
  put_result(result, attempt, "externalExecutionSummary", "externalExecutionUrl");
  return json;
}

Json Shown::stage_execution(Index stage) const {
  return {{"pipelineExecutionId", to_text(history.id)},
          {"status", to_text(history.stages.at(stage).status)},
          {"type", to_text(history.type)}};
}

Json Shown::action_state(Index stage, Index index) const {
  const ActionDeclaration& action = declaration.stages.at(stage).actions.at(index);
  Json json{{"actionName", action.name}};
  const Attempt* attempt = history.latest(stage, index);
  if (attempt == nullptr) return json;
  for (const ArtifactRef& output : attempt->outputs) {
    if (output.revision.empty() || action.type.category != Category::kSource) continue;
    json["currentRevision"] = {{"revisionId", output.revision},
                               {"revisionChangeId", output.revision},
                               {"created", seconds(attempt->updated)}};
    put_text(json, "revisionUrl", output.revision_url);
    break;
  }
  Json& latest = json["latestExecution"] = {{"actionExecutionId", to_text(attempt->id)},
                                            {"status", status_of(*attempt)},
                                            {"lastStatusChange", seconds(attempt->updated)}};
  put_text(latest, "summary", summary_of(*attempt), kMostSummary);
  put_text(latest, "lastUpdatedBy", attempt->by);
  put_text(latest, "externalExecutionId", attempt->account.external_id, 1500);
  put_text(latest, "externalExecutionUrl", attempt->account.external_url, 2048);
  if (attempt->percent >= 0) latest["percentComplete"] = std::min(attempt->percent, 100);
  if (attempt->failed) latest["errorDetails"] = error_details(attempt->failure);
  if (awaits_approval(*attempt, action)) latest["token"] = token_of(*attempt);
  return json;
}

Json Shown::condition_state(Index stage, Hook hook) const {
  const ConditionDeclaration& declared = condition_of(declaration.stages.at(stage), hook);
  if (declared.rules.empty()) return nullptr;
  const HookRun& run = history.stages.at(stage).hooks[static_cast<std::size_t>(hook)];
  if (run.status == ConditionStatus::kNone) return nullptr;
  Json latest{{"status", to_text(run.status)}};
  put_text(latest, "summary", run.summary, kMostSummary);
  Json json{{"latestExecution", latest}};
  latest["lastStatusChange"] = seconds(run.changed);
  Json condition{{"latestExecution", std::move(latest)}, {"ruleStates", Json::array()}};
  for (unsigned rule = 0; rule < declared.rules.size(); ++rule) {
    Json state{{"ruleName", declared.rules[rule].name}};
    const Attempt* attempt = history.latest(stage, rule_index(static_cast<unsigned>(hook), rule));
    if (attempt != nullptr) {
      Json& execution =
          state["latestExecution"] = {{"ruleExecutionId", to_text(attempt->id)},
                                      {"status", status_of(*attempt)},
                                      {"lastStatusChange", seconds(attempt->updated)}};
      put_result(execution, *attempt, "summary", "externalExecutionUrl");
    }
    condition["ruleStates"].push_back(std::move(state));
  }
  json["conditionStates"] = Json::array({std::move(condition)});
  return json;
}

}  // namespace sluice::api
