// The JSON Schema of workflow files, for editors (docs/workflow-file.md).
#pragma once

#include <string>
#include <vector>

#include "engine/core/action_type.hpp"

namespace sluice {

// Draft 7, indented. Printed from the tables that parse_workflow checks by and from every action
// type's configuration schema, so that an editor completes `uses` and each action's configuration.
[[nodiscard]] std::string workflow_schema(const std::vector<ActionTypeDescription>& catalogue);

}  // namespace sluice
