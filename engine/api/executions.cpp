// Executions: start, stop, one, many.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/api/room.hpp"
#include "engine/core/names.hpp"
#include "engine/runtime/random_id.hpp"

namespace sluice::api {
namespace {

constexpr std::string_view kRevisionTypes[] = {"COMMIT_ID", "IMAGE_DIGEST", "S3_OBJECT_KEY",
                                               "S3_OBJECT_VERSION_ID"};
constexpr Member kVariable[] = {
    {.name = "name", .required = true, .min = 1, .max = 128, .charset = &kVariableName},
    {.name = "value", .required = true, .min = 1, .max = 1000}};
constexpr Member kRevision[] = {
    {.name = "actionName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "revisionType", .required = true, .choices = kRevisionTypes},
    {.name = "revisionValue", .required = true, .min = 1, .max = 1500}};
constexpr Member kStart[] = {
    {.name = "name", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "variables", .type = MemberType::kList, .min = 1, .max = 50, .members = kVariable},
    {.name = "clientRequestToken", .min = 1, .max = 128, .charset = &kToken},
    {.name = "sourceRevisions", .type = MemberType::kList, .max = 50, .members = kRevision}};
constexpr Member kStop[] = {
    {.name = "pipelineName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "pipelineExecutionId", .required = true, .charset = &kUuid},
    {.name = "abandon", .type = MemberType::kBoolean},
    {.name = "reason", .max = 200}};
constexpr Member kGet[] = {
    {.name = "pipelineName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "pipelineExecutionId", .required = true, .charset = &kUuid}};
constexpr Member kSucceeded[] = {{.name = "stageName", .min = 1, .max = 100, .charset = &kName}};
constexpr Member kFilter[] = {
    {.name = "succeededInStage", .type = MemberType::kObject, .members = kSucceeded}};
constexpr Member kList[] = {
    {.name = "pipelineName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "maxResults", .type = MemberType::kInteger, .min = 1, .max = 100},
    {.name = "filter", .type = MemberType::kObject, .members = kFilter},
    {.name = "nextToken", .min = 1, .max = 2048}};

void start(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  StartExecution start;
  start.id = random_id();
  start.trigger = {"StartPipelineExecution", caller.arn};
  start.client_token = text_of(in, "clientRequestToken");
  for (const Json& variable : in.value("variables", Json::array()))
    start.variables.emplace_back(text_of(variable, "name"), text_of(variable, "value"));
  for (const Json& revision : in.value("sourceRevisions", Json::array()))
    start.source_revisions.push_back({text_of(revision, "actionName"),
                                      text_of(revision, "revisionType"),
                                      text_of(revision, "revisionValue")});
  const std::string name = text_of(in, "name");
  put_in(ground, name, std::move(start), answer,
         [&ground, name](const Accepted& accepted, const Answer& to) {
           if (!accepted.id.empty())
             return to.send({{"pipelineExecutionId", to_text(accepted.id)}});
           // The same token came before: the execution that it started then.
           const auto row = ground.parts.store.execution(name, accepted.execution);
           if (!row) return to.fault(row.error());
           to.send({{"pipelineExecutionId", to_text(row->id)}});
         });
}

// An execution that is over is not in the engine's state any more: history says what it is.
void stop(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  const std::string pipeline = text_of(in, "pipelineName");
  if (!find_pipeline(ground, pipeline, answer)) return;
  const auto row = look_up_run(ground, pipeline, text_of(in, "pipelineExecutionId"));
  if (!row && row.error().kind != ErrorKind::kNotFound) return answer.fault(row.error());
  // PipelineExecutionNotFoundException is not among this operation's errors (facts 7).
  if (!row)
    return answer.refuse("PipelineExecutionNotStoppableException",
                         "The pipeline " + pipeline + " has no such execution to stop.");
  const StopExecution stop{row->id, flag_of(in, "abandon"), text_of(in, "reason"), caller.arn};
  put_in(ground, pipeline, stop, answer, [id = row->id](const Accepted&, const Answer& to) {
    to.send({{"pipelineExecutionId", to_text(id)}});
  });
}

Json trigger_json(const Trigger& trigger) {
  Json json{{"triggerType", trigger.type}};
  if (!trigger.detail.empty()) json["triggerDetail"] = trigger.detail.substr(0, 1024);
  return json;
}

std::string mode_text(const Ground& ground, const ExecutionRow& row) {
  const auto declaration = ground.parts.store.declaration(row.pipeline, row.version);
  return std::string(to_text(declaration ? (*declaration)->mode : ExecutionMode::kSuperseded));
}

void put_origin(const Ground& ground, Json& json, const ExecutionRow& row) {
  json["pipelineExecutionId"] = to_text(row.id);
  json["status"] = to_text(row.status);
  if (!row.summary.empty()) json["statusSummary"] = row.summary;
  json["trigger"] = trigger_json(row.trigger);
  json["executionMode"] = mode_text(ground, row);
  json["executionType"] = to_text(row.type);
  if (row.details.rollback_target == 0) return;
  if (const auto target = ground.parts.store.execution(row.pipeline, row.details.rollback_target))
    json["rollbackMetadata"] = {{"rollbackTargetPipelineExecutionId", to_text(target->id)}};
}

void put_text(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

void get(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const std::string pipeline = text_of(in, "pipelineName");
  if (!find_pipeline(ground, pipeline, answer)) return;
  const auto row = find_run(ground, pipeline, in, answer);
  if (!row) return;
  Json json{{"pipelineName", pipeline}, {"pipelineVersion", row->version}};
  put_origin(ground, json, *row);
  json["artifactRevisions"] = Json::array();
  for (const auto& [action, artifact] : row->details.revisions) {
    Json& revision = json["artifactRevisions"].emplace_back();
    revision = {{"name", artifact.name}, {"revisionId", artifact.revision}};
    put_text(revision, "revisionSummary", artifact.revision_summary);
    put_text(revision, "revisionUrl", artifact.revision_url);
  }
  const auto facts = ground.parts.store.execution_facts(pipeline, row->number);
  if (!facts) return answer.fault(facts.error());
  json["variables"] = Json::array();
  for (const StoredFact& stored : *facts) {
    const auto* started = std::get_if<ExecutionStarted>(&stored.fact);
    if (started == nullptr) continue;
    for (const auto& [name, value] : started->variables)
      json["variables"].push_back({{"name", name}, {"resolvedValue", value}});
  }
  answer.send({{"pipelineExecution", std::move(json)}});
}

Json summary_json(const Ground& ground, const ExecutionRow& row) {
  Json json;
  put_origin(ground, json, row);
  json["startTime"] = seconds(row.started);
  json["lastUpdateTime"] = seconds(row.updated);
  json["sourceRevisions"] = Json::array();
  const auto declaration = ground.parts.store.declaration(row.pipeline, row.version);
  for (const auto& [action, artifact] : row.details.revisions) {
    if (!declaration || action >= (*declaration)->stages.front().actions.size()) continue;
    Json& revision = json["sourceRevisions"].emplace_back();
    revision = {{"actionName", (*declaration)->stages.front().actions[action].name},
                {"revisionId", artifact.revision}};
    put_text(revision, "revisionSummary", artifact.revision_summary);
    put_text(revision, "revisionUrl", artifact.revision_url);
  }
  if (!row.details.stop_reason.empty()) json["stopTrigger"] = {{"reason", row.details.stop_reason}};
  return json;
}

// Whether an execution has succeeded in a stage: history tells it of those that are over.
bool succeeded_in(const Ground& ground, const ExecutionRow& row, const std::string& stage) {
  if (row.type != ExecutionType::kStandard) return false;
  const auto declaration = ground.parts.store.declaration(row.pipeline, row.version);
  if (!declaration) return false;
  std::vector<Index> succeeded = row.details.succeeded_stages;
  if (row.status == ExecutionStatus::kInProgress || row.status == ExecutionStatus::kStopping) {
    const auto facts = ground.parts.store.execution_facts(row.pipeline, row.number);
    if (!facts) return false;
    for (const StoredFact& stored : *facts)
      if (const auto* done = std::get_if<StageSucceeded>(&stored.fact))
        succeeded.push_back(done->stage);
  }
  return std::any_of(succeeded.begin(), succeeded.end(), [&](Index index) {
    return index < (*declaration)->stages.size() && (*declaration)->stages[index].name == stage;
  });
}

void list(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  constexpr std::uint32_t kMostLookedAt = 2000;  // by one call with a filter; then comes a token
  const std::string pipeline = text_of(in, "pipelineName");
  if (!find_pipeline(ground, pipeline, answer)) return;
  const auto most = static_cast<std::size_t>(number_of(in, "maxResults", 100));
  ExecutionFilter filter{pipeline, {}, {}, static_cast<std::uint32_t>(most) + 1, 0};
  if (const std::string token = text_of(in, "nextToken"); !token.empty()) {
    const auto position = page_position("executions", token);
    if (!position || *position == 0 || *position > UINT32_MAX)
      return answer.refuse("InvalidNextTokenException", "The nextToken is not one of this list.");
    filter.below = static_cast<ExecutionNumber>(*position);
  }
  std::string stage;
  if (const auto given = in.find("filter"); given != in.end())
    stage = text_of(given->value("succeededInStage", Json::object()), "stageName");
  Json summaries = Json::array();
  std::uint32_t looked_at = 0;
  bool more = true;
  while (more && summaries.size() < most && looked_at < kMostLookedAt) {
    const auto rows = ground.parts.store.executions(filter);
    if (!rows) return answer.fault(rows.error());
    more = rows->size() == filter.limit;
    for (const ExecutionRow& row : *rows) {
      if (summaries.size() == most) {
        more = true;
        break;
      }
      filter.below = row.number;
      ++looked_at;
      if (stage.empty() || succeeded_in(ground, row, stage))
        summaries.push_back(summary_json(ground, row));
    }
  }
  Json json{{"pipelineExecutionSummaries", std::move(summaries)}};
  if (more && filter.below > 1) json["nextToken"] = page_token("executions", filter.below);
  answer.send(json);
}

constexpr OperationRow kRows[] = {{"StartPipelineExecution", start, kStart},
                                  {"StopPipelineExecution", stop, kStop},
                                  {"GetPipelineExecution", get, kGet},
                                  {"ListPipelineExecutions", list, kList}};

}  // namespace

std::span<const OperationRow> execution_operations() {
  return kRows;
}

}  // namespace sluice::api
