#include "plugins/rule/deployment_window.hpp"

namespace {

constexpr const char* kSchema = R"json({
  "type": "object",
  "required": ["Cron"],
  "properties": {
    "Cron": {"type": "string", "x-aliases": ["cron"],
      "description": "When the window is open: seven Quartz fields, sec min hour day-of-month month day-of-week [year]."},
    "TimeZone": {"type": "string", "x-aliases": ["timeZone"],
      "description": "Region/City, UTC+HH:MM or UTC-HH:MM; default UTC."}
  },
  "additionalProperties": false
})json";

constexpr const char* kNoVariables[] = {nullptr};
constexpr std::int64_t kSevenDays_ms = 7LL * 24 * 60 * 60 * 1000;

}  // namespace

SLUICE_PLUGIN("rule-deployment-window", "1.0.0", "Waits for a window of time",
              SLUICE_ACTION(sluice::rule::deployment_window, .category = SLUICE_CATEGORY_RULE,
                            .provider = "DeploymentWindow", .version = "1",
                            .uses = "rule/deployment-window",
                            .summary = "Passes inside a window of time; waits for it to open.",
                            .configuration_schema = kSchema, .min_inputs = 0, .max_inputs = 5,
                            .min_outputs = 0, .max_outputs = 0, .output_variables = kNoVariables,
                            .flags = SLUICE_ACTION_IDEMPOTENT, .default_timeout_ms = kSevenDays_ms))
