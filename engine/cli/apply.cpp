#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/cli/declaration_difference.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/server_call.hpp"
#include "engine/cli/server_commands.hpp"
#include "engine/definition/declaration_json.hpp"
#include "engine/definition/diagnostic_text.hpp"
#include "engine/definition/node.hpp"
#include "engine/definition/workflow.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;

struct Options {
  std::string data, file;
  bool yes = false, dry_run = false;
};

// Unchanged: nothing to do. Refused: the person said no.
enum class Consent { kGiven, kUnchanged, kRefused, kNobodyToAsk };

bool says_yes() {
  std::printf("Apply? yes or no: ");
  std::fflush(stdout);
  std::string line;
  if (!std::getline(std::cin, line)) return false;
  return line == "y" || line == "yes" || line == "Y" || line == "Yes";
}

// Shows what would change, and asks.
Consent consent_to(const Json* before, const Json& after, const Options& options) {
  const Terminal terminal = Terminal::current();
  const std::string name = after.value("name", "");
  if (!before) {
    std::printf("%s is new, with %zu stages.\n", name.c_str(), after["stages"].size());
  } else {
    const auto changes = declaration_changes(*before, after);
    if (changes.empty()) {
      std::printf("%s is as the file says already (version %d).\n", name.c_str(),
                  before->value("version", 0));
      return Consent::kUnchanged;
    }
    std::printf("%s, version %d:\n%s", name.c_str(), before->value("version", 0),
                change_lines(changes, terminal).c_str());
  }
  if (options.dry_run) return Consent::kUnchanged;
  if (options.yes || !before) return Consent::kGiven;
  if (!terminal.interactive) return Consent::kNobodyToAsk;
  return says_yes() ? Consent::kGiven : Consent::kRefused;
}

// The file's own words as JSON, for the server to read: secrets as they are, shorthands too.
Json words_of(const ParsedWorkflow& workflow, const Options& options,
              const std::string& base_directory) {
  definition::Diagnostics ignored;  // the file has been checked
  const auto document = definition::read_document(workflow.text, options.file, ignored);
  Json words = Json::parse(definition::json_text(*document->root()));
  if (words.contains("pipeline") && !words.contains("stages")) words = Json(words["pipeline"]);
  words.erase("$schema");
  if (!words.contains("baseDirectory")) words["baseDirectory"] = base_directory;
  return words;
}

int apply_declaration(const PipelineDeclaration& declaration, const Json& words,
                      const Options& options) {
  ServerConnection server(options.data);
  const auto known =
      server.call(std::string(kSluiceTarget) + "DescribePipeline", {{"name", declaration.name}});
  if (!known && !(known.refusal() && known.refusal()->type == "PipelineNotFoundException"))
    return known.complain();
  const Json after = Json::parse(to_json(declaration, JsonForm::kShown));
  const Json* before = known ? &known->at("pipeline") : nullptr;
  switch (consent_to(before, after, options)) {
    case Consent::kUnchanged:
      return 0;
    case Consent::kRefused:
      std::printf("Nothing was changed.\n");
      return 1;
    case Consent::kNobodyToAsk:
      std::fprintf(stderr, "sluice: nobody is here to ask; say --yes to apply the change\n");
      return 2;
    case Consent::kGiven:
      break;
  }
  const auto reply =
      server.call(std::string(kSluiceTarget) + "ApplyPipeline", {{"pipeline", words}});
  if (!reply) return reply.complain();
  const int version = reply->at("pipeline").value("version", 0);
  if (reply->value("created", false))
    std::printf("%s is created as version %d and runs; `sluice watch %s` looks at it.\n",
                declaration.name.c_str(), version, declaration.name.c_str());
  else
    std::printf("%s is applied as version %d; `sluice start %s` starts it.\n",
                declaration.name.c_str(), version, declaration.name.c_str());
  for (const auto& trigger : declaration.triggers)
    if (!trigger.webhook.name.empty())
      std::printf("Its webhook %s: POST /webhooks/%s/%s\n", trigger.webhook.name.c_str(),
                  declaration.name.c_str(), trigger.webhook.name.c_str());
  return 0;
}

int apply_file(const Options& options, const CliEnvironment& environment) {
  auto catalogue = environment.catalogue();
  if (!catalogue) return complain(catalogue.error());
  auto workflow = load_workflow_file(options.file, *catalogue);
  if (!workflow.diagnostics.empty())
    std::fprintf(stderr, "%s",
                 definition::render(workflow.diagnostics, workflow.text,
                                    {environment.color, environment.width})
                     .c_str());
  if (!workflow.declaration) return 2;
  const auto folder =
      std::filesystem::absolute(options.file).parent_path().lexically_normal().string();
  PipelineDeclaration& declaration = *workflow.declaration;
  apply_defaults(declaration, *catalogue);
  if (declaration.base_directory.empty()) declaration.base_directory = folder;
  return apply_declaration(declaration, words_of(workflow, options, folder), options);
}

}  // namespace

void add_apply_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "apply", "Create or update a server's pipeline from its workflow file; shows the difference");
  command->add_option("file", options->file, "Workflow file (YAML or JSON)")->required();
  add_data_option(*command, options->data);
  command->add_flag("--yes,-y", options->yes, "Do not ask");
  command->add_flag("--dry-run", options->dry_run, "Show the difference and change nothing");
  command->callback(
      [options, &environment, &exit_code] { exit_code = apply_file(*options, environment); });
}

}  // namespace sluice
