#include "engine/core/artifacts_in_use.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace sluice;

namespace {

ArtifactRef artifact(const std::string& digest) {
  ArtifactRef made;
  made.digest = digest;
  return made;
}

Execution with_artifacts(const std::string& prefix) {
  Execution e;
  e.actions.resize(2);
  e.actions[1].inputs = {artifact(prefix + " input")};
  e.condition.rules.resize(1);
  e.condition.rules[0].inputs = {artifact(prefix + " rule input")};
  e.outputs.resize(1);
  e.outputs[0].artifacts = {artifact(prefix + " output"), artifact(prefix + " second output")};
  return e;
}

std::set<std::string> used(const Pipeline& pipeline) {
  std::set<std::string> digests;
  artifacts_in_use(pipeline, [&](const std::string& digest) { digests.insert(digest); });
  return digests;
}

}  // namespace

TEST_CASE(
    "inputs, rules' inputs and outputs are in use, in flight or kept for retry and rollback") {
  Pipeline pipeline;
  CHECK(used(pipeline).empty());
  pipeline.executions[2] = with_artifacts("flying");
  CHECK(used(pipeline) == std::set<std::string>{"flying input", "flying output",
                                                "flying rule input", "flying second output"});
  pipeline.finished[1] = with_artifacts("kept");
  CHECK(used(pipeline) == std::set<std::string>{"flying input", "flying output",
                                                "flying rule input", "flying second output",
                                                "kept input", "kept output", "kept rule input",
                                                "kept second output"});
  pipeline.executions.clear();
  pipeline.finished.clear();
  CHECK(used(pipeline).empty());
}
