// Action types for tests: shaped like the first-party plugins, without needing them.
#pragma once

#include <string>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/definition/workflow.hpp"

namespace sluice::test {

[[nodiscard]] const std::vector<ActionTypeDescription>& sample_catalogue();

// parse_workflow with the catalogue above.
[[nodiscard]] ParsedWorkflow parse(const std::string& text,
                                   const std::string& file = "pipeline.yml");

// "line:column code" of each diagnostic, in order.
[[nodiscard]] std::vector<std::string> places(const ParsedWorkflow& parsed);

// All diagnostics as text, for INFO.
[[nodiscard]] std::string report(const ParsedWorkflow& parsed);

}  // namespace sluice::test
