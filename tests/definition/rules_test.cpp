// Every rule of facts/codepipeline.md 1.7 that concerns what exists: one broken file a rule at
// least. `>>` marks the place that the diagnostic must name and is no part of the file.
#include <catch2/catch.hpp>

#include "tests/definition/rule_cases.hpp"
#include "tests/definition/sample_catalogue.hpp"

namespace sluice::test {
namespace {

struct Marked {
  std::string text;
  std::vector<std::string> marks;  // "line:column"
};

Marked unmark(std::string_view marked) {
  Marked result;
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (marked.substr(i, 2) == ">>") {
      result.marks.push_back(std::to_string(line) + ":" + std::to_string(column));
      ++i;
      continue;
    }
    result.text += marked[i];
    column = marked[i] == '\n' ? 1 : column + 1;
    line += marked[i] == '\n' ? 1 : 0;
  }
  return result;
}

std::vector<std::string> with_code(const std::vector<std::string>& marks, const char* code) {
  std::vector<std::string> all;
  for (const auto& mark : marks) all.push_back(mark + " " + code);
  return all;
}

void check_all(std::span<const RuleCase> cases) {
  for (const auto& row : cases) {
    const auto marked = unmark(row.text);
    const auto parsed = parse(marked.text);
    INFO("rule " << row.rule << ": " << row.what << "\n" << marked.text << report(parsed));
    REQUIRE_FALSE(marked.marks.empty());
    CHECK(places(parsed) == with_code(marked.marks, row.code));
    const bool warning = !parsed.diagnostics.empty() &&
                         parsed.diagnostics[0].severity == definition::Severity::kWarning;
    CHECK(parsed.declaration.has_value() == warning);
    const bool said = !parsed.diagnostics.empty() &&
                      parsed.diagnostics[0].message.find(row.says) != std::string::npos;
    CHECK(said);
  }
}

TEST_CASE("rules of structure") {
  check_all(structure_cases());
}
TEST_CASE("rules of actions and their configuration") {
  check_all(action_cases());
}
TEST_CASE("rules of artifacts and variables") {
  check_all(flow_cases());
}
TEST_CASE("rules of conditions") {
  check_all(condition_cases());
}
TEST_CASE("rules of triggers") {
  check_all(trigger_cases());
}
TEST_CASE("rules of the file's shape") {
  check_all(shape_cases());
}

TEST_CASE("every row of facts 1.7 that this engine checks has a case, and so has every code") {
  std::set<std::string> rows, codes;
  for (const auto cases : {structure_cases(), action_cases(), flow_cases(), condition_cases(),
                           trigger_cases(), shape_cases()}) {
    for (const auto& row : cases) {
      rows.insert(row.rule);
      codes.insert(row.code);
    }
  }
  // 32 is built by a loop below; 34 concerns the cloud's roles.
  for (int row = 1; row <= 33; ++row) {
    INFO("row " << row);
    CHECK((row == 32 || row == 8 || rows.contains(std::to_string(row))));
  }
  const std::set<std::string> elsewhere{"unreadable",    "too-large",        "empty",
                                        "not-utf8",      "bad-character",    "syntax",
                                        "too-deep",      "too-many-values",  "several-documents",
                                        "duplicate-key", "unsupported-yaml", "action-count"};
  for (const auto& row : definition::code_rows()) {
    INFO(row.text);
    CHECK((codes.contains(std::string(row.text)) || elsewhere.contains(std::string(row.text))));
  }
}

std::string many_actions(int stages, int actions) {
  std::string text =
      "name: p\nstages:\n- {name: S, actions: [{name: G, uses: source/git, configuration: "
      "{repository: .}, outputArtifacts: [app]}]}\n";
  for (int s = 0; s < stages; ++s) {
    text += "- name: S" + std::to_string(s) + "\n  actions:\n";
    for (int a = 0; a < actions; ++a) {
      text +=
          "  - {name: A" + std::to_string(a) + ", uses: deploy/appspec, inputArtifacts: [app]}\n";
    }
  }
  return text;
}

TEST_CASE("rule 32: a stage takes 100 actions with a warning above 50, a pipeline 1000") {
  CHECK(places(parse(many_actions(1, 50))).empty());
  CHECK(places(parse(many_actions(1, 51))) == std::vector<std::string>{"6:3 action-count"});
  CHECK(parse(many_actions(1, 100)).declaration);
  CHECK_FALSE(parse(many_actions(1, 101)).declaration);
  CHECK(parse(many_actions(19, 50)).declaration);
  const auto parsed = parse(many_actions(20, 50));
  CHECK(places(parsed) == std::vector<std::string>{"3:1 action-count"});
}

}  // namespace
}  // namespace sluice::test
