// What is asked of one stage: retry, rollback, transitions, conditions, approvals, revisions.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/api/history.hpp"
#include "engine/api/room.hpp"
#include "engine/core/names.hpp"
#include "engine/runtime/random_id.hpp"

namespace sluice::api {
namespace {

constexpr std::string_view kRetryModes[] = {"FAILED_ACTIONS", "ALL_ACTIONS"};
constexpr std::string_view kConditionTypes[] = {"BEFORE_ENTRY", "ON_SUCCESS"};
constexpr std::string_view kDirections[] = {"Inbound", "Outbound"};
constexpr std::string_view kAnswers[] = {"Approved", "Rejected"};

constexpr Member kPipeline{
    .name = "pipelineName", .required = true, .min = 1, .max = 100, .charset = &kName};
constexpr Member kStage{
    .name = "stageName", .required = true, .min = 1, .max = 100, .charset = &kName};
constexpr Member kAction{
    .name = "actionName", .required = true, .min = 1, .max = 100, .charset = &kName};
constexpr Member kExecution{.name = "pipelineExecutionId", .required = true, .charset = &kUuid};

constexpr Member kRetry[] = {
    kPipeline, kStage, kExecution, {.name = "retryMode", .required = true, .choices = kRetryModes}};
constexpr Member kRollback[] = {
    kPipeline, kStage, {.name = "targetPipelineExecutionId", .required = true, .charset = &kUuid}};
constexpr Member kOverride[] = {
    kPipeline,
    kStage,
    kExecution,
    {.name = "conditionType", .required = true, .choices = kConditionTypes}};
constexpr Member kDisable[] = {
    kPipeline,
    kStage,
    {.name = "transitionType", .required = true, .choices = kDirections},
    {.name = "reason", .required = true, .min = 1, .max = 300, .charset = &kReason}};
constexpr Member kEnable[] = {
    kPipeline, kStage, {.name = "transitionType", .required = true, .choices = kDirections}};
constexpr Member kResult[] = {{.name = "summary", .required = true, .max = 512},
                              {.name = "status", .required = true, .choices = kAnswers}};
constexpr Member kApproval[] = {
    kPipeline,
    kStage,
    kAction,
    {.name = "result", .type = MemberType::kObject, .required = true, .members = kResult},
    {.name = "token", .required = true, .charset = &kUuid}};
constexpr Member kRevisionMembers[] = {
    {.name = "revisionId", .required = true, .min = 1, .max = 1500},
    {.name = "revisionChangeId", .required = true, .min = 1, .max = 100},
    {.name = "created", .type = MemberType::kNumber, .required = true}};
constexpr Member kRevision[] = {kPipeline,
                                kStage,
                                kAction,
                                {.name = "actionRevision",
                                 .type = MemberType::kObject,
                                 .required = true,
                                 .members = kRevisionMembers}};

// A stage by its name; StageNotFoundException.
const StageDeclaration* find_stage(const Adoption& pipeline, const std::string& name,
                                   const Answer& answer) {
  for (const StageDeclaration& stage : pipeline.declaration->stages)
    if (stage.name == name) return &stage;
  answer.refuse("StageNotFoundException", "The pipeline " + pipeline.declaration->name +
                                              " does not have a stage with name '" + name + "'");
  return nullptr;
}

struct Place {
  std::string pipeline, stage;
  std::uint32_t version = 0;  // of the pipeline
};

// Pipeline and stage of a request, which both exist.
std::optional<Place> place_of(const Ground& ground, const Json& in, const Answer& answer) {
  Place place{text_of(in, "pipelineName"), text_of(in, "stageName")};
  const auto found = find_pipeline(ground, place.pipeline, answer);
  if (!found || find_stage(*found, place.stage, answer) == nullptr) return std::nullopt;
  place.version = found->declaration->version;
  return place;
}

// Why an execution that has left the engine's state is not one to retry; none if that is for the
// engine to say.
std::optional<Rejected> cannot_retry(const ExecutionRow& row, std::uint32_t version) {
  const auto no = [](const char* why) {
    return Rejected{"StageNotRetryableException",
                    std::string("The stage cannot be retried: ") + why};
  };
  if (row.version != version) return no("the pipeline has been updated since.");
  if (row.status == ExecutionStatus::kSucceeded || row.status == ExecutionStatus::kSuperseded ||
      row.status == ExecutionStatus::kCancelled)
    return no("the execution ended without a failure.");
  return std::nullopt;
}

void retry(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  const auto place = place_of(ground, in, answer);
  if (!place) return;
  const auto row = look_up_run(ground, place->pipeline, text_of(in, "pipelineExecutionId"));
  if (!row && row.error().kind != ErrorKind::kNotFound) return answer.fault(row.error());
  if (row)
    if (const auto refused = cannot_retry(*row, place->version)) return answer.refuse(*refused);
  RetryStage input{id_of(in, "pipelineExecutionId"), place->stage, {}, caller.arn};
  (void)parse(text_of(in, "retryMode"), input.mode);
  put_in(ground, place->pipeline, input, answer,
         [id = input.execution](const Accepted&, const Answer& to) {
           to.send({{"pipelineExecutionId", to_text(id)}});
         });
}

// What history knows of a rollback's target, which may have ended long ago.
Result<RollbackRecord> record_of(const Ground& ground, const ExecutionRow& row,
                                 const std::string& stage_name) {
  const auto declaration = ground.parts.store.declaration(row.pipeline, row.version);
  if (!declaration) return declaration.error();
  const auto facts = ground.parts.store.execution_facts(row.pipeline, row.number);
  if (!facts) return facts.error();
  RollbackRecord record;
  record.number = row.number;
  record.id = row.id;
  record.version = row.version;
  record.type = row.type;
  const History history = fold_history(*facts, **declaration);
  record.variables = history.variables;
  const auto& stages = (*declaration)->stages;
  const auto stage = std::find_if(stages.begin(), stages.end(),
                                  [&](const auto& one) { return one.name == stage_name; });
  const auto index = static_cast<Index>(stage - stages.begin());
  record.succeeded_in_stage =
      stage != stages.end() && history.stages[index].status == StageStatus::kSucceeded;
  for (const StoredFact& stored : *facts) {
    if (const auto* started = std::get_if<ExecutionStarted>(&stored.fact))
      record.source_revisions = started->source_revisions;
    if (const auto* done = std::get_if<ActionSucceeded>(&stored.fact);
        done != nullptr && !names_rule(done->key) && done->key.stage < index) {
      std::erase_if(record.outputs, [&](const ActionOutput& output) {
        return output.stage == done->key.stage && output.action == done->key.action;
      });
      record.outputs.push_back({done->key.stage, done->key.action, done->variables, done->outputs});
    }
  }
  return record;
}

// What the stage will ask for is there, and stays while the rollback is on its way; else the name
// of what is not.
Result<std::string> missing_artifact(const Ground& ground, const RollbackRecord& record) {
  if (ground.parts.artifacts == nullptr) return std::string();
  for (const ActionOutput& output : record.outputs) {
    for (const ArtifactRef& artifact : output.artifacts) {
      const auto kept = ground.parts.artifacts->keep(artifact.digest);
      if (kept) continue;
      if (kept.error().kind == ErrorKind::kNotFound) return artifact.name;
      return kept.error();
    }
  }
  return std::string();
}

void roll_back(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  const auto place = place_of(ground, in, answer);
  if (!place) return;
  const Json target{{"pipelineExecutionId", in.at("targetPipelineExecutionId")}};
  const auto row = find_run(ground, place->pipeline, target, answer);
  if (!row) return;
  auto record = record_of(ground, *row, place->stage);
  if (!record) return answer.fault(record.error());
  const auto missing = missing_artifact(ground, *record);
  if (!missing) return answer.fault(missing.error());
  if (!missing->empty())
    return answer.refuse("UnableToRollbackStageException",
                         "The artifact " + *missing +
                             " of the execution was removed by retention; roll back to a newer "
                             "execution, or start one.");
  put_in(ground, place->pipeline,
         RollbackStage{random_id(), place->stage, row->id, caller.arn, std::move(*record)}, answer,
         [](const Accepted& accepted, const Answer& to) {
           to.send({{"pipelineExecutionId", to_text(accepted.id)}});
         });
}

void override_condition(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  const auto place = place_of(ground, in, answer);
  if (!place) return;
  OverrideCondition input{id_of(in, "pipelineExecutionId"), place->stage, {}, caller.arn};
  (void)parse(text_of(in, "conditionType"), input.hook);
  put_in(ground, place->pipeline, input, answer,
         [](const Accepted&, const Answer& to) { to.send_nothing(); });
}

void change_transition(const Ground& ground, const Json& in, const Caller& caller, bool enable,
                       const Answer& answer) {
  const auto place = place_of(ground, in, answer);
  if (!place) return;
  const bool inbound = text_of(in, "transitionType") == "Inbound";
  put_in(ground, place->pipeline,
         ChangeTransition{place->stage, inbound, enable, text_of(in, "reason"), caller.arn}, answer,
         [](const Accepted&, const Answer& to) { to.send_nothing(); });
}
void disable(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  change_transition(ground, in, caller, false, answer);
}
void enable(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  change_transition(ground, in, caller, true, answer);
}

void put_approval(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  const std::string pipeline = text_of(in, "pipelineName");
  if (!find_pipeline(ground, pipeline, answer)) return;
  const Json& result = in.at("result");
  AnswerApproval input{text_of(in, "stageName"),   text_of(in, "actionName"),
                       id_of(in, "token"),         text_of(result, "status") == "Approved",
                       text_of(result, "summary"), caller.arn};
  put_in(ground, pipeline, std::move(input), answer, [&ground](const Accepted&, const Answer& to) {
    to.send({{"approvedAt", seconds(ground.parts.clock.now())}});
  });
}

// Whether an execution was started with a revision of an action, or took it by itself.
Result<bool> has_revision(const Ground& ground, const ExecutionRow& row, const std::string& action,
                          const std::string& revision) {
  const auto declaration = ground.parts.store.declaration(row.pipeline, row.version);
  if (!declaration) return declaration.error();
  const auto& sources = (*declaration)->stages.front().actions;
  for (const auto& [source, artifact] : row.details.revisions)
    if (source < sources.size() && sources[source].name == action && artifact.revision == revision)
      return true;
  const auto facts = ground.parts.store.execution_facts(row.pipeline, row.number);
  if (!facts) return facts.error();
  for (const StoredFact& stored : *facts)
    if (const auto* started = std::get_if<ExecutionStarted>(&stored.fact))
      for (const SourceRevision& given : started->source_revisions)
        if (given.action == action && given.value == revision) return true;
  return false;
}

// For custom sources: a revision that is not the last one seen starts an execution with it.
void put_revision(const Ground& ground, const Json& in, const Caller& caller, Answer answer) {
  const std::string name = text_of(in, "pipelineName"), action = text_of(in, "actionName");
  const auto pipeline = find_pipeline(ground, name, answer);
  if (!pipeline) return;
  const StageDeclaration* stage = find_stage(*pipeline, text_of(in, "stageName"), answer);
  if (stage == nullptr) return;
  const auto found = std::find_if(stage->actions.begin(), stage->actions.end(),
                                  [&](const auto& one) { return one.name == action; });
  if (found == stage->actions.end() || found->type.category != Category::kSource)
    return answer.refuse(
        "ActionNotFoundException",
        "The stage " + stage->name + " does not have a source action with name '" + action + "'");
  const std::string revision = text_of(in.at("actionRevision"), "revisionId");
  const auto newest = ground.parts.store.executions({name, {}, {}, 1, 0});
  if (!newest) return answer.fault(newest.error());
  if (!newest->empty()) {
    const ExecutionRow& row = newest->front();
    const auto known = has_revision(ground, row, action, revision);
    if (!known) return answer.fault(known.error());
    if (*known)
      return answer.send({{"newRevision", false}, {"pipelineExecutionId", to_text(row.id)}});
  }
  StartExecution start;
  start.id = random_id();
  start.trigger = {"PutActionRevision", caller.arn};
  start.source_revisions = {{action, "COMMIT_ID", revision}};
  put_in(ground, name, std::move(start), answer, [](const Accepted& accepted, const Answer& to) {
    to.send({{"newRevision", true}, {"pipelineExecutionId", to_text(accepted.id)}});
  });
}

constexpr OperationRow kRows[] = {{"RetryStageExecution", retry, kRetry},
                                  {"RollbackStage", roll_back, kRollback},
                                  {"OverrideStageCondition", override_condition, kOverride},
                                  {"DisableStageTransition", disable, kDisable},
                                  {"EnableStageTransition", enable, kEnable},
                                  {"PutApprovalResult", put_approval, kApproval},
                                  {"PutActionRevision", put_revision, kRevision}};

}  // namespace

std::span<const OperationRow> stage_operations() {
  return kRows;
}

}  // namespace sluice::api
