// The workflow file as its author sees it: what the notations mean.
#include <catch2/catch.hpp>

#include "tests/definition/sample_catalogue.hpp"

namespace sluice {
namespace {

using test::parse;
using test::report;

constexpr const char* kWebshop = R"(name: webshop
executionMode: QUEUED
variables:
  - {name: ENV, defaultValue: staging}
stages:
  - name: Source
    actions:
      - name: Checkout
        uses: source/git
        namespace: src
        configuration: {repository: ., branch: main}
        outputArtifacts: [app]
  - name: Build
    actions:
      - {name: Compile, uses: build/buildspec, inputArtifacts: [app], outputArtifacts: [bin], namespace: build}
      - {name: Lint, uses: compute/commands, inputArtifacts: [app], commands: [make lint]}
  - name: Release
    onFailure: {result: ROLLBACK}
    actions:
      - name: Approve
        uses: approval/manual
        configuration: {customData: "#{src.CommitId} to #{variables.ENV}"}
      - {name: Deploy, runOrder: 2, uses: deploy/appspec, inputArtifacts: [bin]}
)";

TEST_CASE("a hand-written file becomes a declaration") {
  const auto parsed = parse(kWebshop);
  INFO(report(parsed));
  REQUIRE(parsed.declaration);
  CHECK(parsed.diagnostics.empty());
  const auto& pipeline = *parsed.declaration;
  CHECK(pipeline.name == "webshop");
  CHECK(pipeline.mode == ExecutionMode::kQueued);
  CHECK(pipeline.type == PipelineType::kV2);
  CHECK(pipeline.variables == std::vector<VariableDeclaration>{{"ENV", "staging", "", true}});
  REQUIRE(pipeline.stages.size() == 3);
  const auto& checkout = pipeline.stages[0].actions[0];
  CHECK(checkout.type == ActionTypeId{Category::kSource, "Sluice", "Git", "1"});
  CHECK(checkout.name_space == "src");
  CHECK(checkout.configuration ==
        std::map<std::string, std::string>{{"repository", "."}, {"branch", "main"}});
  CHECK(checkout.output_artifacts == std::vector<OutputArtifactDeclaration>{{"app", {}}});
  CHECK(checkout.secret_keys == std::vector<std::string>{"token"});
  CHECK(checkout.idempotent);
  CHECK(pipeline.stages[1].actions[0].type.version == "2");
  CHECK(pipeline.stages[1].actions[1].commands == std::vector<std::string>{"make lint"});
  CHECK(pipeline.stages[2].on_failure.result == ConditionResult::kRollback);
  CHECK(pipeline.stages[2].actions[1].run_order == 2);
}

}  // namespace
}  // namespace sluice
