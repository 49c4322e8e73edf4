#include "engine/cli/action.hpp"

#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/cli/action_run.hpp"
#include "engine/cli/terminal.hpp"
#include "engine/core/names.hpp"
#include "engine/definition/action_types.hpp"
#include "engine/definition/configuration.hpp"
#include "engine/definition/shapes.hpp"
#include "engine/definition/workflow.hpp"
#include "engine/hosts/installation.hpp"
#include "engine/hosts/plugin_catalog.hpp"

namespace sluice {
namespace fs = std::filesystem;
namespace {

constexpr int kSucceeded = 0, kFailed = 1, kBadInput = 2, kInterrupted = 130;
constexpr std::size_t kMaxValue = 1u << 20;
using Words = std::vector<std::string>;
using Pair = std::pair<std::string, std::string>;

struct Options {
  std::string type, state, plugin, base = ".", timeout, signal, revision;
  Words configuration, inputs, outputs, output_files, variables, commands, environment;
  bool json = false;
};

Error bad(std::string where, std::string message) {
  return {ErrorKind::kBadInput, std::move(where), std::move(message)};
}

Result<Pair> split(const char* option, const std::string& text, const char* form) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return bad(option, "'" + text + "' is not of the form " + form);
  return Pair{text.substr(0, equals), text.substr(equals + 1)};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Result<std::vector<ActionTypeDescription>> catalogue_for(const Options& options,
                                                         const CliEnvironment& environment) {
  if (options.plugin.empty()) return environment.catalogue();
  auto catalog = read_plugin_catalog({action_host_program(), {}, {options.plugin}, "", 5000});
  if (!catalog.problems.empty()) return catalog.problems.front();
  return std::move(catalog.types);
}

// By its name in workflow files, or by category/provider; with @version or the newest.
Result<ActionTypeDescription> choose(const std::string& name,
                                     const std::vector<ActionTypeDescription>& catalogue) {
  if (name.empty()) {
    if (catalogue.size() == 1) return catalogue.front();
    return bad("TYPE",
               "name one: the plugin offers " + std::to_string(catalogue.size()) + " action types");
  }
  const definition::ActionTypes types(catalogue);
  for (const bool rule : {false, true})
    if (const auto* const found = types.find(name, rule)) return *found;
  const auto at = name.find('@');
  const std::string wanted = lower(name.substr(0, at));
  const ActionTypeDescription* best = nullptr;
  for (const auto& type : catalogue) {
    if (lower(to_text(type.id.category)) + '/' + lower(type.id.provider) != wanted) continue;
    if (at != std::string::npos && name.substr(at + 1) != type.id.version) continue;
    if (!best || definition::newer_version(type.id.version, best->id.version)) best = &type;
  }
  if (best) return *best;
  return bad("TYPE", types.explain_unknown(name, name.starts_with("rule/")));
}

Result<void> read_configuration(const Options& options, ActionRequest& request) {
  definition::Diagnostics diagnostics;
  definition::Document document;
  auto& map = document.add(definition::Node::Kind::kMap, {});
  for (const auto& item : options.configuration) {
    auto pair = split("-c", item, "key=value");
    if (!pair) return pair.error();
    auto& value = document.add(definition::Node::Kind::kScalar, {});
    value.text = pair->second;
    definition::Document::append(map, pair->first, {}, value);
  }
  definition::Document::close(map, diagnostics);
  auto configuration =
      definition::read_configuration(&map, {}, request.type, kMaxValue, diagnostics);
  const auto found = diagnostics.finish("", "");
  std::string messages;
  for (const auto& diagnostic : found)
    messages += (messages.empty() ? "" : "\n  ") + diagnostic.message;
  if (!messages.empty()) return bad("-c", messages);
  ActionDeclaration action;
  action.type = request.type.id;
  action.configuration = std::move(configuration.values);
  apply_defaults(action, request.type);
  request.configuration = std::move(action.configuration);
  request.secret_keys = std::move(action.secret_keys);
  request.timeout_ms = action.timeout_ms;
  return {};
}

bool is_artifact_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
  });
}

