// An execution drawn as lines of text: the live picture of `run`, the body of `show`.
#pragma once

#include <string>
#include <vector>

#include "engine/cli/execution_view.hpp"
#include "engine/cli/terminal.hpp"

namespace sluice {

// A line for the execution, a line for each stage and action, none wider than the terminal. Pure.
[[nodiscard]] std::vector<std::string> execution_lines(const ExecutionView& view,
                                                       const Terminal& terminal, Instant now);

// "✓", "✗", "●" ... painted for a status.
[[nodiscard]] std::string mark_of(ActionStatus status, const Terminal& terminal);
[[nodiscard]] Paint paint_of(ExecutionStatus status);

}  // namespace sluice
