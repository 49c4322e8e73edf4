// What people and programs are shown of a diagnostic, and how near a word must be to be suggested.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "engine/definition/diagnostic_text.hpp"
#include "engine/definition/shapes.hpp"
#include "engine/definition/suggest.hpp"
#include "tests/definition/sample_catalogue.hpp"

namespace sluice::test {
namespace {

using namespace definition;

Diagnostic at(std::uint32_t line, std::uint32_t column) {
  return {Severity::kError, "f.yml", line, column, "unknown-key", "unknown key"};
}

std::string shown(const Diagnostic& diagnostic, const std::string& text, int width = 80) {
  return render(std::span(&diagnostic, 1), text, {.color = false, .width = width});
}

TEST_CASE("a diagnostic shows its line and a caret") {
  CHECK(shown(at(2, 3), "name: p\n  größe: 1\n") ==
        "error[unknown-key]: unknown key\n"
        " --> f.yml:2:3\n"
        "  |\n"
        "2 |   größe: 1\n"
        "  |   ^\n");
  auto warning = at(10, 1);
  warning.severity = Severity::kWarning;
  CHECK(shown(warning, "") == "warning[unknown-key]: unknown key\n  --> f.yml:10:1\n");
}

TEST_CASE("tabs, escapes and carriage returns of the file do not reach the terminal") {
  CHECK(shown(at(1, 2), "\ta\x1b[31m\r\n").find("1 |  a [31m\n  |  ^\n") != std::string::npos);
}

TEST_CASE("a long line is shown around the caret") {
  const auto text = shown(at(1, 500), std::string(498, 'a') + " B" + std::string(500, 'c'), 40);
  CHECK(text.find("aa Bcc") != std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 40);
  const auto caret = text.rfind('^') - text.rfind('\n', text.rfind('^'));
  const auto marked = text.find(" B") + 1;
  CHECK(marked - text.rfind('\n', marked) == caret);
}

TEST_CASE("colour is used only when asked for") {
  const auto diagnostic = at(1, 1);
  const auto plain = render(std::span(&diagnostic, 1), "x", {.color = false});
  const auto colored = render(std::span(&diagnostic, 1), "x", {.color = true});
  CHECK(plain.find('\x1b') == std::string::npos);
  CHECK(colored.find("\x1b[1;31m") != std::string::npos);
}

TEST_CASE("diagnostics for programs") {
  const auto parsed = parse("name: a b\nstages: 1\n", "x\"y.yml");
  CHECK(to_json(parsed.diagnostics) ==
        R"([{"severity":"error","file":"x\"y.yml","line":1,"column":7,"code":"bad-format",)"
        R"("message":"`a b` is not allowed as `name`; use letters, digits and . @ - _"},)"
        R"({"severity":"error","file":"x\"y.yml","line":2,"column":9,"code":"wrong-type",)"
        R"("message":"`stages` takes a list, not a single value"}])");
  CHECK(parsed.diagnostics[0].text() ==
        "x\"y.yml:1:7: error: `a b` is not allowed as `name`; use letters, digits and . @ - _ "
        "[bad-format]");
}

TEST_CASE("did you mean: slips of the pen and nothing else") {
  struct Row {
    const char *word, *found;
  };
  const std::vector<std::string> known{"runOrder", "namespace", "name", "commands", "region"};
  for (const auto& row : std::vector<Row>{{"runorder", "runOrder"},
                                          {"run_order", "runOrder"},
                                          {"namespcae", "namespace"},
                                          {"nmae", "name"},
                                          {"command", "commands"},
                                          {"regoin", "region"},
                                          {"quux", ""},
                                          {"x", ""},
                                          {"", ""}}) {
    INFO(row.word);
    const auto found = nearest(row.word, known);
    CHECK((found.empty() ? "" : found.front()) == row.found);
  }
  CHECK(edit_distance("ab", "ba") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(nearest(std::string(1'000'000, 'a'), known).empty());
}

std::string documentation() {
  std::ifstream file(SLUICE_WORKFLOW_DOC);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void check_line(const std::string& doc, const std::string& line) {
  INFO("docs/workflow-file.md lacks the line\n" << line);
  CHECK(doc.find(line) != std::string::npos);
}

TEST_CASE("each code has a text of its own, and the documentation names it") {
  const auto doc = documentation();
  std::vector<std::string> texts;
  for (const auto& row : code_rows()) {
    texts.emplace_back(row.text);
    CHECK(code_text(row.code) == row.text);
    check_line(doc, "| `" + std::string(row.text) + "` | " + std::string(row.summary) + " |\n");
  }
  std::sort(texts.begin(), texts.end());
  CHECK(std::adjacent_find(texts.begin(), texts.end()) == texts.end());
}

TEST_CASE("the documentation names every key as the schema does") {
  const auto doc = documentation();
  for (const auto* shape : {&kPipelineShape, &kStageShape, &kActionShape, &kRuleShape}) {
    for (const auto& field : shape->fields) {
      check_line(doc, "| `" + std::string(field.key) + "`" + (field.required ? " (required)" : "") +
                          " | " + std::string(field.description) + " |\n");
    }
  }
}

TEST_CASE("the example in the documentation is valid") {
  const auto doc = documentation();
  const auto start = doc.find("```yaml\n") + 8;
  const auto parsed = parse(doc.substr(start, doc.find("```\n", start) - start));
  INFO(report(parsed));
  CHECK(parsed.declaration);
  CHECK(parsed.diagnostics.empty());
}

}  // namespace
}  // namespace sluice::test