Result<std::vector<Pair>> read_artifacts(const char* option, const Words& items, bool must_exist) {
  std::vector<Pair> artifacts;
  for (const auto& item : items) {
    auto pair = split(option, item, "NAME=DIR");
    if (!pair) return pair.error();
    auto& [name, directory] = *pair;
    if (!is_artifact_name(name))
      return bad(option, "'" + name + "' is no artifact name: 1 to 100 of A-Z a-z 0-9 _ -");
    for (const auto& other : artifacts)
      if (other.first == name) return bad(option, "'" + name + "' is given twice");
    if (must_exist && !fs::exists(directory))
      return bad(option, "there is no directory '" + directory + "'");
    if (directory.empty() || (fs::exists(directory) && !fs::is_directory(directory)))
      return bad(option, "'" + directory + "' is not a directory");
    artifacts.emplace_back(name, fs::absolute(directory).lexically_normal());
  }
  return artifacts;
}

Result<void> check_count(const char* what, std::size_t count, std::uint32_t least,
                         std::uint32_t most, const ActionTypeDescription& type) {
  if (count >= least && count <= most) return {};
  const std::string range =
      least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
  return bad(type.uses,
             "takes " + range + ' ' + what + " artifacts, " + std::to_string(count) + " given");
}

// A duration as in workflow files, or milliseconds such as 500ms; 0 if it is none.
std::int64_t timeout_from(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && std::string_view(end) == "ms") return number;
  return definition::duration_ms(text);
}

Result<void> read_rest(const Options& options, ActionRequest& request) {
  auto inputs = read_artifacts("--input", options.inputs, true);
  if (!inputs) return inputs.error();
  auto outputs = read_artifacts("--output", options.outputs, false);
  if (!outputs) return outputs.error();
  const auto& type = request.type;
  request.inputs = std::move(*inputs);
  request.outputs = std::move(*outputs);
  if (auto fine =
          check_count("input", request.inputs.size(), type.min_inputs, type.max_inputs, type);
      !fine)
    return fine.error();
  if (auto fine =
          check_count("output", request.outputs.size(), type.min_outputs, type.max_outputs, type);
      !fine)
    return fine.error();
  for (const auto& item : options.output_files) {
    auto pair = split("--output-files", item, "NAME=PATTERN");
    if (!pair) return pair.error();
    request.output_files[pair->first].push_back(pair->second);
  }
  for (const auto& item : options.environment) {
    auto pair = split("--env", item, "NAME=VALUE");
    if (!pair) return pair.error();
    request.environment.push_back({pair->first, pair->second, false});
  }
  if (!options.timeout.empty()) {
    request.timeout_ms = timeout_from(options.timeout);
    if (request.timeout_ms <= 0)
      return bad("--timeout", "'" + options.timeout + "' is no duration such as 90s, 30m or 1h30m");
  }
  if (!options.signal.empty() && !nlohmann::json::accept(options.signal))
    return bad("--signal", "'" + options.signal + "' is not JSON");
  if (!fs::is_directory(options.base))
    return bad("--base", "'" + options.base + "' is not a directory");
  request.base_directory = (fs::absolute(options.base) / "").lexically_normal().parent_path();
  if (!options.state.empty())
    request.state_directory = fs::absolute(options.state).lexically_normal();
  request.commands = options.commands;
  request.output_variables = options.variables;
  request.signal = options.signal;
  request.source_revision = options.revision;
  return {};
}

Result<ActionRequest> read_request(const Options& options, const CliEnvironment& environment) {
  auto catalogue = catalogue_for(options, environment);
  if (!catalogue) return catalogue.error();
  auto type = choose(options.type, *catalogue);
  if (!type) return type.error();
  ActionRequest request;
  request.type = std::move(*type);
  if (auto read = read_configuration(options, request); !read) return read.error();
  if (auto read = read_rest(options, request); !read) return read.error();
  return request;
}

const char* status_text(ActionEnd end) {
  return end == ActionEnd::kSucceeded ? "Succeeded"
         : end == ActionEnd::kFailed  ? "Failed"
                                      : "Stopped";
}

