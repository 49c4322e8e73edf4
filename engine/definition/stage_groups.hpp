// A stage's actions in the order in which they run.
#pragma once

#include <string>
#include <vector>

#include "engine/core/declaration.hpp"

namespace sluice::definition {

// Indexes of the actions by ascending runOrder; those of one group run in parallel.
[[nodiscard]] std::vector<std::vector<std::size_t>> run_order_groups(const StageDeclaration& stage);

// "build/buildspec" from the four fields, for display.
[[nodiscard]] std::string action_type_word(const ActionTypeId& type);

}  // namespace sluice::definition
