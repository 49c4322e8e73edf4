#include <nlohmann/json.hpp>

#include "engine/definition/declaration_json.hpp"
#include "engine/definition/shapes.hpp"
#include "engine/definition/words.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;

// Every reader throws nlohmann's exceptions or Unknown on what to_json would not have written;
// from_json turns both into an Error.
struct Unknown {
  std::string word;
};

template <class Value>
Value value_of(std::optional<Value> value, const std::string& word) {
  if (!value) throw Unknown{word};
  return *value;
}

template <class Value>
Value get(const Json& object, const char* key, Value absent = {}) {
  return object.contains(key) ? object.at(key).get<Value>() : absent;
}

// Each item of a list, which may be absent.
template <class Read>
auto read_list(const Json& object, const char* key, Read read) {
  std::vector<decltype(read(object))> list;
  if (!object.contains(key)) return list;
  for (const auto& item : object.at(key)) list.push_back(read(item));
  return list;
}

std::string read_name(const Json& json) {
  return json.at("name").get<std::string>();
}

std::vector<std::string> read_texts(const Json& json, const char* key) {
  return get<std::vector<std::string>>(json, key);
}

ActionTypeId read_type(const Json& json) {
  const auto category = json.at("category").get<std::string>();
  return {value_of(definition::category_from(category), category),
          json.at("owner").get<std::string>(), json.at("provider").get<std::string>(),
          json.at("version").get<std::string>()};
}

std::int64_t read_timeout(const Json& json) {
  constexpr std::int64_t kMinuteMs = 60'000;
  if (!json.contains("timeout")) return get<std::int64_t>(json, "timeoutInMinutes") * kMinuteMs;
  return definition::duration_ms(json.at("timeout").get<std::string>());
}

ActionDeclaration read_action(const Json& json) {
  ActionDeclaration action;
  action.name = read_name(json);
  action.type = read_type(json.at("actionTypeId"));
  action.run_order = get<std::uint16_t>(json, "runOrder", 1);
  action.configuration = get<std::map<std::string, std::string>>(json, "configuration");
  action.commands = read_texts(json, "commands");
  action.input_artifacts = read_list(json, "inputArtifacts", read_name);
  action.output_artifacts = read_list(json, "outputArtifacts", [](const Json& item) {
    return OutputArtifactDeclaration{read_name(item), read_texts(item, "files")};
  });
  action.output_variables = read_texts(json, "outputVariables");
  action.environment_variables = read_list(json, "environmentVariables", [](const Json& item) {
    return EnvironmentVariable{read_name(item), item.at("value").get<std::string>(),
                               get<std::string>(item, "type") == "SECRETS_MANAGER"};
  });
  action.role_arn = get<std::string>(json, "roleArn");
  action.region = get<std::string>(json, "region");
  action.name_space = get<std::string>(json, "namespace");
  action.timeout_ms = read_timeout(json);
  action.runs_on = read_texts(json, "runsOn");
  action.required_approvals = get<std::uint16_t>(json, "requiredApprovals", 1);
  action.secret_keys = read_texts(json, "secretKeys");
  action.idempotent = get<bool>(json, "idempotent");
  return action;
}

RuleDeclaration read_rule(const Json& json) {
  RuleDeclaration rule;
  rule.name = read_name(json);
  rule.type = read_type(json.at("ruleTypeId"));
  rule.configuration = get<std::map<std::string, std::string>>(json, "configuration");
  rule.commands = read_texts(json, "commands");
  rule.input_artifacts = read_list(json, "inputArtifacts", read_name);
  rule.role_arn = get<std::string>(json, "roleArn");
  rule.region = get<std::string>(json, "region");
  rule.timeout_ms = read_timeout(json);
  rule.secret_keys = read_texts(json, "secretKeys");
  return rule;
}

ConditionResult read_result(const Json& json) {
  if (!json.contains("result")) return ConditionResult::kNone;
  const auto word = json.at("result").get<std::string>();
  return value_of(definition::result_from(word), word);
}

// The one condition of a hook: {conditions: [{result, rules}]}.
ConditionDeclaration read_condition(const Json& stage, const char* hook) {
  if (!stage.contains(hook) || !stage.at(hook).contains("conditions")) return {};
  const auto& json = stage.at(hook).at("conditions").at(0);
  return {read_result(json), read_list(json, "rules", read_rule)};
}

