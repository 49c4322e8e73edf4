// The plugin library of compute/commands, and of the same as a stage rule.
#include <sluice/action.hpp>

#include "plugins/build/commands.hpp"

namespace {
// The cloud's settings of its build machine are accepted and mean nothing on a machine of one's
// own.
constexpr char kSchema[] = R"({
  "type": "object",
  "properties": {
    "environmentType": {"type": "string", "enum": ["LINUX_CONTAINER"],
      "x-aliases": ["EnvironmentType"],
      "description": "Accepted for compatibility: commands run on this machine"},
    "computeType": {"type": "string", "x-aliases": ["ComputeType"],
      "description": "Accepted for compatibility, without effect"},
    "vpcId": {"type": "string", "x-aliases": ["VpcId"],
      "description": "Accepted for compatibility, without effect"},
    "subnets": {"type": "string", "x-aliases": ["Subnets"],
      "description": "Accepted for compatibility, without effect"},
    "securityGroupIds": {"type": "string", "x-aliases": ["SecurityGroupIds"],
      "description": "Accepted for compatibility, without effect"}
  },
  "additionalProperties": false
})";
constexpr char kRuleSchema[] = R"({"type": "object", "additionalProperties": false})";
}  // namespace

SLUICE_PLUGIN("commands", "0.1.0", "Shell commands as an action",
              SLUICE_ACTION(sluice::build::run_commands, .category = SLUICE_CATEGORY_COMPUTE,
                            .provider = "Commands", .version = "1", .uses = "compute/commands",
                            .summary = "Runs commands in one shell in the first input artifact",
                            .configuration_schema = kSchema, .min_inputs = 0, .max_inputs = 10,
                            .min_outputs = 0, .max_outputs = 1,
                            .default_timeout_ms = 55LL * 60 * 1000),
              SLUICE_ACTION(sluice::build::run_commands, .category = SLUICE_CATEGORY_RULE,
                            .provider = "Commands", .version = "1", .uses = "rule/commands",
                            .summary = "Passes when every command exits with 0",
                            .configuration_schema = kRuleSchema, .min_inputs = 0, .max_inputs = 5,
                            .min_outputs = 0, .max_outputs = 0,
                            .default_timeout_ms = 55LL * 60 * 1000))
