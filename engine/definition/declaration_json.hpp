// A declaration as JSON, in CodePipeline's own form with the defaults filled in
// (facts/codepipeline.md 1.6), and back.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/declaration.hpp"
#include "engine/core/result.hpp"

namespace sluice {

enum class JsonForm : std::uint8_t {
  kShown,  // what GetPipeline returns: secret values are ****; parse_workflow reads it
  kExact,  // for the store: secrets as they are, and what the action types said at the time
};

// Options of ours appear only where they differ from their default. `indent` < 0: one line.
[[nodiscard]] std::string to_json(const PipelineDeclaration& pipeline, JsonForm form,
                                  int indent = -1);

// Reads what to_json wrote: from_json(to_json(p, kExact)) == p. Checks types, not rules; anything
// else is ErrorKind::kCorrupt.
[[nodiscard]] Result<PipelineDeclaration> from_json(std::string_view json);

}  // namespace sluice
