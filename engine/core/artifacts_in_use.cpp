#include "engine/core/artifacts_in_use.hpp"

namespace sluice {

void artifacts_in_use(const Pipeline& pipeline,
                      const std::function<void(const std::string&)>& use) {
  const auto use_all = [&](const std::vector<ArtifactRef>& artifacts) {
    for (const ArtifactRef& artifact : artifacts) use(artifact.digest);
  };
  for (const auto* executions : {&pipeline.executions, &pipeline.finished}) {
    for (const auto& [number, e] : *executions) {
      for (const ActionRun& action : e.actions) use_all(action.inputs);
      for (const ActionRun& rule : e.condition.rules) use_all(rule.inputs);
      for (const ActionOutput& output : e.outputs) use_all(output.artifacts);
    }
  }
}

}  // namespace sluice
