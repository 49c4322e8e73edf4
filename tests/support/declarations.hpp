// Declarations that tests and benchmarks share.
#pragma once

#include <string>

#include "engine/core/declaration.hpp"

namespace sluice {

// `stages` stages of `actions` parallel actions of one type; the first stage is a source stage.
inline PipelineDeclaration grid(const std::string& name, int stages, int actions) {
  PipelineDeclaration pipeline;
  pipeline.name = name;
  for (int s = 0; s < stages; ++s) {
    StageDeclaration stage;
    stage.name = "S" + std::to_string(s + 1);
    for (int a = 0; a < actions; ++a) {
      ActionDeclaration action;
      action.name = "A" + std::to_string(a + 1);
      action.type = {s == 0 ? Category::kSource : Category::kBuild, "Sluice", "NoOp", "1"};
      action.timeout_ms = 3'600'000;
      stage.actions.push_back(action);
    }
    pipeline.stages.push_back(stage);
  }
  return pipeline;
}

}  // namespace sluice
