#include "engine/cli/server_commands.hpp"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/cli/open_store.hpp"
#include "engine/cli/server_call.hpp"
#include "engine/cli/watch.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;

const std::string kOperations = kCodePipelineTarget;

// What most of these commands are told.
struct Options {
  std::string data, pipeline, execution, stage, reason;
};

std::string short_id(const std::string& id) {
  return id.substr(0, 8);
}

// The execution that a command means: the one named, or the pipeline's latest.
Result<ExecutionRow> meant(const Options& options) {
  auto store = open_existing_store(options.data);
  if (!store) return store.error();
  return find_named_execution(**store,
                              options.execution.empty() ? options.pipeline : options.execution);
}

struct StartOptions : Options {
  std::vector<std::string> variables, revisions;
  std::string token;
  bool watch = false;
};

Result<Json> pairs(const std::vector<std::string>& given, const char* option, const char* key,
                   const char* value) {
  Json list = Json::array();
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      return Error{ErrorKind::kBadInput, option, "\"" + text + "\" is not of the form NAME=VALUE"};
    list.push_back({{key, text.substr(0, equals)}, {value, text.substr(equals + 1)}});
  }
  return list;
}

int start(const StartOptions& options) {
  auto variables = pairs(options.variables, "--variable", "name", "value");
  if (!variables) return complain(variables.error());
  auto revisions = pairs(options.revisions, "--revision", "actionName", "revisionValue");
  if (!revisions) return complain(revisions.error());
  Json input = {{"name", options.pipeline}};
  if (!variables->empty()) input["variables"] = *variables;
  for (Json& revision : *revisions) revision["revisionType"] = "COMMIT_ID";
  if (!revisions->empty()) input["sourceRevisions"] = *revisions;
  if (!options.token.empty()) input["clientRequestToken"] = options.token;
  const auto reply =
      ServerConnection(options.data).call(kOperations + "StartPipelineExecution", input);
  if (!reply) return reply.complain();
  const std::string id = reply->value("pipelineExecutionId", "");
  if (options.watch) return watch_execution(options.data, parse_uuid(id));
  std::printf("%s\n", id.c_str());
  std::fprintf(stderr, "Started; `sluice watch %s` looks at it.\n", short_id(id).c_str());
  return 0;
}

int stop(const Options& options, bool abandon) {
  const auto row = meant(options);
  if (!row) return complain(row.error());
  Json input = {{"pipelineName", row->pipeline},
                {"pipelineExecutionId", to_text(row->id)},
                {"abandon", abandon}};
  if (!options.reason.empty()) input["reason"] = options.reason;
  const auto reply =
      ServerConnection(options.data).call(kOperations + "StopPipelineExecution", input);
  if (!reply) return reply.complain();
  std::printf("%s #%u %s.\n", row->pipeline.c_str(), row->number,
              abandon ? "is abandoned: running actions are ended"
                      : "is stopping: running actions are let finish");
  return 0;
}

int retry(const Options& options, bool all) {
  const auto row = meant(options);
  if (!row) return complain(row.error());
  const auto reply = ServerConnection(options.data)
                         .call(kOperations + "RetryStageExecution",
                               {{"pipelineName", row->pipeline},
                                {"stageName", options.stage},
                                {"pipelineExecutionId", to_text(row->id)},
                                {"retryMode", all ? "ALL_ACTIONS" : "FAILED_ACTIONS"}});
  if (!reply) return reply.complain();
  std::printf("%s #%u: %s of %s run again; `sluice watch %s` looks at it.\n", row->pipeline.c_str(),
              row->number, all ? "all actions" : "the failed actions", options.stage.c_str(),
              short_id(to_text(row->id)).c_str());
  return 0;
}

// Without a target: the execution before the latest that succeeded in the stage.
Result<std::string> rollback_target(ServerConnection& server, const Options& options,
                                    ServerReply& trouble) {
  trouble = server.call(kOperations + "ListPipelineExecutions",
                        {{"pipelineName", options.pipeline},
                         {"maxResults", 2},
                         {"filter", {{"succeededInStage", {{"stageName", options.stage}}}}}});
  if (!trouble) return std::string();
  const Json& found = (*trouble)["pipelineExecutionSummaries"];
  if (found.size() < 2)
    return Error{ErrorKind::kNotFound, options.stage,
                 "no earlier execution of " + options.pipeline +
                     " succeeded in this stage; name one with --to"};
  return found[1].value("pipelineExecutionId", "");
}

int rollback(const Options& options) {
  ServerConnection server(options.data);
  std::string target;
  if (options.execution.empty()) {
    ServerReply trouble = Json::object();
    auto found = rollback_target(server, options, trouble);
    if (!trouble) return trouble.complain();
    if (!found) return complain(found.error());
    target = *found;
  } else {
    const auto row = meant(options);
    if (!row) return complain(row.error());
    target = to_text(row->id);
  }
  const auto reply =
      server.call(kOperations + "RollbackStage", {{"pipelineName", options.pipeline},
                                                  {"stageName", options.stage},
                                                  {"targetPipelineExecutionId", target}});
  if (!reply) return reply.complain();
  const std::string id = reply->value("pipelineExecutionId", "");
  std::printf("%s goes back to %s in %s; `sluice watch %s` looks at it.\n",
              options.pipeline.c_str(), short_id(target).c_str(), options.stage.c_str(),
              short_id(id).c_str());
  return 0;
}

int change_transition(const Options& options, bool enable, bool outbound) {
  Json input = {{"pipelineName", options.pipeline},
                {"stageName", options.stage},
                {"transitionType", outbound ? "Outbound" : "Inbound"}};
  if (!enable) input["reason"] = options.reason;
  const auto reply =
      ServerConnection(options.data)
          .call(kOperations + (enable ? "EnableStageTransition" : "DisableStageTransition"), input);
  if (!reply) return reply.complain();
  std::printf("The transition %s %s of %s is %s.\n", outbound ? "out of" : "into",
              options.stage.c_str(), options.pipeline.c_str(), enable ? "enabled" : "disabled");
  return 0;
}

int override_condition(const Options& options, const std::string& condition) {
  const auto row = meant(options);
  if (!row) return complain(row.error());
  const auto reply =
      ServerConnection(options.data)
          .call(kOperations + "OverrideStageCondition", {{"pipelineName", row->pipeline},
                                                         {"stageName", options.stage},
                                                         {"pipelineExecutionId", to_text(row->id)},
                                                         {"conditionType", condition}});
  if (!reply) return reply.complain();
  std::printf("The condition of %s is overridden; %s #%u goes on.\n", options.stage.c_str(),
              row->pipeline.c_str(), row->number);
  return 0;
}

int remove(const Options& options, bool yes) {
  if (!yes) {
    std::fprintf(stderr,
                 "sluice: %s, its executions in flight and its place in the history would go; "
                 "say --yes if you mean it\n",
                 options.pipeline.c_str());
    return 2;
  }
  const auto reply = ServerConnection(options.data)
                         .call(kOperations + "DeletePipeline", {{"name", options.pipeline}});
  if (!reply) return reply.complain();
  std::printf("%s is deleted.\n", options.pipeline.c_str());
  return 0;
}

CLI::App* command(CLI::App& app, const char* name, const char* text, Options& options) {
  auto* added = app.add_subcommand(name, text);
  add_data_option(*added, options.data);
  added->add_option("pipeline", options.pipeline, "Pipeline")->required();
  return added;
}
void stage_of(CLI::App& app, Options& options) {
  app.add_option("stage", options.stage, "Stage")->required();
}
void execution_of(CLI::App& app, Options& options, const char* text) {
  app.add_option("--execution", options.execution, text);
}
constexpr const char* kLatest = "Id or its beginning, or PIPELINE#7; the latest if absent";

}  // namespace

void add_start_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<StartOptions>();
  auto* start_command = command(app, "start", "Start an execution of a pipeline", *options);
  start_command->add_option("--variable,-v", options->variables,
                            "NAME=VALUE of a pipeline variable; may be repeated");
  start_command->add_option("--revision", options->revisions,
                            "ACTION=COMMIT for a source action; may be repeated");
  start_command->add_option("--token", options->token,
                            "A second start with the same token starts nothing");
  start_command->add_flag("--watch,-w", options->watch, "Look at it until it ends");
  start_command->callback([options, &exit_code] { exit_code = start(*options); });
}

void add_stop_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto abandon = std::make_shared<bool>(false);
  auto* stop_command = command(app, "stop", "Stop an execution", *options);
  execution_of(*stop_command, *options, kLatest);
  stop_command->add_flag("--abandon", *abandon,
                         "End running actions instead of letting them finish");
  stop_command->add_option("--reason", options->reason, "Why, for the history");
  stop_command->callback([options, abandon, &exit_code] { exit_code = stop(*options, *abandon); });
}

void add_retry_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto all = std::make_shared<bool>(false);
  auto* retry_command = command(app, "retry", "Run the failed actions of a stage again", *options);
  stage_of(*retry_command, *options);
  execution_of(*retry_command, *options, kLatest);
  retry_command->add_flag("--all", *all, "All actions of the stage, not only those that failed");
  retry_command->callback([options, all, &exit_code] { exit_code = retry(*options, *all); });
}

void add_rollback_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* rollback_command =
      command(app, "rollback", "Run a stage as an earlier execution did", *options);
  stage_of(*rollback_command, *options);
  rollback_command->add_option("--to", options->execution,
                               "That execution; the last but one that succeeded there if absent");
  rollback_command->callback([options, &exit_code] { exit_code = rollback(*options); });
}

void add_transition_command(CLI::App& app, int& exit_code) {
  auto* both = app.add_subcommand("transition", "Disable or enable the way into a stage");
  both->require_subcommand(1);
  for (const bool enable : {false, true}) {
    auto options = std::make_shared<Options>();
    auto outbound = std::make_shared<bool>(false);
    auto* one = command(*both, enable ? "enable" : "disable",
                        enable ? "Let executions pass again" : "Let executions wait", *options);
    stage_of(*one, *options);
    one->add_flag("--outbound", *outbound, "The way out of the stage instead");
    if (!enable)
      one->add_option("--reason", options->reason, "Why; shown to whoever wonders")->required();
    one->callback([options, outbound, enable, &exit_code] {
      exit_code = change_transition(*options, enable, *outbound);
    });
  }
}

void add_override_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto condition = std::make_shared<std::string>("BEFORE_ENTRY");
  auto* override_command =
      command(app, "override", "Let a stage go on whose condition says no", *options);
  stage_of(*override_command, *options);
  execution_of(*override_command, *options, kLatest);
  override_command->add_option("--condition", *condition, "BEFORE_ENTRY or ON_SUCCESS")
      ->check(CLI::IsMember({"BEFORE_ENTRY", "ON_SUCCESS"}))
      ->capture_default_str();
  override_command->callback(
      [options, condition, &exit_code] { exit_code = override_condition(*options, *condition); });
}

void add_delete_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto yes = std::make_shared<bool>(false);
  auto* delete_command = command(app, "delete", "Delete a pipeline", *options);
  delete_command->add_flag("--yes,-y", *yes, "Really");
  delete_command->callback([options, yes, &exit_code] { exit_code = remove(*options, *yes); });
}

}  // namespace sluice
