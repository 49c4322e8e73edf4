#include "plugins/invoke/exec.hpp"

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "plugins/invoke/answer.hpp"
#include "plugins/invoke/command_line.hpp"
#include "plugins/invoke/environment.hpp"
#include "plugins/process/child.hpp"

namespace sluice::invoke {
namespace {

constexpr std::int64_t kDefaultTimeout_s = 20 * 60;  // facts/codepipeline.md 2.14, Lambda
constexpr std::int64_t kLongestTimeout_s = 24 * 60 * 60;
constexpr std::size_t kLongestToken = 2048;  // facts/codepipeline.md 5.2

std::optional<process::Command> read_command(const Run& run, std::string& problem) {
  const auto words = split_words(run.configuration("command", ""), problem);
  if (!words) return std::nullopt;
  const auto setting = parse_environment(run.configuration("environment", ""), problem);
  if (!setting) return std::nullopt;
  std::int64_t timeout_s = kDefaultTimeout_s;
  if (const auto text = run.configuration("timeoutSeconds", ""); !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), timeout_s);
    if (error != std::errc() || end != text.data() + text.size() || timeout_s < 1 ||
        timeout_s > kLongestTimeout_s) {
      problem = "timeoutSeconds: '" + text + "' is not a number from 1 to 86400";
      return std::nullopt;
    }
  }
  std::vector<std::string> inputs;
  for (const auto& input : run.inputs()) inputs.push_back(input.directory);
  const char* path = std::getenv("PATH");
  const auto program = find_program((*words)[0], inputs, run.base_directory(),
                                    path != nullptr ? path : "/usr/bin:/bin", problem);
  if (!program) return std::nullopt;

  process::Command command;
  command.arguments = *words;
  command.arguments[0] = *program;
  command.directory = inputs.empty() ? run.work_directory() : inputs[0];
  command.environment = environment_of(run, *setting);
  command.input = run.job();
  command.deadline_ms = timeout_s * 1000;
  return command;
}

sluice_failure_kind kind_of(const std::string& failure_type) {
  if (failure_type == "ConfigurationError") return SLUICE_FAILURE_CONFIGURATION;
  if (failure_type == "SystemUnavailable") return SLUICE_FAILURE_TRANSIENT;
  return SLUICE_FAILURE_PERMANENT;
}

Outcome failed_process(const process::Ending& ending, const std::string& name,
                       const std::string& last_error) {
  const std::string message = name + " " + ending.text();
  switch (ending.end) {
    case process::End::kCancelled:
      return failed(message, SLUICE_FAILURE_CANCELLED, "Cancelled");
    case process::End::kTimedOut:
      return failed(message + " (timeoutSeconds)", SLUICE_FAILURE_PERMANENT, "TimedOut");
    case process::End::kNotStarted:
      return failed(message, SLUICE_FAILURE_CONFIGURATION, "ConfigurationError");
    default:
      return failed(last_error.empty() ? message : message + ": " + last_error);
  }
}

// What the answer says, for a process that ended well.
Outcome apply(Run& run, const Answer& answer) {
  if (!answer.external_id.empty() || !answer.external_url.empty() || !answer.summary.empty())
    run.set_external(answer.external_id, answer.external_url, answer.summary);
  if (answer.percent >= 0) run.progress(answer.percent, answer.summary);
  if (answer.failure)
    return failed(
        answer.failure->second.empty() ? "the command reported a failure" : answer.failure->second,
        kind_of(answer.failure->first), answer.failure->first);
  if (answer.continuation_token) {
    if (answer.continuation_token->size() > kLongestToken)
      return failed("the command's continuationToken exceeds 2048 bytes");
    return continue_later(*answer.continuation_token, answer.delay_ms);
  }
  for (const auto& [key, value] : answer.variables)
    if (!run.set_output(key, value))
      return failed("the output variable '" + key +
                    "' was refused; names have letters, digits, @, _ and -, and all variables of "
                    "an action share 122880 bytes");
  return succeeded();
}

}  // namespace

Outcome exec(Run& run) {
  std::string problem;
  auto command = read_command(run, problem);
  if (!command) return misconfigured(problem);

  OutputSorter output([&](const std::string& line) { run.log(line); });
  std::string last_error;
  process::Lines errors([&](const std::string& line) {
    run.log(line);
    if (line.find_first_not_of(" \t") != std::string::npos) last_error = line;
  });
  command->on_output = [&](std::string_view bytes) { output.add(bytes); };
  command->on_error = [&](std::string_view bytes) { errors.add(bytes); };
  command->cancelled = [&] { return run.cancelled(); };
  const auto ending = process::run(*command);
  errors.finish();
  const auto answer = output.finish(problem);

  const std::string name = std::filesystem::path(command->arguments[0]).filename().string();
  if (!ending.succeeded()) {
    // A program that says why it fails knows better than its exit status.
    if (ending.end == process::End::kExited && answer && answer->failure)
      return apply(run, *answer);
    return failed_process(ending, name, last_error);
  }
  if (!problem.empty()) return failed("the JSON that " + name + " printed is wrong: " + problem);
  return answer ? apply(run, *answer) : succeeded();
}

Outcome exec_rule(Run& run) {
  Outcome outcome = exec(run);
  if (run.configuration("passesOn", "success") != "error") return outcome;
  if (outcome.code == SLUICE_SUCCEEDED)
    return failed("the executable succeeded, and an error is what the rule waits for");
  if (outcome.code != SLUICE_FAILED || outcome.kind != SLUICE_FAILURE_PERMANENT) return outcome;
  run.log("It reports an error, which is what the rule waits for: " + outcome.message);
  return succeeded();
}

}  // namespace sluice::invoke
