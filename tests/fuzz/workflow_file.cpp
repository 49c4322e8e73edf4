// Any text as a workflow file: never a crash, and a text that is accepted survives its own JSON.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/definition/declaration_json.hpp"
#include "engine/definition/diagnostic_text.hpp"
#include "engine/definition/graph.hpp"
#include "engine/definition/workflow.hpp"
#include "tests/definition/sample_catalogue.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string text(reinterpret_cast<const char*>(data), size);
  // The first byte chooses between the two notations' messages.
  const bool json = size > 0 && data[0] % 2 == 0;
  const auto parsed = test::parse(text, json ? "fuzz.json" : "fuzz.yml");

  bool failed = false;
  for (const auto& diagnostic : parsed.diagnostics) {
    failed = failed || diagnostic.severity == definition::Severity::kError;
    require(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.message.empty());
  }
  require(failed == !parsed.declaration.has_value());
  require(parsed.diagnostics.size() <= definition::Diagnostics::kMaxReported + 1);
  require(definition::to_json(parsed.diagnostics).front() == '[');
  definition::render(parsed.diagnostics, parsed.text, {.color = true, .width = 40});
  if (!parsed.declaration) return 0;

  const auto exact = from_json(to_json(*parsed.declaration, JsonForm::kExact));
  require(exact && *exact == *parsed.declaration);
  const auto shown = to_json(*parsed.declaration, JsonForm::kShown);
  const auto again = test::parse(shown, "again.json");
  require(again.declaration && to_json(*again.declaration, JsonForm::kShown) == shown);
  require(!terminal_graph(*parsed.declaration, {.width = 20}).empty());
  require(!mermaid_graph(*parsed.declaration).empty() && !dot_graph(*parsed.declaration).empty());
  return 0;
}
