#include "engine/core/gates.hpp"

#include <algorithm>

namespace sluice {
namespace {

// Executions of CodePipeline's PARALLEL mode run at most this many actions at once (facts 8).
constexpr std::uint32_t kParallelActions = 5;

}  // namespace

bool same_place(const PipelineDeclaration& a, Index stage_a, const PipelineDeclaration& b,
                Index stage_b) {
  return &a == &b ? stage_a == stage_b : a.stages[stage_a].name == b.stages[stage_b].name;
}

bool closes(const Transition& transition, const PipelineDeclaration& declaration, Index stage) {
  if (transition.inbound) return transition.stage == declaration.stages[stage].name;
  return stage > 0 && transition.stage == declaration.stages[stage - 1U].name;
}

const Execution* occupant(const Pipeline& pipeline, const PipelineDeclaration& declaration,
                          Index stage, ExecutionNumber except) {
  const auto inside = [&](const auto& entry) {
    const Execution& other = entry.second;
    const PipelineDeclaration& theirs = *pipeline.versions.at(other.version);
    return other.number != except && theirs.mode != ExecutionMode::kParallel &&
           (other.stage_status == StageStatus::kInProgress ||
            other.stage_status == StageStatus::kStopping) &&
           same_place(theirs, other.stage, declaration, stage);
  };
  const auto& all = pipeline.executions;
  const auto found = std::find_if(all.begin(), all.end(), inside);
  return found == all.end() ? nullptr : &found->second;
}

std::uint32_t most_actions(const PipelineDeclaration& declaration) {
  if (declaration.mode != ExecutionMode::kParallel) return UINT32_MAX;
  return declaration.max_parallel_actions == 0 ? kParallelActions
                                               : declaration.max_parallel_actions;
}

bool ends_by_update(const PipelineDeclaration& declaration, std::uint32_t version,
                    std::uint32_t current) {
  return version != current && declaration.mode != ExecutionMode::kParallel &&
         !declaration.finish_on_own_version;
}

}  // namespace sluice
