// The JSON Schema says what the parser says.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/definition/node.hpp"
#include "engine/definition/workflow_schema.hpp"
#include "tests/definition/rule_cases.hpp"
#include "tests/definition/sample_catalogue.hpp"
#include "tests/definition/schema_check.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

const std::string& schema() {
  static const auto kSchema = workflow_schema(sample_catalogue());
  return kSchema;
}

std::string json_of(const std::string& text, const std::string& file) {
  definition::Diagnostics diagnostics;
  const auto document = definition::read_document(text, file, diagnostics);
  REQUIRE(document);
  return definition::json_text(*document->root());
}

std::string unmarked(std::string text) {
  for (auto at = text.find(">>"); at != std::string::npos; at = text.find(">>")) text.erase(at, 2);
  return text;
}

TEST_CASE("valid files fit the schema and are valid to the parser") {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(SLUICE_TEST_FILES)) {
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    const auto parsed = parse(text.str(), entry.path().filename().string());
    INFO(report(parsed));
    CHECK(parsed.declaration);
    CHECK(parsed.diagnostics.empty());
    INFO(entry.path().string());
    CHECK(schema_mismatch(schema(), json_of(text.str(), entry.path().string())) == "");
    ++count;
  }
  CHECK(count >= 4);
}

// What a schema can say it does say; order, uniqueness and references are the parser's alone.
TEST_CASE("files of a wrong shape do not fit the schema either") {
  for (const auto cases : {shape_cases(), action_cases()}) {
    for (const auto& row : cases) {
      const std::string code = row.code;
      const bool structural = code == "unknown-key" || code == "missing-key" ||
                              code == "bad-choice" || code == "bad-count" ||
                              code == "unknown-configuration" || code == "missing-configuration";
      // These two depend on the category and on `commands` being needed, not on the shape.
      const bool by_type = std::string(row.what).find("requiredApprovals") == 0 ||
                           std::string(row.what).find("a Commands action") == 0;
      if (!structural || by_type) continue;
      INFO(row.what << "\n" << row.text);
      CHECK(schema_mismatch(schema(), json_of(unmarked(row.text), "pipeline.yml")) != "");
    }
  }
}

TEST_CASE("an editor completes `uses` and each type's configuration") {
  const auto json = nlohmann::json::parse(schema());
  const auto& action = json["definitions"]["action"];
  std::vector<std::string> words;
  for (const auto& word : action["properties"]["uses"]["anyOf"]) words.push_back(word["const"]);
  for (const char* word : {"source/git", "source/git@1", "build/buildspec", "build/buildspec@1",
                           "build/buildspec@2", "approval/manual"}) {
    INFO(word);
    CHECK(std::count(words.begin(), words.end(), word) == 1);
  }
  CHECK(std::none_of(words.begin(), words.end(),
                     [](const auto& word) { return word.starts_with("rule/"); }));
  const auto& git = json["definitions"]["configuration-Source-Sluice-Git-1"]["properties"];
  CHECK(git["repository"]["description"] == "Path or URL.");
  CHECK(git["BranchName"]["description"].get<std::string>().starts_with(
      "Another spelling of `branch`"));
  CHECK(git["branch"]["default"] == "main");
  CHECK(git["submodules"]["default"] == false);
}

}  // namespace
}  // namespace sluice::test
