#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/definition/declaration_json.hpp"
#include "engine/definition/words.hpp"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kMask = "****";
constexpr std::int64_t kMinuteMs = 60'000, kShortestInMinutes = 5;

void put_text(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

Json texts(const std::vector<std::string>& texts) {
  auto list = Json::array();
  for (const auto& text : texts) list.push_back(text);
  return list;
}

void put_texts(Json& object, const char* key, const std::vector<std::string>& list) {
  if (!list.empty()) object[key] = texts(list);
}

// timeoutInMinutes where the cloud's field can say it, else our duration.
void put_timeout(Json& object, std::int64_t timeout_ms) {
  if (timeout_ms == 0) return;
  if (timeout_ms % kMinuteMs == 0 && timeout_ms / kMinuteMs >= kShortestInMinutes) {
    object["timeoutInMinutes"] = timeout_ms / kMinuteMs;
  } else {
    const bool seconds = timeout_ms % 1000 == 0;
    object["timeout"] =
        std::to_string(seconds ? timeout_ms / 1000 : timeout_ms) + (seconds ? "s" : "ms");
  }
}

Json type_json(const ActionTypeId& type) {
  return {{"category", definition::category_text(type.category)},
          {"owner", type.owner},
          {"provider", type.provider},
          {"version", type.version}};
}

Json named(const std::vector<std::string>& names) {
  auto list = Json::array();
  for (const auto& name : names) list.push_back(Json{{"name", name}});
  return list;
}

template <class Declared>
Json configuration_json(const Declared& declared, JsonForm form) {
  Json configuration = Json::object();
  const auto& secrets = declared.secret_keys;
  for (const auto& [key, value] : declared.configuration) {
    const bool secret = std::find(secrets.begin(), secrets.end(), key) != secrets.end();
    configuration[key] = secret && form == JsonForm::kShown ? std::string(kMask) : value;
  }
  return configuration;
}

Json action_json(const ActionDeclaration& action, JsonForm form) {
  Json json{{"name", action.name},
            {"actionTypeId", type_json(action.type)},
            {"runOrder", action.run_order}};
  json["configuration"] = configuration_json(action, form);
  put_texts(json, "commands", action.commands);
  auto& outputs = json["outputArtifacts"] = Json::array();
  for (const auto& output : action.output_artifacts) {
    Json item{{"name", output.name}};
    put_texts(item, "files", output.files);
    outputs.push_back(std::move(item));
  }
  json["inputArtifacts"] = named(action.input_artifacts);
  put_texts(json, "outputVariables", action.output_variables);
  for (const auto& variable : action.environment_variables) {
    json["environmentVariables"].push_back(
        {{"name", variable.name},
         {"value", variable.value},
         {"type", variable.secret ? "SECRETS_MANAGER" : "PLAINTEXT"}});
  }
  put_text(json, "roleArn", action.role_arn);
  put_text(json, "region", action.region);
  put_text(json, "namespace", action.name_space);
  put_timeout(json, action.timeout_ms);
  put_texts(json, "runsOn", action.runs_on);
  if (action.required_approvals != 1) json["requiredApprovals"] = action.required_approvals;
  if (form == JsonForm::kExact) {
    put_texts(json, "secretKeys", action.secret_keys);
    if (action.idempotent) json["idempotent"] = true;
  }
  return json;
}

Json rule_json(const RuleDeclaration& rule, JsonForm form) {
  Json json{{"name", rule.name}, {"ruleTypeId", type_json(rule.type)}};
  json["configuration"] = configuration_json(rule, form);
  put_texts(json, "commands", rule.commands);
  json["inputArtifacts"] = named(rule.input_artifacts);
  put_text(json, "roleArn", rule.role_arn);
  put_text(json, "region", rule.region);
  put_timeout(json, rule.timeout_ms);
  if (form == JsonForm::kExact) put_texts(json, "secretKeys", rule.secret_keys);
  return json;
}

void put_condition(Json& hook, const ConditionDeclaration& condition, JsonForm form) {
  if (condition == ConditionDeclaration{}) return;
  Json json;
  if (condition.result != ConditionResult::kNone) {
    json["result"] = definition::result_text(condition.result);
  }
  auto& rules = json["rules"] = Json::array();
  for (const auto& rule : condition.rules) rules.push_back(rule_json(rule, form));
  hook["conditions"] = Json::array({std::move(json)});
}

Json failure_json(const FailureDeclaration& failure, JsonForm form) {
  Json json;
  if (failure.result != ConditionResult::kNone) {
    json["result"] = definition::result_text(failure.result);
  }
  if (failure.result == ConditionResult::kRetry ||
      failure.retry_mode != RetryMode::kFailedActions || failure.max_retries != 1) {
    auto& retry = json["retryConfiguration"];
    retry["retryMode"] = definition::retry_text(failure.retry_mode);
    if (failure.max_retries != 1) retry["maxRetries"] = failure.max_retries;
  }
  put_condition(json, failure.condition, form);
  return json;
}

Json stage_json(const StageDeclaration& stage, JsonForm form) {
  Json json{{"name", stage.name}};
  auto& actions = json["actions"] = Json::array();
  for (const auto& action : stage.actions) actions.push_back(action_json(action, form));
  if (stage.before_entry != ConditionDeclaration{}) {
    put_condition(json["beforeEntry"], stage.before_entry, form);
  }
  if (stage.on_success != ConditionDeclaration{})
    put_condition(json["onSuccess"], stage.on_success, form);
  if (stage.on_failure != FailureDeclaration{})
    json["onFailure"] = failure_json(stage.on_failure, form);
  return json;
}

void put_patterns(Json& object, const char* key, const GlobFilter& filter) {
  if (filter == GlobFilter{}) return;
  put_texts(object[key], "includes", filter.includes);
  put_texts(object[key], "excludes", filter.excludes);
}

void put_filters(Json& git, const char* key, const std::vector<GitFilter>& filters) {
  for (const auto& filter : filters) {
    auto json = Json::object();
    put_texts(json, "events", filter.events);
    put_patterns(json, "tags", filter.tags);
    put_patterns(json, "branches", filter.branches);
    put_patterns(json, "filePaths", filter.file_paths);
    git[key].push_back(std::move(json));
  }
}

Json trigger_json(const TriggerDeclaration& trigger) {
  Json json = Json::object();
  put_text(json, "providerType", trigger.provider_type);
  if (!trigger.source_action.empty() || !trigger.push.empty() || !trigger.pull_request.empty()) {
    Json git{{"sourceActionName", trigger.source_action}};
    put_filters(git, "push", trigger.push);
    put_filters(git, "pullRequest", trigger.pull_request);
    json["gitConfiguration"] = std::move(git);
  }
  if (trigger.poll_interval_ms != 0)
    json["pollInterval"] = std::to_string(trigger.poll_interval_ms) + "ms";
  put_text(json, "schedule", trigger.schedule);
  put_text(json, "timeZone", trigger.time_zone);
  if (!trigger.pipeline.empty() || !trigger.pipeline_states.empty()) {
    json["pipeline"] = {{"name", trigger.pipeline}};
    if (!trigger.pipeline_states.empty()) json["pipeline"]["states"] = trigger.pipeline_states;
  }
  put_text(json, "eventPattern", trigger.event_pattern);
  const auto& webhook = trigger.webhook;
  if (webhook != WebhookDeclaration()) {
    auto& hook = json["webhook"] = {{"name", webhook.name}, {"form", webhook.form}};
    put_text(hook, "secretVariable", webhook.secret_variable);
    put_text(hook, "secretFile", webhook.secret_file);
  }
  return json;
}

Json variable_json(const VariableDeclaration& variable) {
  Json json{{"name", variable.name}};
  if (variable.has_default) json["defaultValue"] = variable.default_value;
  put_text(json, "description", variable.description);
  return json;
}

void put_own_options(Json& json, const PipelineDeclaration& pipeline) {
  if (pipeline.finish_on_own_version) json["finishOnOwnVersion"] = true;
  if (pipeline.supersede_waiting_approval) json["supersedeWaitingApproval"] = true;
  if (pipeline.max_executions != 0) json["maxExecutions"] = pipeline.max_executions;
  if (pipeline.max_parallel_actions != 0) {
    json["maxParallelActions"] = pipeline.max_parallel_actions;
  }
  put_text(json, "baseDirectory", pipeline.base_directory);
}

}  // namespace

std::string to_json(const PipelineDeclaration& pipeline, JsonForm form, int indent) {
  Json json{{"name", pipeline.name}};
  put_text(json, "roleArn", pipeline.role_arn);
  auto& stages = json["stages"] = Json::array();
  for (const auto& stage : pipeline.stages) stages.push_back(stage_json(stage, form));
  json["version"] = pipeline.version;
  json["executionMode"] = definition::mode_text(pipeline.mode);
  json["pipelineType"] = pipeline.type == PipelineType::kV1 ? "V1" : "V2";
  for (const auto& variable : pipeline.variables) {
    json["variables"].push_back(variable_json(variable));
  }
  for (const auto& trigger : pipeline.triggers) json["triggers"].push_back(trigger_json(trigger));
  put_own_options(json, pipeline);
  // A declaration built in memory may hold bytes that are no UTF-8; a store must not lose it whole.
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice
