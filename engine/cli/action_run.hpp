// Runs one action and waits for its end; CONTINUE is honoured in this process.
#pragma once

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/core/input.hpp"
#include "engine/core/result.hpp"

namespace sluice {

struct ActionRequest {
  ActionTypeDescription type;
  std::map<std::string, std::string> configuration;
  std::vector<std::string> secret_keys, commands, output_variables;
  std::vector<EnvironmentVariable> environment;
  std::vector<std::pair<std::string, std::string>> inputs;   // name, directory: copied for the run
  std::vector<std::pair<std::string, std::string>> outputs;  // name, directory: filled on success
  std::map<std::string, std::vector<std::string>> output_files;  // by output: patterns
  std::string state_directory;                                   // "": a temporary one
  std::string base_directory;
  std::string signal;           // JSON that ends the first wait for a signal, or ""
  std::string source_revision;  // what a source action is asked for, or ""
  std::int64_t timeout_ms = 0;  // 0: no limit
};

enum class ActionEnd { kSucceeded, kFailed, kInterrupted };

struct ActionResult {
  ActionEnd end = ActionEnd::kFailed;
  std::optional<Failure> failure;
  Account account;
  Texts variables;
  std::vector<ArtifactRef> artifacts;  // digest: the output's directory
  std::int64_t took_ms = 0;
};

// Log lines go to `log` as they come. SIGINT and SIGTERM end the action properly, a second one at
// once; they must be blocked in every thread. Fails if the run could not even begin.
[[nodiscard]] Result<ActionResult> run_action(const ActionRequest& request, std::ostream& log);

}  // namespace sluice
