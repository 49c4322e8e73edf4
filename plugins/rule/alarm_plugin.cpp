#include "plugins/rule/alarm.hpp"

namespace {

// AlarmStates has no default here: it is the hook's (docs/actions/rule-alarm.md).
constexpr const char* kSchema = R"json({
  "type": "object",
  "required": ["AlarmName"],
  "properties": {
    "AlarmName": {"type": "string", "minLength": 1, "x-aliases": ["alarmName"],
      "description": "Name of the alarm. Without Command and File its state is read from alarms/NAME in the workflow file's folder."},
    "AlarmStates": {"type": "string", "x-aliases": ["alarmStates"],
      "description": "Acceptable states, separated by commas: OK, ALARM, INSUFFICIENT_DATA. Default OK,INSUFFICIENT_DATA; in onFailure ALARM."},
    "WaitTime": {"type": "integer", "minimum": 0, "maximum": 86400, "default": "0",
      "x-aliases": ["waitTime"],
      "description": "Minutes to watch for an acceptable state; 0 looks once."},
    "Command": {"type": "string", "minLength": 1, "x-aliases": ["command"],
      "description": "Shell command that measures: exit status 0 is OK and any other ALARM; with a Threshold the number that it prints last."},
    "File": {"type": "string", "minLength": 1, "x-aliases": ["file"],
      "description": "File whose last line is a state or, with a Threshold, a number; relative to the workflow file's folder."},
    "Threshold": {"type": "number", "x-aliases": ["threshold"],
      "description": "What the number is compared with."},
    "ComparisonOperator": {"type": "string", "x-aliases": ["comparisonOperator"],
      "enum": ["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"],
      "description": "When the number means ALARM. Default GreaterThanThreshold."},
    "PollSeconds": {"type": "integer", "minimum": 1, "maximum": 86400, "default": "60",
      "x-aliases": ["pollSeconds"],
      "description": "How often to look within WaitTime."}
  },
  "additionalProperties": false
})json";

constexpr const char* kNoVariables[] = {nullptr};
constexpr std::int64_t kSixtyOneDays_ms = 61LL * 24 * 60 * 60 * 1000;  // beyond any WaitTime

}  // namespace

SLUICE_PLUGIN("rule-alarm", "1.0.0", "Looks at an alarm",
              SLUICE_ACTION(sluice::rule::alarm, .category = SLUICE_CATEGORY_RULE,
                            .provider = "CloudWatchAlarm", .version = "1", .uses = "rule/alarm",
                            .summary = "Passes while an alarm is in an acceptable state.",
                            .configuration_schema = kSchema, .min_inputs = 0, .max_inputs = 5,
                            .min_outputs = 0, .max_outputs = 0, .output_variables = kNoVariables,
                            .flags = SLUICE_ACTION_IDEMPOTENT,
                            .default_timeout_ms = kSixtyOneDays_ms))
