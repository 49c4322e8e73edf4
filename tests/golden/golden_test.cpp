// Plays every tests/golden/*.yml: a workflow and a script must bring the facts that stand below
// them. SLUICE_GOLDEN=write puts in what really came, to be read before it is committed.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "engine/core/names.hpp"
#include "engine/definition/node.hpp"
#include "engine/simulation/simulate.hpp"
#include "tests/definition/sample_catalogue.hpp"

using namespace sluice;
using definition::Node;

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::filesystem::path> golden_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(GOLDEN_DIRECTORY)) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Golden {
  std::string text, facts;
  simulation::Script script;
  std::string trouble;
};

Golden load(const std::filesystem::path& path) {
  Golden golden;
  golden.text = read_file(path);
  definition::Diagnostics diagnostics;
  const auto document = definition::read_document(golden.text, path.string(), diagnostics);
  const auto* root = document ? document->root() : nullptr;
  if (root == nullptr || !root->is_map()) {
    golden.trouble = "no map";
    return golden;
  }
  for (const auto& entry : root->entries) {
    static const std::set<std::string> kKeys = {"about", "workflow", "updates", "script", "facts"};
    if (!kKeys.contains(entry.key)) golden.trouble = "unknown key " + entry.key;
  }
  const auto declaration = [](const Node& node) -> Result<PipelineDeclaration> {
    auto parsed = test::parse(node.text, "workflow.yml");
    if (parsed.declaration) return std::move(*parsed.declaration);
    return Error{ErrorKind::kBadInput, "", test::report(parsed)};
  };
  auto first = declaration(*root->find("workflow"));
  if (!first) {
    golden.trouble = first.error().text();
    return golden;
  }
  golden.script.versions.push_back(std::make_shared<const PipelineDeclaration>(std::move(*first)));
  const simulation::LoadDeclaration update =
      [&](const std::string& name) -> Result<PipelineDeclaration> {
    const Node* updates = root->find("updates");
    const Node* file = updates == nullptr ? nullptr : updates->find(name);
    if (file == nullptr) return Error{ErrorKind::kBadInput, name, "no such update"};
    return declaration(*file);
  };
  if (const Node* script = root->find("script")) {
    for (const bool updates : {true, false}) {
      for (const Node* item : script->items) {
        if (item->text.starts_with("update ") != updates) continue;
        const auto added = simulation::add_sentence(golden.script, item->text, update);
        if (!added) golden.trouble = item->text + ": " + added.error().text();
      }
    }
  }
  if (const Node* facts = root->find("facts")) golden.facts = facts->text;
  return golden;
}

std::string facts_of(const simulation::Simulated& simulated) {
  std::string text;
  for (const auto& happening : simulated.happenings) {
    text += simulation::time_text(happening.at.ms - simulation::kBeginning.ms) + " " +
            happening.text + "\n";
  }
  return text;
}

void rewrite(const std::filesystem::path& path, const std::string& text, const std::string& facts) {
  std::string out = text.substr(0, text.find("\nfacts: |")) + "\nfacts: |\n";
  for (std::size_t at = 0; at < facts.size();) {
    const auto end = facts.find('\n', at);
    out += "  " + facts.substr(at, end - at + 1);
    at = end + 1;
  }
  std::ofstream(path, std::ios::binary) << out;
}

}  // namespace

TEST_CASE("every golden workflow and script brings its facts") {
  const char* write = std::getenv("SLUICE_GOLDEN");
  for (const auto& path : golden_files()) {
    INFO(path.filename().string());
    const Golden golden = load(path);
    REQUIRE(golden.trouble == "");
    const std::string facts = facts_of(simulation::simulate(golden.script));
    if (write != nullptr && std::string(write) == "write") rewrite(path, golden.text, facts);
    CHECK(facts == golden.facts);
  }
}

TEST_CASE("a simulation is the same every time and folds to the state that it ends in") {
  for (const auto& path : golden_files()) {
    INFO(path.filename().string());
    const Golden golden = load(path);
    const simulation::Simulated one = simulation::simulate(golden.script);
    CHECK(facts_of(one) == facts_of(simulation::simulate(golden.script)));
    Pipeline again;
    for (const auto& happening : one.happenings) {
      if (!happening.refused) apply(again, happening.fact, happening.at);
    }
    CHECK(again.executions == one.state.executions);
    CHECK(again.finished == one.state.finished);
    CHECK(again.last_number == one.state.last_number);
  }
}
