// The workflow file: YAML or JSON in, a checked PipelineDeclaration out (docs/workflow-file.md).
//
//   auto file = load_workflow_file("pipeline.yml", catalogue);
//   if (!file.declaration) for (auto& d : file.diagnostics) puts(d.text().c_str());
//
// Functions here touch nothing shared: any thread. They never throw, and memory and time are
// bounded whatever the text is (limits: engine/definition/node.hpp).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/definition/diagnostic.hpp"

namespace sluice {

struct ParsedWorkflow {
  std::optional<PipelineDeclaration> declaration;   // none if any diagnostic is an error
  std::vector<definition::Diagnostic> diagnostics;  // by position; warnings too
  std::string text;                                 // what was read: for excerpts
};

struct WorkflowOptions {
  // Characters of one configuration value before variables are resolved (facts 1.3 and section 10).
  std::size_t max_configuration_value = 1000;
};

// `file_name` is for diagnostics, and its ending .json asks for JSON's error messages.
[[nodiscard]] ParsedWorkflow parse_workflow(std::string_view text, const std::string& file_name,
                                            const std::vector<ActionTypeDescription>& catalogue,
                                            const WorkflowOptions& options = {});

// Reads the file first; a file that cannot be read is a diagnostic like any other. "-" is stdin.
[[nodiscard]] ParsedWorkflow load_workflow_file(const std::filesystem::path& path,
                                                const std::vector<ActionTypeDescription>& catalogue,
                                                const WorkflowOptions& options = {});

// What the engine fills in before an action runs: defaults of the configuration schema, the
// timeout (the type's own, else facts 2.14), secret_keys and idempotent. Values given stay.
void apply_defaults(ActionDeclaration& action, const ActionTypeDescription& type);
// The same for every action; types that the catalogue lacks are left as they are.
void apply_defaults(PipelineDeclaration& pipeline,
                    const std::vector<ActionTypeDescription>& catalogue);

// How long an action may take if neither the file nor its type says (facts 2.14).
[[nodiscard]] std::int64_t default_timeout_ms(const ActionTypeId& type);

}  // namespace sluice
