#include "plugins/rule/alarm.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>

#include "plugins/process/child.hpp"

namespace sluice::rule {
namespace {

constexpr std::int64_t kMinute_ms = 60'000, kCommandDeadline_ms = 60'000;
constexpr std::int64_t kMostWait_min = 86'400, kMostPoll_s = 86'400;
constexpr std::size_t kMostBytes = 64 * 1024;  // of a metric's text; the last ones are kept
constexpr std::string_view kComparisons[] = {"GreaterThanThreshold",
                                             "GreaterThanOrEqualToThreshold", "LessThanThreshold",
                                             "LessThanOrEqualToThreshold"};
constexpr AlarmState kStates[] = {AlarmState::kOk, AlarmState::kAlarm,
                                  AlarmState::kInsufficientData};

struct Settings {
  std::string name, command, file;
  std::optional<Threshold> threshold;
  std::set<AlarmState> wanted;
  std::int64_t wait_ms = 0, poll_ms = 0;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || at != end || number != number) return std::nullopt;
  return number;
}

std::optional<AlarmState> state_from(std::string_view word) {
  for (const auto state : kStates)
    if (text_of(state) == word) return state;
  return std::nullopt;
}

// A whole number from low to high, or -1 and a problem.
std::int64_t whole(const Run& run, const char* key, std::int64_t absent, std::int64_t low,
                   std::int64_t high, std::string& problem) {
  const auto text = run.configuration(key, "");
  if (text.empty()) return absent;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && at == end && number >= low && number <= high) return number;
  problem = std::string(key) + ": '" + text + "' is not a number from " + std::to_string(low) +
            " to " + std::to_string(high);
  return -1;
}

std::set<AlarmState> wanted_states(const std::string& text, std::string& problem) {
  std::set<AlarmState> wanted;
  std::string_view rest = text;
  for (;;) {
    const auto comma = rest.find(',');
    const auto word = trimmed(rest.substr(0, comma));
    const auto state = state_from(word);
    if (!state) {
      problem = "AlarmStates: '" + std::string(word) +
                "' is no state; write OK, ALARM or INSUFFICIENT_DATA, separated by commas";
      return {};
    }
    wanted.insert(*state);
    if (comma == std::string_view::npos) return wanted;
    rest.remove_prefix(comma + 1);
  }
}

void read_threshold(const Run& run, Settings& settings, std::string& problem) {
  const auto op = run.configuration("ComparisonOperator", "");
  const auto text = run.configuration("Threshold", "");
  if (text.empty()) {
    if (!op.empty()) problem = "ComparisonOperator needs a Threshold";
    return;
  }
  const auto value = number_of(text);
  if (!value) problem = "Threshold: '" + text + "' is no number";
  if (!op.empty() && !is_comparison(op))
    problem = "ComparisonOperator: '" + op +
              "' is none; write GreaterThanThreshold, GreaterThanOrEqualToThreshold, "
              "LessThanThreshold or LessThanOrEqualToThreshold";
  if (!problem.empty()) return;
  settings.threshold = Threshold{*value, op.empty() ? Threshold().op : op};
}

Settings read_settings(const Run& run, std::string& problem) {
  Settings settings;
  settings.name = run.configuration("AlarmName", "");
  settings.command = run.configuration("Command", "");
  settings.file = run.configuration("File", "");
  if (!settings.command.empty() && !settings.file.empty())
    problem = "Command and File are two sources of one alarm; keep one of the two";
  if (settings.command.empty() && settings.file.empty()) {
    if (settings.name.empty() || settings.name.find('/') != std::string::npos ||
        settings.name[0] == '.') {
      problem = "AlarmName: '" + settings.name +
                "' cannot be the name of a file; give the alarm a Command or a File";
    }
    settings.file = "alarms/" + settings.name;
  }
  read_threshold(run, settings, problem);
  const auto states = run.configuration("AlarmStates", "OK,INSUFFICIENT_DATA");
  if (problem.empty()) settings.wanted = wanted_states(states, problem);
  if (problem.empty())
    settings.wait_ms = whole(run, "WaitTime", 0, 0, kMostWait_min, problem) * kMinute_ms;
  if (problem.empty())
    settings.poll_ms = whole(run, "PollSeconds", 60, 1, kMostPoll_s, problem) * 1000;
  return settings;
}

