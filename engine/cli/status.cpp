// What a server's pipelines are doing: `sluice pipelines` and `sluice status`.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/cli/open_store.hpp"
#include "engine/cli/server_call.hpp"
#include "engine/cli/server_commands.hpp"
#include "engine/cli/terminal.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;

struct Options {
  std::string data, pipeline;
  bool json = false;
};

const std::string kOperations = kCodePipelineTarget;

std::int64_t to_ms(const Json& object, const char* key) {
  return static_cast<std::int64_t>(object.value(key, 0.0) * 1000);
}

Paint paint_of_status(const std::string& status) {
  if (status == "Succeeded") return Paint::kGreen;
  if (status == "Failed") return Paint::kRed;
  if (status == "InProgress") return Paint::kBlue;
  return Paint::kYellow;
}

std::string column(const Terminal& terminal, const std::string& status) {
  return terminal.paint(pad(status, 10), paint_of_status(status));
}

// The latest execution of a pipeline, or an empty object.
Json latest_of(ServerConnection& server, const std::string& name) {
  const auto reply = server.call(kOperations + "ListPipelineExecutions",
                                 {{"pipelineName", name}, {"maxResults", 1}});
  if (!reply) return Json::object();
  const Json list = reply->value("pipelineExecutionSummaries", Json::array());
  return list.empty() ? Json::object() : list[0];
}

int list_pipelines(const Options& options) {
  ServerConnection server(options.data);
  Json all = Json::array();
  Json input = Json::object();
  do {
    const auto page = server.call(kOperations + "ListPipelines", input);
    if (!page) return page.complain();
    for (const Json& pipeline : page->value("pipelines", Json::array())) all.push_back(pipeline);
    input["nextToken"] = page->value("nextToken", "");
  } while (!input["nextToken"].get<std::string>().empty());
  if (options.json) {
    std::printf("%s\n", all.dump().c_str());
    return 0;
  }
  if (all.empty()) {
    std::printf("No pipelines; `sluice apply pipeline.yml` creates one.\n");
    return 0;
  }
  const Terminal terminal = Terminal::current();
  int width = 8;
  for (const Json& pipeline : all) width = std::max(width, columns_of(pipeline.value("name", "")));
  std::printf("%s\n",
              terminal.paint(pad("PIPELINE", width) + "  VERSION  LATEST      STARTED", Paint::kDim)
                  .c_str());
  for (const Json& pipeline : all) {
    const std::string name = pipeline.value("name", "");
    const Json latest = latest_of(server, name);
    std::string line =
        pad(name, width) + "  " + pad(std::to_string(pipeline.value("version", 0)), 7) + "  ";
    line += latest.empty() ? "never ran"
                           : column(terminal, latest.value("status", "")) + "  " +
                                 local_time(to_ms(latest, "startTime"));
    std::printf("%s\n", line.c_str());
  }
  return 0;
}

void print_action(const Json& action, const Terminal& terminal) {
  const Json latest = action.value("latestExecution", Json::object());
  const std::string status = latest.value("status", "");
  const std::string shown = status.empty() ? "not yet" : status;
  std::string line = "    " + column(terminal, shown) + "  " + action.value("actionName", "");
  std::string more = latest.value("summary", "");
  const Json error = latest.value("errorDetails", Json::object());
  if (error.contains("message")) more = error.value("message", "");
  if (latest.contains("token"))
    more += (more.empty() ? "" : "; ") + std::string("waits for an approval");
  if (!more.empty()) line += "  " + fit(more, std::max(20, terminal.width - columns_of(line) - 2));
  std::printf("%s\n", line.c_str());
}

void print_condition(const Json& stage, const char* key, const char* name,
                     const Terminal& terminal) {
  const Json latest = stage.value(key, Json::object()).value("latestExecution", Json::object());
  const std::string status = latest.value("status", "");
  if (status.empty()) return;
  std::printf("    %s  %s%s\n", column(terminal, status).c_str(), name,
              latest.contains("summary") ? (": " + latest.value("summary", "")).c_str() : "");
}

