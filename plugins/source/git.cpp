#include "plugins/source/git.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace sluice::source {
namespace {

constexpr std::size_t kLongestOutput = 64 * 1024 * 1024;
constexpr std::size_t kLongestError = 64 * 1024;

// `git rev-parse --local-env-vars`: they are set when the engine was started by a git hook, and
// would turn every command below to the hook's repository.
constexpr std::string_view kRepositoryVariables[] = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
    "GIT_TEMPLATE_DIR",
};

std::string quoted(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '\n')
      text += "\\n";
    else
      text += c;
  }
  return text + "\"";
}

// Our defaults, then the user's file (credentials, proxies, certificates), then what must hold.
// safe.directory counts only here: `git -c` does not reach the process that serves a local fetch.
std::string configuration(const GitOptions& options) {
  std::string text = "[http]\n\tlowSpeedLimit = 1000\n\tlowSpeedTime = 60\n";
  for (const auto& file : user_configurations())
    if (!file.empty()) text += "[include]\n\tpath = " + quoted(file) + "\n";
  text +=
      "[core]\n\thooksPath = /dev/null\n\tfsmonitor = false\n\tautocrlf = false\n"
      "[gc]\n\tautoDetach = false\n[maintenance]\n\tautoDetach = false\n"
      "[advice]\n\tdetachedHead = false\n[log]\n\tshowSignature = false\n"
      "[i18n]\n\tlogOutputEncoding = UTF-8\n[protocol \"ext\"]\n\tallow = never\n";
  if (options.local_submodules) text += "[protocol \"file\"]\n\tallow = always\n";
  for (const auto& directory : options.trusted)
    text += "[safe]\n\tdirectory = " + quoted(directory) +
            "\n\tdirectory = " + quoted(directory + "/.git") + "\n";
  if (!options.url.empty()) text += "[remote \"source\"]\n\turl = " + quoted(options.url) + "\n";
  return text;
}

void write_private(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (file >= 0) close(file);
  if (!written) throw std::runtime_error("cannot write " + path);
}

bool says(const std::string& text, std::initializer_list<std::string_view> any) {
  return std::any_of(any.begin(), any.end(),
                     [&](auto words) { return text.find(words) != std::string::npos; });
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  if (what.empty() || what == with) return text;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// The line that says what happened: git prints "fatal:" or "error:" before it, ssh nothing.
std::string reason(const std::string& error) {
  std::string best;
  process::Lines lines([&](const std::string& line) {
    const bool fatal = line.rfind("fatal: ", 0) == 0 || line.rfind("error: ", 0) == 0;
    if (!line.empty() && (best.empty() || (fatal && best.rfind("fatal: ", 0) != 0))) best = line;
  });
  lines.add(error);
  lines.finish();
  for (const char* prefix : {"fatal: ", "error: "})
    if (best.rfind(prefix, 0) == 0) best.erase(0, std::string_view(prefix).size());
  return best;
}

}  // namespace

std::vector<std::string> user_configurations() {
  if (const char* global = std::getenv("GIT_CONFIG_GLOBAL")) return {global};
  std::vector<std::string> files;
  const char* home = std::getenv("HOME");
  if (const char* xdg = std::getenv("XDG_CONFIG_HOME"); xdg != nullptr && *xdg != '\0')
    files.push_back(std::string(xdg) + "/git/config");
  else if (home != nullptr)
    files.push_back(std::string(home) + "/.config/git/config");
  if (home != nullptr) files.push_back(std::string(home) + "/.gitconfig");
  return files;
}

