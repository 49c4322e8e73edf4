#include "engine/simulation/script_file.hpp"

#include "engine/definition/node.hpp"

namespace sluice::simulation {

using definition::Code;
using definition::Diagnostics;
using definition::Node;

namespace {

// Where a word of a sentence stands, if the sentence is on one line as it was written.
definition::Position place_of(const Node& item, const std::string& word) {
  definition::Position at = item.at;
  const auto offset = word.empty() || item.quoted ? std::string::npos : item.text.find(word);
  if (offset != std::string::npos) at.column += static_cast<std::uint32_t>(offset);
  return at;
}

void read_items(const Node& root, bool updates, const LoadDeclaration& load, Script& script,
                Diagnostics& diagnostics) {
  for (const Node* item : root.items) {
    if (!item->is_scalar()) {
      if (updates) {
        diagnostics.error(item->at, Code::kWrongType,
                          "an item of a script is a sentence, such as `fail Build.Compile`; put it "
                          "in quotes if it holds `: `");
      }
      continue;
    }
    if (item->text.starts_with("update ") != updates) continue;
    if (auto added = add_sentence(script, item->text, load); !added) {
      diagnostics.error(place_of(*item, added.error().where), Code::kBadFormat,
                        added.error().message);
    }
  }
}

}  // namespace

std::vector<definition::Diagnostic> read_script(std::string_view text, const std::string& file,
                                                const LoadDeclaration& load, Script& script) {
  Diagnostics diagnostics;
  const auto document = definition::read_document(text, file, diagnostics);
  if (document && document->root() != nullptr) {
    const Node& root = *document->root();
    if (root.is_list()) {
      read_items(root, true, load, script, diagnostics);
      read_items(root, false, load, script, diagnostics);
    } else {
      diagnostics.error(root.at, Code::kWrongType,
                        "a script is a list of sentences: `- push 3 every 10m`");
    }
  }
  return diagnostics.finish(text, file);
}

}  // namespace sluice::simulation
