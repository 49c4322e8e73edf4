#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/cli/open_store.hpp"
#include "engine/cli/server_call.hpp"
#include "engine/cli/server_commands.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;

struct Options {
  std::string data, pipeline, action, summary, token;
};

struct Pending {
  std::string stage, action, token, summary;
};

// The actions that wait for an answer, from GetPipelineState.
std::vector<Pending> pending_approvals(const Json& state) {
  std::vector<Pending> pending;
  for (const Json& stage : state.value("stageStates", Json::array())) {
    for (const Json& action : stage.value("actionStates", Json::array())) {
      const Json latest = action.value("latestExecution", Json::object());
      if (latest.value("status", "") != "InProgress" || !latest.contains("token")) continue;
      pending.push_back({stage.value("stageName", ""), action.value("actionName", ""),
                         latest.value("token", ""), latest.value("summary", "")});
    }
  }
  return pending;
}

std::string list_of(const std::vector<Pending>& pending) {
  std::string list;
  for (const Pending& one : pending)
    list += (list.empty() ? "" : ", ") + one.stage + "/" + one.action;
  return list;
}

Result<Pending> choose(const std::vector<Pending>& pending, const Options& options) {
  std::vector<Pending> fitting;
  for (const Pending& one : pending)
    if (options.action.empty() || options.action == one.action ||
        options.action == one.stage + "/" + one.action)
      fitting.push_back(one);
  if (fitting.size() == 1) return fitting.front();
  if (pending.empty())
    return Error{ErrorKind::kNotFound, options.pipeline, "nothing of it waits for an approval"};
  if (fitting.empty())
    return Error{ErrorKind::kNotFound, options.action,
                 "it does not wait for an approval; what does: " + list_of(pending)};
  return Error{ErrorKind::kConflict, options.pipeline,
               "several actions wait for an approval, name one: " + list_of(fitting)};
}

int answer(const Options& options, bool approved) {
  ServerConnection server(options.data);
  const auto state = server.call(std::string(kCodePipelineTarget) + "GetPipelineState",
                                 {{"name", options.pipeline}});
  if (!state) return state.complain();
  auto chosen = choose(pending_approvals(*state), options);
  if (!chosen) {
    complain(chosen.error());
    return 1;
  }
  const auto reply = server.call(
      std::string(kCodePipelineTarget) + "PutApprovalResult",
      {{"pipelineName", options.pipeline},
       {"stageName", chosen->stage},
       {"actionName", chosen->action},
       {"token", options.token.empty() ? chosen->token : options.token},
       {"result", {{"status", approved ? "Approved" : "Rejected"}, {"summary", options.summary}}}});
  if (!reply) return reply.complain();
  std::printf("%s/%s of %s is %s.\n", chosen->stage.c_str(), chosen->action.c_str(),
              options.pipeline.c_str(), approved ? "approved" : "rejected");
  return 0;
}

}  // namespace

void add_approval_commands(CLI::App& app, int& exit_code) {
  for (const bool approved : {true, false}) {
    auto options = std::make_shared<Options>();
    auto* command =
        app.add_subcommand(approved ? "approve" : "reject",
                           approved ? "Let an execution that waits for an approval go on"
                                    : "Fail an execution that waits for an approval");
    add_data_option(*command, options->data);
    command->add_option("pipeline", options->pipeline, "Pipeline")->required();
    command->add_option("action", options->action,
                        "Stage/Action, or Action; not needed if only one waits");
    command->add_option("--summary,-m", options->summary, "A comment, for the history");
    command->add_option("--token", options->token,
                        "Only this request: refused if it is no longer the one that waits");
    command->callback([options, approved, &exit_code] { exit_code = answer(*options, approved); });
  }
}

}  // namespace sluice
