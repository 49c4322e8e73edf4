// Executions as JSON, with the API's member names (facts/codepipeline.md 2.16).
#pragma once

#include <string>
#include <vector>

#include "engine/cli/execution_view.hpp"

namespace sluice {

[[nodiscard]] std::string executions_json(const std::vector<ExecutionRow>& rows);
[[nodiscard]] std::string execution_json(const ExecutionView& view);

}  // namespace sluice
