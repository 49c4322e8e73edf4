// `sluice explain`: of the server that has the data directory, else folded from the store.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/api/explained.hpp"
#include "engine/cli/explanation_text.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/server_call.hpp"
#include "engine/cli/server_commands.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/recovered.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;

struct Options {
  std::string data, what, place;
  bool json = false;
};

// What is asked for: a pipeline, perhaps one of its executions.
struct Asked {
  std::string pipeline;
  Uuid execution;  // empty: whichever is meant
  Focus focus;
};

// "Build", "Build/Compile" or "Build.Compile"; names may have dots of their own, so that the stages
// that there are decide.
Focus focus_of(const Store& store, const std::string& pipeline, const std::string& place) {
  const auto declaration = store.declaration(pipeline, 0);
  const auto is_stage = [&](const std::string& name) {
    return declaration && api::missing_part(**declaration, {name, ""}).empty();
  };
  if (is_stage(place)) return {place, ""};
  std::size_t first = std::string::npos;
  for (std::size_t at = place.find_first_of("./"); at != std::string::npos;
       at = place.find_first_of("./", at + 1)) {
    if (is_stage(place.substr(0, at))) return {place.substr(0, at), place.substr(at + 1)};
    first = std::min(first, at);
  }
  return {place.substr(0, first), first == std::string::npos ? "" : place.substr(first + 1)};
}

Result<Asked> asked_of(const Store& store, const Options& options) {
  const auto names = store.pipelines();
  if (!names) return names.error();
  Asked asked;
  if (std::find(names->begin(), names->end(), options.what) != names->end()) {
    asked.pipeline = options.what;
    asked.focus = focus_of(store, asked.pipeline, options.place);
    return asked;
  }
  const auto row = find_named_execution(store, options.what);
  if (!row) return row.error();
  asked.pipeline = row->pipeline;
  asked.execution = row->id;
  asked.focus = focus_of(store, asked.pipeline, options.place);
  return asked;
}

// The state as the facts have it; nobody changes it but a `sluice run`.
Result<Json> explain_stored(const Store& store, const Asked& asked) {
  const auto recovered = recover_state(store, asked.pipeline);
  if (!recovered) return recovered.error();
  ExecutionNumber number = meant(recovered->state, asked.focus.stage);
  if (!asked.execution.empty()) {
    const auto row = store.find_execution(to_text(asked.execution));
    if (!row) return row.error();
    number = row->number;
  }
  if (number == 0) return Error{ErrorKind::kNotFound, asked.pipeline, "it has not run yet"};
  const auto row = store.execution(asked.pipeline, number);
  if (!row) return row.error();
  const auto history = api::recall_execution(store, *row);
  if (!history) return history.error();
  const std::string missing = api::missing_part(*history->declaration, asked.focus);
  if (!missing.empty())
    return Error{ErrorKind::kNotFound, asked.pipeline,
                 "as this execution runs it, it has no " + missing};
  Explanation explanation;
  if (!explain(recovered->state, number, &*history, asked.focus, explanation))
    return Error{ErrorKind::kUnavailable, asked.pipeline, "it moves just now; ask again"};
  return api::explanation_json(store, asked.pipeline, explanation, SystemClock().now());
}

ServerReply ask_server(const Options& options, const Asked& asked) {
  Json input{{"pipelineName", asked.pipeline}};
  if (!asked.execution.empty()) input["pipelineExecutionId"] = to_text(asked.execution);
  if (!asked.focus.stage.empty()) input["stageName"] = asked.focus.stage;
  if (!asked.focus.action.empty()) input["actionName"] = asked.focus.action;
  return ServerConnection(options.data).call(std::string(kSluiceTarget) + "Explain", input);
}

void print(const Json& explanation, const Options& options) {
  if (options.json) {
    std::printf("%s\n", explanation.dump().c_str());
    return;
  }
  for (const std::string& line : explanation_lines(explanation, Terminal::current()))
    std::printf("%s\n", line.c_str());
}

int explain_it(const Options& options) {
  auto store = open_existing_store(options.data);
  if (!store) return complain(store.error());
  const auto asked = asked_of(**store, options);
  if (!asked) return complain(asked.error());
  const DataDirectory data{std::filesystem::absolute(options.data)};
  const auto server = Lease::holder(data.leases(), kServerLease);
  if (server && *server) {
    const auto reply = ask_server(options, *asked);
    const bool deaf = !reply && (reply.refusal() == nullptr ||
                                 reply.refusal()->type == "ServiceUnavailableException");
    if (!reply && !deaf) return reply.complain();
    if (reply) {
      print(*reply, options);
      return 0;
    }
    std::fprintf(stderr, "The server does not answer now; this is what its data says.\n");
  }
  const auto runs = Lease::holder(data.leases(), "pipeline " + asked->pipeline);
  const auto explanation = explain_stored(**store, *asked);
  if (!explanation) return complain(explanation.error());
  print(*explanation, options);
  const std::string status = explanation->value("status", "");
  std::fflush(stdout);
  const bool moves = (server && *server) || (runs && *runs);
  if (!moves && (status == "InProgress" || status == "Stopping"))
    std::fprintf(stderr,
                 "\nNothing of it moves now: nobody serves this data directory. `sluice "
                 "serve` starts a server.\n");
  return 0;
}

}  // namespace

void add_explain_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("explain", "Why an execution is where it is, and what would move it");
  command
      ->add_option("what", options->what,
                   "PIPELINE (its newest execution), PIPELINE#7, or an execution's id or its "
                   "beginning")
      ->required();
  command->add_option("place", options->place,
                      "STAGE or STAGE.ACTION; with a pipeline: of whoever is there");
  add_data_option(*command, options->data);
  command->add_flag("--json", options->json, "What Explain answers (docs/api.md)");
  command->callback([options, &exit_code] { exit_code = explain_it(*options); });
}

}  // namespace sluice
