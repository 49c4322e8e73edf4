// Runs the scripts of one lifecycle event, in order, as agent 1.8.1 does (facts/build_deploy.md
// B8). The first failure ends the event.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/deploy/appspec/fault.hpp"
#include "plugins/deploy/appspec/model.hpp"
#include "plugins/deploy/appspec/script_log.hpp"

namespace sluice::appspec {

// Why an event failed. The fault's words: SCRIPT_MISSING, SCRIPT_NOT_EXECUTABLE, SCRIPT_TIMED_OUT,
// SCRIPT_FAILED, OUTPUTS_LEFT_OPEN, CANCELLED, or those of the other parts.
struct EventFailure {
  Fault fault;
  std::string script;  // its location, or ""
};

struct ScriptSurroundings {
  std::string event;
  std::string archive;                              // the revision whose scripts these are
  std::map<std::string, std::string> variables;     // LIFECYCLE_EVENT and so on, added to ours
  std::function<void(const std::string&)> warning;  // said once a thing
  std::function<bool()> cancelled;
};

[[nodiscard]] std::optional<EventFailure> run_scripts(const std::vector<Script>& scripts,
                                                      const ScriptSurroundings& surroundings,
                                                      ScriptLog& log);

// The command line a shell gets. `location` stands unquoted, as the agent's does, so a blank in it
// breaks the line; the folder of the revision is quoted, so a blank there does not.
[[nodiscard]] std::string script_command(const Script& script, const std::string& archive);

// The agent's code of a fault word, 1 to 6, and the API's word for it (B8).
[[nodiscard]] int error_code(const std::string& fault_word);
[[nodiscard]] const char* error_word(const std::string& fault_word);

}  // namespace sluice::appspec