Git::Git(Run& run, const GitOptions& options)
    : run_(run),
      environment_(process::inherited_environment(
          {std::begin(kRepositoryVariables), std::end(kRepositoryVariables)})) {
  const std::string file = run.work_directory() + "/gitconfig";
  write_private(file, configuration(options));
  const process::Environment ours = {
      {"GIT_CONFIG_GLOBAL", file},
      {"GIT_TERMINAL_PROMPT", "0"},
      {"GIT_OPTIONAL_LOCKS", "0"},
      {"SSH_ASKPASS_REQUIRE", "never"},
      {"GCM_INTERACTIVE", "never"},
      {"LC_ALL", "C.UTF-8"},
      {"LANGUAGE", ""},
      {"TZ", "UTC"},
      {"GIT_PAGER", "cat"},
  };
  for (const auto& our : ours) {
    std::erase_if(environment_, [&](const auto& entry) { return entry.first == our.first; });
    environment_.push_back(our);
  }
}

Answer Git::operator()(const std::vector<std::string>& arguments, std::int64_t deadline_ms,
                       const process::Environment& more_environment) const {
  Answer answer;
  process::Command command;
  // Again here, because a repository's own configuration comes after the user's.
  command.arguments = {"git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.environment = environment_;
  command.environment.insert(command.environment.end(), more_environment.begin(),
                             more_environment.end());
  command.deadline_ms = deadline_ms;
  command.cancelled = [this] { return run_.cancelled(); };
  command.on_output = [&](std::string_view bytes) {
    if (answer.output.size() < kLongestOutput) answer.output += bytes;
  };
  command.on_error = [&](std::string_view bytes) {
    if (answer.error.size() < kLongestError) answer.error += bytes;
  };
  answer.ending = process::run(command);
  return answer;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

Outcome explain(const Answer& answer, const std::string& doing, const std::string& url,
                const std::string& shown_url) {
  const std::string said = process::valid_utf8(replaced(reason(answer.error), url, shown_url));
  const std::string& all = answer.error;
  switch (answer.ending.end) {
    case process::End::kCancelled:
      return failed(doing + " was cancelled", SLUICE_FAILURE_CANCELLED, "Cancelled");
    case process::End::kTimedOut:
      return failed(doing + " did not end in time; is the network slow?", SLUICE_FAILURE_TRANSIENT,
                    "TimedOut");
    case process::End::kNotStarted:
      return failed("git " + answer.ending.text() + "; install git and put it on the PATH",
                    SLUICE_FAILURE_CONFIGURATION, "GitNotFound");
    default:
      break;
  }
  if (says(all, {"Authentication failed", "could not read Username", "could not read Password",
                 "Permission denied (", "Host key verification failed", "error: 403",
                 "terminal prompts disabled"}))
    return failed(doing + ": access to " + shown_url + " was refused (" + said +
                      "). Give this machine credentials: a git credential helper, or an ssh key",
                  SLUICE_FAILURE_CONFIGURATION, "AuthenticationFailed");
  if (says(all,
           {"Could not resolve", "Connection timed out", "Connection refused", "Connection reset",
            "Connection closed", "Failed to connect", "Couldn't connect", "Network is unreachable",
            "No route to host", "early EOF", "RPC failed", "hung up unexpectedly",
            "Operation timed out", "Operation too slow", "Empty reply from server",
            "returned error: 5", "returned error: 429", "SSL_ERROR_SYSCALL", "Temporary failure"}))
    return failed(doing + ": " + shown_url + " cannot be reached (" + said + ")",
                  SLUICE_FAILURE_TRANSIENT, "NetworkError");
  if (says(all, {"epository not found", "returned error: 404", "not found", "does not exist",
                 "No such file"}))
    return failed(doing + ": there is no repository " + shown_url + " (" + said + ")",
                  SLUICE_FAILURE_CONFIGURATION, "RepositoryNotFound");
  if (says(all, {"does not appear to be a git repository", "not a git repository"}))
    return failed(doing + ": " + shown_url + " is not a git repository",
                  SLUICE_FAILURE_CONFIGURATION, "NotARepository");
  return failed(doing + " failed: git " + answer.ending.text() + (said.empty() ? "" : ": " + said));
}

}  // namespace sluice::source
