#include "engine/cli/execution_json.hpp"

#include <nlohmann/json.hpp>

#include "engine/core/condition.hpp"
#include "engine/core/names.hpp"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

// Epoch seconds with a fraction, as the API has times (facts/wire.md 1.1).
Json time_json(Instant at) {
  return static_cast<double>(at.ms) / 1000.0;
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

Json artifacts_json(const std::vector<ArtifactRef>& artifacts) {
  Json list = Json::array();
  for (const ArtifactRef& artifact : artifacts) {
    Json one = {{"name", artifact.name}, {"digest", artifact.digest}};
    if (!artifact.revision.empty()) one["revisionId"] = artifact.revision;
    if (!artifact.revision_summary.empty()) one["revisionSummary"] = artifact.revision_summary;
    list.push_back(std::move(one));
  }
  return list;
}

Json texts_json(const Texts& texts) {
  Json object = Json::object();
  for (const auto& [key, value] : texts) object[key] = value;
  return object;
}

Json action_json(const ActionView& action, const char* name_key = "actionName") {
  Json json = {
      {name_key, action.name}, {"type", action.type}, {"status", status_text(action.status)}};
  if (action.started.ms == 0) return json;
  json["actionExecutionId"] = to_text(action.id);
  json["attempt"] = action.key.attempt;
  json["startTime"] = time_json(action.started);
  if (action.ended.ms != 0) json["endTime"] = time_json(action.ended);
  if (!action.account.summary.empty()) json["summary"] = action.account.summary;
  if (!action.account.external_id.empty()) json["externalExecutionId"] = action.account.external_id;
  if (!action.account.external_url.empty())
    json["externalExecutionUrl"] = action.account.external_url;
  if (action.status == ActionStatus::kFailed)
    json["errorDetails"] = {{"code", action.failure.code}, {"message", action.failure.message}};
  if (!action.by.empty()) json["lastUpdatedBy"] = action.by;
  if (!action.variables.empty()) json["outputVariables"] = texts_json(action.variables);
  if (!action.inputs.empty()) json["inputArtifacts"] = artifacts_json(action.inputs);
  if (!action.outputs.empty()) json["outputArtifacts"] = artifacts_json(action.outputs);
  if (auto details = Json::parse(action.account.details, nullptr, false); details.is_object())
    json["details"] = std::move(details);
  return json;
}

Json condition_json(const ConditionView& condition) {
  Json json = {{"hook", member_name(condition.hook)}, {"status", to_text(condition.status)}};
  if (condition.result != ConditionResult::kNone) json["result"] = to_text(condition.result);
  if (!condition.summary.empty()) json["summary"] = condition.summary;
  if (!condition.by.empty()) json["overriddenBy"] = condition.by;
  json["rules"] = Json::array();
  for (const ActionView& rule : condition.rules)
    json["rules"].push_back(action_json(rule, "ruleName"));
  return json;
}

}  // namespace

std::string executions_json(const std::vector<ExecutionRow>& rows) {
  Json list = Json::array();
  for (const ExecutionRow& row : rows) {
    Json one = {
        {"pipelineExecutionId", to_text(row.id)},
        {"pipelineName", row.pipeline},
        {"number", row.number},
        {"pipelineVersion", row.version},
        {"status", status_text(row.status)},
        {"startTime", time_json(row.started)},
        {"lastUpdateTime", time_json(row.updated)},
        {"trigger", {{"triggerType", row.trigger.type}, {"triggerDetail", row.trigger.detail}}}};
    if (!row.summary.empty()) one["statusSummary"] = row.summary;
    list.push_back(std::move(one));
  }
  return dump(list);
}

std::string execution_json(const ExecutionView& view) {
  Json json = {
      {"pipelineExecutionId", to_text(view.id)},
      {"pipelineName", view.pipeline},
      {"number", view.number},
      {"pipelineVersion", view.version},
      {"status", status_text(view.status)},
      {"startTime", time_json(view.started)},
      {"trigger", {{"triggerType", view.trigger.type}, {"triggerDetail", view.trigger.detail}}}};
  if (view.ended.ms != 0) json["endTime"] = time_json(view.ended);
  if (!view.summary.empty()) json["statusSummary"] = view.summary;
  json["variables"] = texts_json(view.variables);
  json["stages"] = Json::array();
  for (const StageView& stage : view.stages) {
    Json one = {{"stageName", stage.name}, {"status", status_text(stage.status)}};
    if (stage.started.ms != 0) one["startTime"] = time_json(stage.started);
    if (stage.ended.ms != 0) one["endTime"] = time_json(stage.ended);
    one["actions"] = Json::array();
    for (const ActionView& action : stage.actions) one["actions"].push_back(action_json(action));
    for (const ConditionView& condition : stage.conditions)
      if (condition.status != ConditionStatus::kNone)
        one["conditions"].push_back(condition_json(condition));
    json["stages"].push_back(std::move(one));
  }
  return dump(json);
}

}  // namespace sluice
