#include "plugins/approval/manual.hpp"

namespace {

constexpr const char* kSchema = R"json({
  "type": "object",
  "properties": {
    "customData": {
      "type": "string",
      "description": "What is to be approved: shown to whoever decides.",
      "x-aliases": ["CustomData"]
    },
    "externalEntityLink": {
      "type": "string",
      "description": "The URL of what is to be reviewed.",
      "x-aliases": ["ExternalEntityLink"]
    },
    "notificationArn": {
      "type": "string",
      "description": "Where the request for approval is announced: the ARN of an SNS topic.",
      "x-aliases": ["NotificationArn"]
    },
    "isSummaryRequired": {
      "type": "boolean", "default": "false",
      "description": "Whether an answer without a summary is refused.",
      "x-aliases": ["IsSummaryRequired"]
    }
  },
  "additionalProperties": false
})json";

constexpr const char* kNoVariables[] = {nullptr};
constexpr std::int64_t kSevenDays_ms = 7LL * 24 * 60 * 60 * 1000;  // facts/codepipeline.md 2.13

}  // namespace

SLUICE_PLUGIN("approval-manual", "1.0.0", "Waits for somebody's approval",
              SLUICE_ACTION(sluice::approval::manual_approval, .category = SLUICE_CATEGORY_APPROVAL,
                            .provider = "Manual", .version = "1", .uses = "approval/manual",
                            .summary = "Waits until somebody approves or rejects.",
                            .configuration_schema = kSchema, .min_inputs = 0, .max_inputs = 0,
                            .min_outputs = 0, .max_outputs = 0, .output_variables = kNoVariables,
                            .flags = SLUICE_ACTION_IDEMPOTENT, .default_timeout_ms = kSevenDays_ms))
