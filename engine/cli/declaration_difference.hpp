// What a new declaration of a pipeline changes, in terms of its stages and actions, for people.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/cli/terminal.hpp"

namespace sluice {

struct DeclarationChange {
  enum class Kind : std::uint8_t { kAdded, kRemoved, kChanged };
  Kind kind = Kind::kChanged;
  std::string place;          // "stages/Build/Compile/configuration/buildspec"
  std::string before, after;  // values as JSON text; "" where there was, or is, none
};

// Both in CodePipeline's form (GetPipeline's `pipeline`). Elements of lists are told apart by their
// names where they have one, so that inserting a stage is one change. `version` is left out. In the
// order of the new declaration, what was removed last.
[[nodiscard]] std::vector<DeclarationChange> declaration_changes(const nlohmann::json& before,
                                                                 const nlohmann::json& after);

// A line a change: "+ stages/Build/Lint  {...}", "- ...", "~ place  before -> after".
[[nodiscard]] std::string change_lines(const std::vector<DeclarationChange>& changes,
                                       const Terminal& terminal);

}  // namespace sluice