std::string to_json(const ActionResult& result) {
  using Json = nlohmann::ordered_json;
  Json json = {{"status", status_text(result.end)}, {"failure", nullptr}};
  if (result.failure)
    json["failure"] = {{"type", failure_type(result.failure->kind)},
                       {"kind", to_text(result.failure->kind)},
                       {"code", result.failure->code},
                       {"message", result.failure->message}};
  json["outputVariables"] = Json::object();
  for (const auto& [key, value] : result.variables) json["outputVariables"][key] = value;
  json["artifacts"] = Json::array();
  for (const auto& artifact : result.artifacts) {
    Json item = {{"name", artifact.name}, {"directory", artifact.digest}};
    if (!artifact.revision.empty()) item["revision"] = artifact.revision;
    if (!artifact.revision_summary.empty()) item["revisionSummary"] = artifact.revision_summary;
    if (!artifact.revision_url.empty()) item["revisionUrl"] = artifact.revision_url;
    json["artifacts"].push_back(std::move(item));
  }
  json["details"] =
      result.account.details.empty() ? Json::object() : Json::parse(result.account.details);
  const auto& account = result.account;
  if (!account.external_id.empty() || !account.external_url.empty() || !account.summary.empty())
    json["external"] = {
        {"id", account.external_id}, {"url", account.external_url}, {"summary", account.summary}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

void print_summary(std::ostream& out, const ActionRequest& request, const ActionResult& result,
                   bool color) {
  Terminal terminal;
  terminal.color = color;
  const Paint paint = result.end == ActionEnd::kSucceeded ? Paint::kGreen : Paint::kRed;
  out << terminal.paint(status_text(result.end), paint) << "  " << request.type.uses << '@'
      << request.type.id.version << "  " << duration_text(result.took_ms) << '\n';
  if (result.failure)
    out << "  " << to_text(result.failure->kind) << ' ' << result.failure->code << ": "
        << result.failure->message << '\n';
  if (!result.account.summary.empty()) out << "  " << result.account.summary << '\n';
  if (!result.account.external_url.empty()) out << "  " << result.account.external_url << '\n';
  for (const auto& [key, value] : result.variables) out << "  " << key << " = " << value << '\n';
  for (const auto& artifact : result.artifacts)
    out << "  " << artifact.name << " -> " << artifact.digest
        << (artifact.revision.empty() ? "" : "  (" + artifact.revision + ')') << '\n';
}

// Before the pool starts its threads, which take the mask over.
void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int run(const Options& options, const CliEnvironment& environment) {
  const auto complain = [&](const Error& error) {
    *environment.err << "sluice action run: " << error.text() << '\n';
    return kBadInput;
  };
  auto request = read_request(options, environment);
  if (!request) return complain(request.error());
  block_signals();
  auto result = run_action(*request, options.json ? *environment.err : *environment.out);
  if (!result) return complain(result.error());
  if (options.json)
    *environment.out << to_json(*result) << std::flush;
  else
    print_summary(*environment.out, *request, *result, environment.color);
  if (result->end == ActionEnd::kInterrupted) return kInterrupted;
  return result->end == ActionEnd::kSucceeded ? kSucceeded : kFailed;
}

}  // namespace

void add_action_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto* const action = app.add_subcommand("action", "Run one action by itself");
  action->require_subcommand(1);
  auto* const command = action->add_subcommand(
      "run",
      "Run one action of any plugin, without a pipeline. Exit status: 0 succeeded, 1 failed, "
      "2 bad input, 130 interrupted.");
  auto options = std::make_shared<Options>();
  const auto many = [&](const char* name, Words& values, const char* text, const char* form) {
    command->add_option(name, values, text)->type_name(form)->allow_extra_args(false)->take_all();
  };
  command->add_option("TYPE", options->type,
                      "build/buildspec, with @version or without; category/provider works too");
  many("-c,--configuration", options->configuration, "A configuration value", "KEY=VALUE");
  many("--input", options->inputs, "An input artifact; the run gets a copy", "NAME=DIR");
  many("--output", options->outputs, "An output artifact, copied into DIR on success", "NAME=DIR");
  many("--output-files", options->output_files, "`files` of an output artifact (compute actions)",
       "NAME=PATTERN");
  many("--variable", options->variables, "An output variable that a compute action exports",
       "NAME");
  many("--command", options->commands, "A command of a compute action", "COMMAND");
  many("--env", options->environment, "An environment variable of the action", "NAME=VALUE");
  command->add_option(
      "--state", options->state,
      "The action's state directory, kept between runs; without it, a temporary one");
  command->add_option("--plugin", options->plugin,
                      "The plugin file; else TYPE is looked up among the installed ones");
  command->add_option("--base", options->base,
                      "Where relative paths in the configuration start (default: here)");
  command->add_option("--timeout", options->timeout, "How long it may take: 90s, 30m");
  command->add_option("--signal", options->signal,
                      "JSON that ends the first wait for a signal, such as an approval");
  command->add_option("--revision", options->revision,
                      "The revision that a source action is to get");
  command->add_flag("--json", options->json, "Print the result as JSON; the log goes to stderr");
  command->callback([options, &environment, &exit_code] {
    if (options->type.empty() && options->plugin.empty())
      throw CLI::RequiredError("TYPE (or --plugin FILE)");
    exit_code = run(*options, environment);
  });
}

}  // namespace sluice
