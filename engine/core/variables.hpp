// What an action may read when it starts: variables of three kinds of namespaces and the artifacts
// of actions that are guaranteed earlier (facts/codepipeline.md 3, 1.7 rows 13 and 22).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/core.hpp"

namespace sluice {

// Borrowed for the length of a call.
struct Scope {
  const PipelineDeclaration& declaration;
  Uuid execution_id;
  ExecutionNumber execution;
  const Texts& variables;                    // of the pipeline, bound at start
  const std::vector<ActionOutput>& outputs;  // of finished actions
  const Facts* fresh = nullptr;  // facts of the decision in the making: their outputs come first
  Index stage = 0;
  std::uint32_t run_order = 0;  // of the reader: lower ones in its stage may be read
};

// What a rule may read: before the stage nothing of it, behind it all that it left.
[[nodiscard]] constexpr std::uint32_t readable_order(Hook hook) {
  return hook == Hook::kBeforeEntry ? 0 : UINT32_MAX;
}

// Total size that one action's configuration may have once resolved (facts 3: limits).
inline constexpr std::size_t kMostConfigurationBytes = 100 * 1024;
// Total size of one action's output variables (facts 3: limits).
inline constexpr std::size_t kMostVariableBytes = 122'880;

// Replaces every #{namespace.key} in a text.
[[nodiscard]] Result<std::string> substitute(const Scope& scope, const std::string& text);

// What an action or a rule begins with: its input artifacts, or why it cannot begin (a text that
// cannot be resolved, an artifact that nobody made).
[[nodiscard]] Result<std::vector<ArtifactRef>> find_inputs(const Scope& scope,
                                                           const ActionDeclaration& action);
[[nodiscard]] Result<std::vector<ArtifactRef>> find_inputs(const Scope& scope,
                                                           const RuleDeclaration& rule);

// The input artifacts by name, in the order given; fails when one has not been produced.
[[nodiscard]] Result<std::vector<ArtifactRef>> find_artifacts(
    const Scope& scope, const std::vector<std::string>& names);

}  // namespace sluice
