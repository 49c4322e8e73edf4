// The rule CloudWatchAlarm (facts/codepipeline.md 2.15) over what a machine of one's own has: a
// command, or a file that a monitoring system writes. docs/actions/rule-alarm.md describes it.
#pragma once

#include <cstdint>
#include <optional>
#include <sluice/action.hpp>
#include <string>
#include <string_view>

namespace sluice::rule {

enum class AlarmState : std::uint8_t { kOk, kAlarm, kInsufficientData };

[[nodiscard]] std::string_view text_of(AlarmState state);

// What a metric is compared with; op in CloudWatch's words.
struct Threshold {
  double value = 0;
  std::string op = "GreaterThanThreshold";
};
[[nodiscard]] bool is_comparison(std::string_view op);

// The state that a source's text means: its last line that is not blank is a number (with a
// threshold) or one of the words OK, ALARM, INSUFFICIENT_DATA. Anything else is insufficient data.
[[nodiscard]] AlarmState state_of(std::string_view text, const std::optional<Threshold>& threshold);

// now_ms: milliseconds since 1970 UTC. Looks once; where the state is not acceptable and WaitTime
// is not over, asks to be called again after the poll interval.
Outcome alarm_at(Run& run, std::int64_t now_ms);

// The same, now.
Outcome alarm(Run& run);

}  // namespace sluice::rule
