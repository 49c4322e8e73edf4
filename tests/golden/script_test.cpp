// The sentences of a script: what they mean, and what is said of wrong ones.
#include <catch2/catch.hpp>

#include "engine/simulation/script_file.hpp"
#include "engine/simulation/simulate.hpp"
#include "tests/definition/sample_catalogue.hpp"

using namespace sluice;
using simulation::Script;

namespace {

constexpr const char* kShop = R"(
name: shop
stages:
  - name: Source
    actions: [{name: Checkout, uses: source/git, configuration: {repository: .}, outputArtifacts: [app]}]
  - name: Build
    actions: [{name: Compile, uses: compute/commands, commands: [make]}, {name: Lint, uses: compute/commands, commands: [lint]}]
  - name: Release
    beforeEntry:
      conditions: [{result: FAIL, rules: [{name: Quiet, uses: rule/deployment-window, configuration: {Cron: "0 0 9 ? * MON-FRI *"}}]}]
    actions: [{name: Approve, uses: approval/manual}]
)";

Script shop() {
  auto parsed = test::parse(kShop);
  INFO(test::report(parsed));
  REQUIRE(parsed.declaration);
  Script script;
  script.versions.push_back(
      std::make_shared<const PipelineDeclaration>(std::move(*parsed.declaration)));
  return script;
}

Result<PipelineDeclaration> no_update(const std::string& file) {
  return Error{ErrorKind::kBadInput, file, "there is no such file"};
}

std::string error_of(const std::string& sentence) {
  Script script = shop();
  const auto added = simulation::add_sentence(script, sentence, no_update);
  return added ? "" : added.error().message;
}

}  // namespace

TEST_CASE("a wrong sentence is answered with what to write instead") {
  const std::pair<const char*, const char*> cases[] = {
      {"fial Build", "unknown verb `fial`; did you mean `fail`?"},
      {"fail", "`fail` needs an action: STAGE.ACTION, STAGE, or STAGE/beforeEntry"},
      {"fail Biuld", "there is no stage `Biuld`; did you mean `Build`?"},
      {"fail Build.Compil", "the stage Build has no action `Compil`; did you mean `Compile`?"},
      {"fail Release/beforeEntry/Quite",
       "the stage Release has no rule `Quite`; did you mean `Quiet`?"},
      {"fail Release/onExit",
       "`onExit` is no condition; write beforeEntry, onSuccess or onFailure"},
      {"fail x:Build", "`x` is no execution number"},
      {"push 3", "several pushes need `every`: push 3 every 10m"},
      {"push 0 every 1m", "push 1 to 10000 times"},
      {"push 2 every soon", "`soon` is no duration; write 90s, 5m, 2h, 1d or 1h30m"},
      {"push 2 every", "`every` needs a duration behind it, such as 10m"},
      {"push twice", "what is `twice` in `push twice`?"},
      {"stop", "`stop` needs the number of an execution: the first start is 1"},
      {"stop all", "`all` is no execution; the first start is 1, the second 2"},
      {"rollback Build 1", "write `rollback STAGE to EXECUTION`"},
      {"override 1 Release", "say which condition: beforeEntry or onSuccess"},
      {"duration Build.Compile=fast", "`fast` is no duration; write 90s, 5m, 2h, 1d or 1h30m"},
      {"update other.yml", "there is no such file"},
  };
  for (const auto& [sentence, message] : cases) {
    INFO(sentence);
    CHECK(error_of(sentence) == message);
  }
}

TEST_CASE("a right sentence is taken") {
  for (const char* sentence : {"start ENV=prod at 1h",
                               "push",
                               "push 3 every 10m at 5m",
                               "duration 2m",
                               "duration Build.Compile=5m",
                               "duration Build.Compile 5m",
                               "fail Build.Compile@2 no space",
                               "fail 2:Build",
                               "fail Release/beforeEntry",
                               "fail Release/beforeEntry/Quiet after 1m",
                               "succeed 3:Build.Compile",
                               "lost Build.Lint after 10s",
                               "approve Release after 3h by ann",
                               "reject Release.Approve after 1h not today",
                               "ignore Release",
                               "stop 2 abandon at 1h why",
                               "disable Build outbound at 0s a freeze",
                               "enable Build outbound at 1d",
                               "retry 1 Build all at 5m",
                               "rollback Build to 1 at 2h",
                               "override 1 Release beforeEntry",
                               "remove at 1d"}) {
    INFO(sentence);
    CHECK(error_of(sentence) == "");
  }
}

TEST_CASE("a script file's mistakes have line and column") {
  Script script = shop();
  const auto found = simulation::read_script("- push 2 every 5m\n- fail   Build.Compil\n- [1, 2]\n",
                                             "s.yml", no_update, script);
  REQUIRE(found.size() == 2);
  CHECK(found[0].text() ==
        "s.yml:2:10: error: the stage Build has no action `Compil`; did you mean `Compile`? "
        "[bad-format]");
  CHECK(found[1].line == 3);
  CHECK(simulation::read_script("push: 3\n", "s.yml", no_update, script).front().message ==
        "a script is a list of sentences: `- push 3 every 10m`");
}

TEST_CASE("times are read as they are written") {
  for (const char* text : {"0s", "90ms", "1s", "1m30s", "1h", "2d3h", "10d"}) {
    Script script = shop();
    REQUIRE(simulation::add_sentence(script, std::string("start at ") + text, no_update));
    CHECK(simulation::time_text(script.moves.front().at_ms) == text);
  }
}

TEST_CASE("two pipelines that retry each other for ever are cut short") {
  Script script = shop();
  for (int i = 0; i < 60; ++i) {
    REQUIRE(simulation::add_sentence(script, "push 4000 every 1ms", no_update));
  }
  const auto simulated = simulation::simulate(script);
  CHECK(simulated.cut_short);
  CHECK(simulated.happenings.size() < simulation::kMostFacts + 100);
}
