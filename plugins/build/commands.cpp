#include "plugins/build/commands.hpp"

#include <string>
#include <vector>

#include "plugins/build/artifacts.hpp"
#include "plugins/build/build_log.hpp"
#include "plugins/build/environment.hpp"
#include "plugins/build/shell.hpp"

namespace sluice::build {
namespace {

// The variables that name the input directories (facts/codepipeline.md 4).
void set_source_directories(const std::vector<InputArtifact>& inputs, Environment& environment) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (i == 0) environment.set("CODEBUILD_SRC_DIR", inputs[i].directory);
    environment.set("CODEBUILD_SRC_DIR_" + inputs[i].name, inputs[i].directory);
  }
}

Outcome explain(const EntryResult& result, const std::string& command) {
  if (!result.trouble.empty()) return failed(result.trouble, SLUICE_FAILURE_TRANSIENT);
  if (result.interruption == Interruption::kStopped)
    return failed("stopped while running command: " + command, SLUICE_FAILURE_CANCELLED);
  const std::string message = "Error while executing command: " + command +
                              ". Reason: exit status " + std::to_string(result.status);
  log_line("Command did not exit successfully " + command + " exit status " +
           std::to_string(result.status));
  return failed(message);
}

Outcome export_variables(Run& run, Shell& shell) {
  const auto names = run.output_variables();
  if (names.empty()) return succeeded();
  const auto values = shell.values(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!values[i])
      run.log("output variable " + names[i] + " is not set in the shell and not exported",
              SLUICE_LOG_WARNING);
    else if (!run.set_output(names[i], *values[i]))
      return failed("output variable " + names[i] + " was refused; the log says why");
  }
  return succeeded();
}

// One command alone needs no shell that outlives it: nothing asks for its state afterwards.
Outcome run_single(const std::string& command, const Environment& environment,
                   const std::string& directory, const Watch& watch) {
  log_line("Running command " + command);
  const EntryResult result = run_alone(command, environment.list(), directory, watch);
  return result.ok() ? succeeded() : explain(result, command);
}

Outcome run_in_shell(Run& run, const std::vector<std::string>& commands,
                     const Environment& environment, const std::string& directory,
                     const Watch& watch) {
  Shell::Options options;
  options.environment = environment.list();
  options.directory = directory;
  options.keep_state = false;
  Shell shell(options, watch);
  for (const auto& command : commands) {
    log_line("Running command " + command);
    const EntryResult result = shell.run(command);
    if (!result.ok()) return explain(result, command);
  }
  return export_variables(run, shell);
}

}  // namespace

Outcome run_commands(Run& run) {
  const auto commands = run.commands();
  if (commands.empty()) return misconfigured("commands: at least one command is needed");
  const auto inputs = run.inputs();
  const std::string directory = inputs.empty() ? run.work_directory() : inputs.front().directory;

  Environment environment;
  set_source_directories(inputs, environment);
  environment.set(run.environment());
  Watch watch;
  watch.cancelled = [&run] { return run.cancelled(); };
  Outcome outcome = commands.size() == 1 && run.output_variables().empty()
                        ? run_single(commands.front(), environment, directory, watch)
                        : run_in_shell(run, commands, environment, directory, watch);
  if (outcome.code != SLUICE_SUCCEEDED) return outcome;

  for (const auto& output : run.outputs()) {
    if (output.files.empty()) continue;
    ArtifactSet set;
    set.files = output.files;
    if (auto trouble = collect_artifacts(set, directory, output.directory); !trouble.empty())
      return failed("output artifact " + output.name + ": " + trouble);
  }
  return succeeded();
}

}  // namespace sluice::build