FailureDeclaration read_failure(const Json& stage) {
  FailureDeclaration failure;
  if (!stage.contains("onFailure")) return failure;
  const auto& json = stage.at("onFailure");
  failure.result = read_result(json);
  if (json.contains("retryConfiguration")) {
    const auto& retry = json.at("retryConfiguration");
    const auto word = retry.at("retryMode").get<std::string>();
    failure.retry_mode = value_of(definition::retry_from(word), word);
    failure.max_retries = get<std::uint16_t>(retry, "maxRetries", 1);
  }
  failure.condition = read_condition(stage, "onFailure");
  return failure;
}

StageDeclaration read_stage(const Json& json) {
  return {read_name(json), read_list(json, "actions", read_action),
          read_condition(json, "beforeEntry"), read_condition(json, "onSuccess"),
          read_failure(json)};
}

GlobFilter read_patterns(const Json& json, const char* key) {
  if (!json.contains(key)) return {};
  return {read_texts(json.at(key), "includes"), read_texts(json.at(key), "excludes")};
}

GitFilter read_filter(const Json& json) {
  return {read_texts(json, "events"), read_patterns(json, "tags"), read_patterns(json, "branches"),
          read_patterns(json, "filePaths")};
}

TriggerDeclaration read_trigger(const Json& json) {
  TriggerDeclaration trigger;
  trigger.provider_type = get<std::string>(json, "providerType");
  if (const auto git = json.find("gitConfiguration"); git != json.end()) {
    trigger.source_action = git->at("sourceActionName").get<std::string>();
    trigger.push = read_list(*git, "push", read_filter);
    trigger.pull_request = read_list(*git, "pullRequest", read_filter);
  }
  trigger.poll_interval_ms = definition::duration_ms(get<std::string>(json, "pollInterval"));
  trigger.schedule = get<std::string>(json, "schedule");
  trigger.time_zone = get<std::string>(json, "timeZone");
  if (const auto pipeline = json.find("pipeline"); pipeline != json.end()) {
    trigger.pipeline = read_name(*pipeline);
    trigger.pipeline_states = get<std::vector<std::string>>(*pipeline, "states");
  }
  trigger.event_pattern = get<std::string>(json, "eventPattern");
  if (const auto hook = json.find("webhook"); hook != json.end()) {
    trigger.webhook = {read_name(*hook), get<std::string>(*hook, "form"),
                       get<std::string>(*hook, "secretVariable"),
                       get<std::string>(*hook, "secretFile")};
  }
  return trigger;
}

PipelineDeclaration read_pipeline(const Json& json) {
  PipelineDeclaration pipeline;
  pipeline.name = read_name(json);
  pipeline.version = get<std::uint32_t>(json, "version", 1);
  const auto mode = json.at("executionMode").get<std::string>();
  pipeline.mode = value_of(definition::mode_from(mode), mode);
  const auto type = json.at("pipelineType").get<std::string>();
  if (type != "V1" && type != "V2") throw Unknown{type};
  pipeline.type = type == "V1" ? PipelineType::kV1 : PipelineType::kV2;
  pipeline.role_arn = get<std::string>(json, "roleArn");
  pipeline.variables = read_list(json, "variables", [](const Json& item) {
    return VariableDeclaration{read_name(item), get<std::string>(item, "defaultValue"),
                               get<std::string>(item, "description"),
                               item.contains("defaultValue")};
  });
  pipeline.stages = read_list(json, "stages", read_stage);
  pipeline.triggers = read_list(json, "triggers", read_trigger);
  pipeline.finish_on_own_version = get<bool>(json, "finishOnOwnVersion");
  pipeline.supersede_waiting_approval = get<bool>(json, "supersedeWaitingApproval");
  pipeline.max_executions = get<std::uint32_t>(json, "maxExecutions");
  pipeline.max_parallel_actions = get<std::uint32_t>(json, "maxParallelActions");
  pipeline.base_directory = get<std::string>(json, "baseDirectory");
  return pipeline;
}

}  // namespace

Result<PipelineDeclaration> from_json(std::string_view json) {
  try {
    return read_pipeline(Json::parse(json));
  } catch (const Json::exception& error) {
    return Error{ErrorKind::kCorrupt, "pipeline declaration", error.what()};
  } catch (const Unknown& unknown) {
    return Error{ErrorKind::kCorrupt, "pipeline declaration",
                 "unknown word \"" + unknown.word + "\"; it was written by a newer version"};
  }
}

}  // namespace sluice