void print_stage(const Json& stage, const Terminal& terminal) {
  const Json latest = stage.value("latestExecution", Json::object());
  std::string line = terminal.paint(stage.value("stageName", ""), Paint::kBold);
  if (!latest.empty())
    line +=
        "  " +
        terminal.paint(latest.value("status", ""), paint_of_status(latest.value("status", ""))) +
        "  " + latest.value("pipelineExecutionId", "").substr(0, 8);
  std::printf("%s\n", line.c_str());
  const Json transition = stage.value("inboundTransitionState", Json::object());
  if (!transition.value("enabled", true))
    std::printf("    %s\n",
                terminal
                    .paint("closed by " + transition.value("lastChangedBy", "somebody") + ": " +
                               transition.value("disabledReason", ""),
                           Paint::kYellow)
                    .c_str());
  for (const Json& waiting : stage.value("inboundExecutions", Json::array()))
    std::printf("    waits to enter: %s\n",
                waiting.value("pipelineExecutionId", "").substr(0, 8).c_str());
  print_condition(stage, "beforeEntryConditionState", "condition before entry", terminal);
  for (const Json& action : stage.value("actionStates", Json::array()))
    print_action(action, terminal);
  print_condition(stage, "onSuccessConditionState", "condition on success", terminal);
  print_condition(stage, "onFailureConditionState", "condition on failure", terminal);
}

// A PARALLEL pipeline's state tells of none of its executions (facts/codepipeline.md 2.8): they
// stand side by side, each with a life of its own.
void print_parallel(ServerConnection& server, const Options& options) {
  const auto reply = server.call(kOperations + "ListPipelineExecutions",
                                 {{"pipelineName", options.pipeline}, {"maxResults", 50}});
  if (!reply) return;
  std::string first;
  for (const Json& one : reply->value("pipelineExecutionSummaries", Json::array())) {
    const std::string status = one.value("status", "");
    if (one.value("executionMode", "") != "PARALLEL" ||
        (status != "InProgress" && status != "Stopping"))
      continue;
    const std::string id = one.value("pipelineExecutionId", "").substr(0, 8);
    if (first.empty()) std::printf("\nSide by side in PARALLEL mode:\n");
    if (first.empty()) first = id;
    std::printf("  %s  %s  since %s\n", id.c_str(), status.c_str(),
                local_time(to_ms(one, "startTime")).c_str());
  }
  if (!first.empty())
    std::printf("`sluice watch %s` and `sluice explain %s` look at one of them.\n", first.c_str(),
                first.c_str());
}

int show_status(const Options& options) {
  ServerConnection server(options.data);
  const auto state = server.call(kOperations + "GetPipelineState", {{"name", options.pipeline}});
  if (!state) return state.complain();
  if (options.json) {
    std::printf("%s\n", state->dump().c_str());
    return 0;
  }
  const Terminal terminal = Terminal::current();
  std::printf("%s, version %d\n\n", options.pipeline.c_str(), state->value("pipelineVersion", 0));
  for (const Json& stage : state->value("stageStates", Json::array())) print_stage(stage, terminal);
  print_parallel(server, options);
  return 0;
}

}  // namespace

void add_pipelines_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("pipelines", "List a server's pipelines");
  add_data_option(*command, options->data);
  command->add_flag("--json", options->json, "A JSON array");
  command->callback([options, &exit_code] { exit_code = list_pipelines(*options); });
}

void add_status_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("status", "What is going on in a pipeline, stage by stage");
  command->add_option("pipeline", options->pipeline, "Pipeline")->required();
  add_data_option(*command, options->data);
  command->add_flag("--json", options->json, "What GetPipelineState answers");
  command->callback([options, &exit_code] { exit_code = show_status(*options); });
}

}  // namespace sluice
