#include <algorithm>
#include <array>

#include "plugins/invoke/exec.hpp"

namespace {

constexpr char kHead[] = R"json({
  "type": "object",
  "required": ["command"],
  "properties": {
)json";
constexpr char kSettings[] = R"json(    "command": {
      "type": "string", "minLength": 1,
      "description": "The executable and its arguments, without a shell. It is looked for in the input artifacts, then in the workflow file's folder, then on the PATH.",
      "x-aliases": ["Command", "FunctionName"]
    },
    "userParameters": {
      "type": "string",
      "description": "Text for the executable: in the job, and in SLUICE_USER_PARAMETERS.",
      "x-aliases": ["UserParameters"]
    },
    "environment": {
      "type": "string",
      "description": "Environment variables as JSON: {\"NAME\": \"value\"} or [{\"name\": \"NAME\", \"value\": \"value\"}].",
      "x-aliases": ["Environment", "EnvironmentVariables"]
    },
    "timeoutSeconds": {
      "type": "integer", "minimum": 1, "maximum": 86400, "default": "1200",
      "description": "How long one call may take, 1 to 86400 seconds.",
      "x-aliases": ["TimeoutSeconds"]
    }
  },
  "additionalProperties": false
})json";
constexpr char kPassesOn[] = R"json(
    "passesOn": {
      "type": "string", "enum": ["success", "error"], "default": "success",
      "description": "What lets the condition pass: that the executable succeeds, or that it reports an error. In onFailure the default is error.",
      "x-aliases": ["PassesOn"]
    },
)json";

template <std::size_t... Sizes>
consteval auto joined(const char (&... texts)[Sizes]) {
  std::array<char, ((Sizes - 1) + ... + 1)> all{};
  std::size_t at = 0;
  ((std::copy_n(texts, Sizes - 1, all.begin() + at), at += Sizes - 1), ...);
  return all;
}

constexpr auto kSchema = joined(kHead, kSettings);
constexpr auto kRuleSchema = joined(kHead, kPassesOn, kSettings);

constexpr std::int64_t kDay_ms = 24LL * 60 * 60 * 1000;  // facts/codepipeline.md 2.14, Lambda

}  // namespace

SLUICE_PLUGIN(
    "invoke-exec", "1.0.0", "Calls an executable with the job as JSON",
    SLUICE_ACTION(sluice::invoke::exec, .category = SLUICE_CATEGORY_INVOKE, .provider = "Exec",
                  .version = "1", .uses = "invoke/exec",
                  .summary = "Calls an executable with the job as JSON on stdin.",
                  .configuration_schema = kSchema.data(), .min_inputs = 0, .max_inputs = 5,
                  .min_outputs = 0, .max_outputs = 5, .output_variables = nullptr, .flags = 0,
                  .default_timeout_ms = kDay_ms),
    SLUICE_ACTION(sluice::invoke::exec_rule, .category = SLUICE_CATEGORY_RULE,
                  .provider = "LambdaInvoke", .version = "1", .uses = "rule/exec",
                  .summary = "Passes when an executable succeeds; it gets the job as JSON.",
                  .configuration_schema = kRuleSchema.data(), .min_inputs = 0, .max_inputs = 5,
                  .min_outputs = 0, .max_outputs = 0, .output_variables = nullptr, .flags = 0,
                  .default_timeout_ms = kDay_ms))