AlarmState state_of_file(const Run& run, const Settings& settings) {
  const auto path = std::filesystem::path(run.base_directory()) / settings.file;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return AlarmState::kInsufficientData;
  std::ifstream in(path, std::ios::binary);
  std::string text(kMostBytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return state_of(text, settings.threshold);
}

// With a threshold the command prints a number. Without one its exit status speaks: 0 is OK, any
// other ALARM; what did not come to an end of its own says nothing.
std::optional<AlarmState> state_of_command(Run& run, const Settings& settings) {
  process::Command command;
  command.arguments = {"/bin/sh", "-c", settings.command};
  command.directory = run.base_directory();
  command.environment = process::inherited_environment();
  command.deadline_ms = kCommandDeadline_ms;
  std::string output;
  process::Lines errors([&](const std::string& line) { run.log(line); });
  command.on_output = [&](std::string_view bytes) {
    output += bytes;
    if (output.size() > kMostBytes) output.erase(0, output.size() - kMostBytes);
  };
  command.on_error = [&](std::string_view bytes) { errors.add(bytes); };
  command.cancelled = [&] { return run.cancelled(); };
  const auto ending = process::run(command);
  errors.finish();
  if (ending.end == process::End::kCancelled) return std::nullopt;
  if (ending.end != process::End::kExited) {
    run.log("the command of the alarm " + ending.text(), SLUICE_LOG_WARNING);
    return AlarmState::kInsufficientData;
  }
  if (!settings.threshold) return ending.code == 0 ? AlarmState::kOk : AlarmState::kAlarm;
  if (ending.code != 0) {
    run.log("the command of the alarm " + ending.text(), SLUICE_LOG_WARNING);
    return AlarmState::kInsufficientData;
  }
  return state_of(output, settings.threshold);
}

}  // namespace

std::string_view text_of(AlarmState state) {
  switch (state) {
    case AlarmState::kOk:
      return "OK";
    case AlarmState::kAlarm:
      return "ALARM";
    default:
      return "INSUFFICIENT_DATA";
  }
}

bool is_comparison(std::string_view op) {
  return std::find(std::begin(kComparisons), std::end(kComparisons), op) != std::end(kComparisons);
}

AlarmState state_of(std::string_view text, const std::optional<Threshold>& threshold) {
  text = trimmed(text);
  if (const auto line = text.find_last_of('\n'); line != std::string_view::npos)
    text = trimmed(text.substr(line + 1));
  if (!threshold) return state_from(text).value_or(AlarmState::kInsufficientData);
  const auto number = number_of(text);
  if (!number) return AlarmState::kInsufficientData;
  const bool less = threshold->op.starts_with("Less");
  const bool equal_counts = threshold->op.find("OrEqual") != std::string::npos;
  const bool breached = (less ? *number < threshold->value : *number > threshold->value) ||
                        (equal_counts && *number == threshold->value);
  return breached ? AlarmState::kAlarm : AlarmState::kOk;
}

Outcome alarm_at(Run& run, std::int64_t now_ms) {
  std::string problem;
  const auto settings = read_settings(run, problem);
  if (!problem.empty()) return misconfigured(problem);
  const auto state = settings.command.empty() ? std::optional(state_of_file(run, settings))
                                              : state_of_command(run, settings);
  if (!state)
    return failed("stopped while looking at the alarm", SLUICE_FAILURE_CANCELLED, "Cancelled");
  const auto words = "Alarm " + settings.name + " is in state " + std::string(text_of(*state));
  run.log(words);
  if (settings.wanted.contains(*state)) return succeeded();

  // The token is the time at which waiting ends.
  std::int64_t end_ms = now_ms + settings.wait_ms;
  if (const auto token = run.continuation())
    std::from_chars(token->data(), token->data() + token->size(), end_ms);
  if (now_ms >= end_ms) {
    const auto waited = settings.wait_ms == 0 ? "" : ", also after WaitTime";
    return failed(words + waited + "; acceptable is " +
                      run.configuration("AlarmStates", "OK,INSUFFICIENT_DATA"),
                  SLUICE_FAILURE_PERMANENT, "RuleFailed");
  }
  run.progress(-1, words);
  return continue_later(std::to_string(end_ms), std::min(settings.poll_ms, end_ms - now_ms));
}

Outcome alarm(Run& run) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return alarm_at(run, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace sluice::rule
