#include "plugins/deploy/appspec/hooks.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "plugins/process/child.hpp"

namespace sluice::appspec {
namespace {

constexpr std::size_t kLongestLine = 16 * 1024;
constexpr std::int64_t kGrace_ms = 5000;

struct Code {
  const char* fault;
  int number;
  const char* word;
};
constexpr std::array<Code, 5> kCodes = {{{"SCRIPT_MISSING", 1, "ScriptMissing"},
                                         {"SCRIPT_NOT_EXECUTABLE", 2, "ScriptNotExecutable"},
                                         {"SCRIPT_TIMED_OUT", 3, "ScriptTimedOut"},
                                         {"SCRIPT_FAILED", 4, "ScriptFailed"},
                                         {"OUTPUTS_LEFT_OPEN", 6, "OUTPUTS_LEFT_OPEN"}}};

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

bool is_own_account(const std::string& name) {
  const passwd* account = ::getpwnam(name.c_str());
  return account && account->pw_uid == ::geteuid();
}

std::string path_of(const Script& script, const std::string& archive) {
  return archive + "/" + script.location;
}

std::optional<Fault> make_runnable(const Script& script, const ScriptSurroundings& around) {
  const std::string path = path_of(script, around.archive);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return Fault{"SCRIPT_MISSING",
                 "the script is not in the revision; check location (a path in the revision, "
                 "without arguments)",
                 path};
  if (::access(path.c_str(), X_OK) == 0) return std::nullopt;
  around.warning("the script " + script.location +
                 " has no execute permission; it is set now, better set it in the source");
  if (::chmod(path.c_str(), status.st_mode | 0111U) == 0) return std::nullopt;
  return Fault{"SCRIPT_NOT_EXECUTABLE",
               std::string("the script cannot be made executable: ") + std::strerror(errno), path};
}

process::Environment environment_with(const std::map<std::string, std::string>& variables) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : variables) names.push_back(name);
  process::Environment environment = process::inherited_environment(names);
  environment.insert(environment.end(), variables.begin(), variables.end());
  return environment;
}

// What the shell's and su's own exit statuses mean, for people who do not know them by heart.
std::string hint_of(int status, const Script& script) {
  if (status == 126 && script.runas)
    return "; can " + *script.runas + " read and run a file in the state directory?";
  if (status == 126) return "; it is no program that can be run";
  if (status == 127) return "; the program, or the interpreter in its first line, was not found";
  return {};
}

std::optional<Fault> fault_of(const process::Ending& ending, const Script& script) {
  const std::string seconds = std::to_string(script.timeout_s) + " s";
  switch (ending.end) {
    case process::End::kExited:
      if (ending.code == 0) return std::nullopt;
      return Fault{
          "SCRIPT_FAILED",
          "ended with exit status " + std::to_string(ending.code) + hint_of(ending.code, script),
          {}};
    case process::End::kSignalled:
      return Fault{"SCRIPT_FAILED",
                   "was ended by signal " + std::to_string(ending.code) + " (" +
                       ::strsignal(ending.code) + ")",
                   {}};
    case process::End::kTimedOut:
      return Fault{"SCRIPT_TIMED_OUT",
                   "was still running after its timeout of " + seconds +
                       " and was stopped with all it had started",
                   {}};
    case process::End::kCancelled:
      return Fault{"CANCELLED", "was stopped because the deployment was", {}};
    case process::End::kOutputHeld:
      return Fault{"OUTPUTS_LEFT_OPEN",
                   "ended, but a process it started kept its output open for the rest of its "
                   "timeout of " +
                       seconds + (ending.holders.empty() ? "" : ": " + ending.holders) +
                       "; redirect the streams of what goes on in the background: "
                       "`program >/dev/null 2>&1 </dev/null &`",
                   {}};
    case process::End::kNotStarted:
      break;
  }
  return Fault{"UNKNOWN_ERROR", ending.text(), {}};
}

std::optional<Fault> run_one(const Script& script, const ScriptSurroundings& around,
                             ScriptLog& log) {
  log.begin_script(script.location);
  if (auto fault = make_runnable(script, around)) return fault;
  if (script.runas && !script.sudo && ::geteuid() != 0 && !is_own_account(*script.runas))
    return Fault{"SCRIPT_FAILED",
                 "runas: " + *script.runas +
                     " needs root; run sluice as root, or remove runas from the AppSpec",
                 {}};
  process::Lines out([&](const std::string& line) { log.output(false, line); }, kLongestLine);
  process::Lines err([&](const std::string& line) { log.output(true, line); }, kLongestLine);
  process::Command command;
  command.arguments = {"/bin/sh", "-c", script_command(script, around.archive)};
  command.directory = "/";
  command.environment = environment_with(around.variables);
  command.deadline_ms = std::int64_t{script.timeout_s} * 1000;
  command.grace_ms = kGrace_ms;
  command.wait_for_output = true;
  command.on_output = [&](std::string_view bytes) { out.add(bytes); };
  command.on_error = [&](std::string_view bytes) { err.add(bytes); };
  command.cancelled = around.cancelled;
  const process::Ending ending = process::run(command);
  out.finish();
  err.finish();
  return fault_of(ending, script);
}

}  // namespace

std::string script_command(const Script& script, const std::string& archive) {
  const std::string path = quoted(archive + "/") + script.location;
  std::string command = "exec ";
  if (script.sudo) command += "sudo ";
  const bool changes_account =
      script.runas && (script.sudo || ::geteuid() == 0 || !is_own_account(*script.runas));
  if (!changes_account) return command + path;
  // Two shells read this: ours, then the account's.
  return command + "su " + quoted(*script.runas) + " -c " + quoted(quoted(archive + "/")) +
         script.location;
}

std::optional<EventFailure> run_scripts(const std::vector<Script>& scripts,
                                        const ScriptSurroundings& surroundings, ScriptLog& log) {
  log.begin_event(surroundings.event);
  for (const auto& script : scripts)
    if (auto fault = run_one(script, surroundings, log))
      return EventFailure{*fault, script.location};
  return std::nullopt;
}

int error_code(const std::string& fault_word) {
  for (const auto& code : kCodes)
    if (fault_word == code.fault) return code.number;
  return 5;
}

const char* error_word(const std::string& fault_word) {
  for (const auto& code : kCodes)
    if (fault_word == code.fault) return code.word;
  return "UnknownError";
}

}  // namespace sluice::appspec
