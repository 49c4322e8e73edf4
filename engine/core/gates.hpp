// What keeps an execution from going on, as plain questions on the state: decide() asks them before
// it lets one pass, explain() to say why it did not.
#pragma once

#include "engine/core/pipeline.hpp"

namespace sluice {

// Stages of two declarations are the same place if they have the same name.
[[nodiscard]] bool same_place(const PipelineDeclaration& a, Index stage_a,
                              const PipelineDeclaration& b, Index stage_b);

// Whether a disabled transition keeps executions of the declaration from the stage.
[[nodiscard]] bool closes(const Transition& transition, const PipelineDeclaration& declaration,
                          Index stage);

// The execution that is inside the stage, of whatever version; null if it is free. Never `except`,
// nor a PARALLEL one, which stands in nobody's way.
[[nodiscard]] const Execution* occupant(const Pipeline& pipeline,
                                        const PipelineDeclaration& declaration, Index stage,
                                        ExecutionNumber except);

// How many actions of one execution may run at once.
[[nodiscard]] std::uint32_t most_actions(const PipelineDeclaration& declaration);

// Whether an execution of `version` ends when its actions do, since the pipeline was updated to
// `current` (facts/codepipeline.md 2.8).
[[nodiscard]] bool ends_by_update(const PipelineDeclaration& declaration, std::uint32_t version,
                                  std::uint32_t current);

}  // namespace sluice
