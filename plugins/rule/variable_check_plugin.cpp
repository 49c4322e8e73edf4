#include "plugins/rule/variable_check.hpp"

namespace {

constexpr const char* kSchema = R"json({
  "type": "object",
  "required": ["Variable", "Value", "Operator"],
  "properties": {
    "Variable": {"type": "string", "x-aliases": ["variable"],
      "description": "What is compared: a reference such as #{src.BranchName}."},
    "Value": {"type": "string", "x-aliases": ["value"],
      "description": "What to compare with."},
    "Operator": {"type": "string", "enum": ["EQ", "NE", "CONTAINS", "MATCHES"],
      "x-aliases": ["operator"],
      "description": "How to compare; MATCHES takes a regular expression for the whole text."}
  },
  "additionalProperties": false
})json";

constexpr const char* kNoVariables[] = {nullptr};

}  // namespace

SLUICE_PLUGIN("rule-variable-check", "1.0.0", "Compares a variable",
              SLUICE_ACTION(sluice::rule::variable_check, .category = SLUICE_CATEGORY_RULE,
                            .provider = "VariableCheck", .version = "1",
                            .uses = "rule/variable-check",
                            .summary = "Passes when a variable compares as asked.",
                            .configuration_schema = kSchema, .min_inputs = 0, .max_inputs = 5,
                            .min_outputs = 0, .max_outputs = 0, .output_variables = kNoVariables,
                            .flags = SLUICE_ACTION_IDEMPOTENT, .default_timeout_ms = 60'000))
