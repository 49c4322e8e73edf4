#include "engine/cli/validate.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/cli/environment.hpp"
#include "engine/definition/diagnostic_text.hpp"
#include "engine/definition/workflow.hpp"

namespace sluice {
namespace {

constexpr int kValid = 0;
constexpr int kInvalid = 2;

std::string json_string(const std::string& text) {
  std::string quoted = "\"";
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      quoted += std::string("\\u00") + kDigits[byte >> 4] + kDigits[byte & 15];
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string count_text(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

struct ValidateCommand {
  const CliEnvironment& environment;
  std::vector<std::string> files;
  bool json = false;

  int run() const {
    const auto catalogue = environment.catalogue();
    if (!catalogue) {
      *environment.err << "sluice validate: " << catalogue.error().text() << '\n';
      return kInvalid;
    }
    bool all_valid = true;
    std::string list;
    for (const auto& file : files) {
      const auto parsed = load_workflow_file(file, catalogue.value());
      all_valid = all_valid && parsed.declaration.has_value();
      if (json) {
        list += (list.empty() ? "" : ",") + json_entry(file, parsed);
      } else {
        print(file, parsed);
      }
    }
    if (json) {
      *environment.out << "{\"valid\":" << (all_valid ? "true" : "false") << ",\"files\":[" << list
                       << "]}\n";
    }
    return all_valid ? kValid : kInvalid;
  }

  static std::string json_entry(const std::string& file, const ParsedWorkflow& parsed) {
    return "{\"file\":" + json_string(file) +
           ",\"valid\":" + (parsed.declaration ? "true" : "false") +
           ",\"diagnostics\":" + definition::to_json(parsed.diagnostics) + "}";
  }

  void print(const std::string& file, const ParsedWorkflow& parsed) const {
    *environment.err << definition::render(parsed.diagnostics, parsed.text,
                                           {environment.color, environment.width});
    std::size_t errors = 0;
    for (const auto& diagnostic : parsed.diagnostics) {
      errors += diagnostic.severity == definition::Severity::kError ? 1 : 0;
    }
    if (!parsed.declaration) {
      *environment.err << file << ": " << count_text(errors, "error") << '\n';
      return;
    }
    std::size_t actions = 0;
    for (const auto& stage : parsed.declaration->stages) actions += stage.actions.size();
    const auto warnings = parsed.diagnostics.size();
    *environment.out << file << ": valid: pipeline " << parsed.declaration->name << ", "
                     << count_text(parsed.declaration->stages.size(), "stage") << ", "
                     << count_text(actions, "action")
                     << (warnings == 0 ? "" : ", " + count_text(warnings, "warning")) << '\n';
  }
};

}  // namespace

void add_validate_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto* sub = app.add_subcommand("validate", "Check workflow files without running them");
  auto command = std::make_shared<ValidateCommand>(ValidateCommand{environment, {}, false});
  sub->add_option("FILE", command->files, "Workflow files, YAML or JSON; - is standard input")
      ->required();
  sub->add_flag("--json", command->json, "Print one JSON object instead of text");
  sub->callback([command, &exit_code] { exit_code = command->run(); });
}

}  // namespace sluice
