#include "engine/definition/workflow.hpp"

#include <algorithm>

#include "engine/definition/draft.hpp"
#include "engine/definition/order.hpp"
#include "engine/definition/shapes.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice {
namespace {

using definition::Code;
using definition::Diagnostics;
using definition::Node;

// What the cloud's tools put beside `pipeline`: `get-pipeline` adds metadata, `create-pipeline`
// takes tags.
constexpr std::string_view kWrapperKeys[] = {"pipeline", "metadata", "tags", "$schema"};

// The declaration itself, out of {"pipeline": ...} if it is wrapped; null if there is none.
const Node* unwrap(const Node& root, Diagnostics& diagnostics) {
  if (!root.is_map()) {
    diagnostics.error(root.at, Code::kWrongType,
                      "a workflow file is a map with `name` and `stages`, not " +
                          std::string(root.is_list() ? "a list" : "a single value"));
    return nullptr;
  }
  const auto* inner = root.find("pipeline");
  if (inner == nullptr || root.find("stages") != nullptr) return &root;
  for (const auto& entry : root.entries) {
    const std::vector<std::string> known(std::begin(kWrapperKeys), std::end(kWrapperKeys));
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    diagnostics.error(entry.at, Code::kUnknownKey,
                      "unknown key " + definition::quote(entry.key) + " beside `pipeline`" +
                          definition::suggestion(entry.key, known));
  }
  if (inner->is_map()) return inner;
  diagnostics.error(root.entry("pipeline")->at, Code::kWrongType,
                    "`pipeline` takes a map with `name` and `stages`");
  return nullptr;
}

std::optional<PipelineDeclaration> read(const Node& document,
                                        const std::vector<ActionTypeDescription>& catalogue,
                                        const WorkflowOptions& options, Diagnostics& diagnostics) {
  const auto* root = unwrap(document, diagnostics);
  if (root == nullptr) return std::nullopt;
  definition::check_shape(*root, definition::kPipelineShape, diagnostics);
  const definition::ActionTypes types(catalogue);
  auto draft =
      definition::build_draft(*root, types, {options.max_configuration_value}, diagnostics);
  definition::check_structure(draft, diagnostics);
  definition::check_actions(draft, diagnostics);
  std::vector<definition::Need> needs;
  definition::check_artifacts(draft, needs, diagnostics);
  definition::check_variables(draft, needs, diagnostics);
  definition::check_order(draft, needs, diagnostics);
  definition::check_conditions(draft, diagnostics);
  definition::check_triggers(draft, diagnostics);
  if (diagnostics.failed()) return std::nullopt;
  return std::move(draft.declaration);
}

}  // namespace

ParsedWorkflow parse_workflow(std::string_view text, const std::string& file_name,
                              const std::vector<ActionTypeDescription>& catalogue,
                              const WorkflowOptions& options) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  ParsedWorkflow result;
  Diagnostics diagnostics;
  const auto document = definition::read_document(text, file_name, diagnostics);
  if (document) result.declaration = read(*document->root(), catalogue, options, diagnostics);
  if (diagnostics.failed()) result.declaration.reset();
  result.diagnostics = diagnostics.finish(text, file_name);
  result.text = std::string(text.substr(0, definition::kMaxTextBytes));
  return result;
}

}  // namespace sluice
