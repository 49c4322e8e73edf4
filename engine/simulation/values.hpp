// What a simulated action leaves behind, so that later ones can be resolved: every output variable
// that the declaration lists or refers to.
#pragma once

#include "engine/core/pipeline.hpp"

namespace sluice::simulation {

// "<CommitId>" for #{src.CommitId}, for each key of the action's namespace that anything in the
// pipeline refers to, and for its declared outputVariables. Pure.
[[nodiscard]] Texts output_values(const PipelineDeclaration& pipeline,
                                  const ActionDeclaration& action);

}  // namespace sluice::simulation
