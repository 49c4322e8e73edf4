#include "plugins/build/shell.hpp"

#include <pwd.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "plugins/build/plain_command.hpp"

namespace sluice::build {
namespace {

// Commands that print commands which, read by a new shell of the kind, bring the state back.
// Options come last: an `errexit` among them must not see what stands before.
constexpr char kPrintState[] =
    R"(if [ "${BASH_VERSION-}" ]; then declare -p; declare -f; shopt -p; else set; export -p; fi; )"
    R"(printf 'cd -- "$PWD"\n'; set +o)";

// Tells what is printed at the shell's end from what is printed after an entry.
constexpr char kFarewell[] = "exit";
// Set when nobody wants the state any more: printing it costs as much as a small command.
constexpr char kForgetState[] = "SLUICE_FORGET_STATE=1\n";

// Only dash (and ash) undo an entry's redirections before the EXIT trap runs. Other shells keep the
// answering descriptor open while an entry runs.
bool undoes_redirections(const std::string& program) {
  static const bool sh_does = [] {
    std::error_code ignored;
    const auto name = std::filesystem::canonical("/bin/sh", ignored).filename();
    return name == "dash" || name == "busybox";
  }();
  return sh_does && std::filesystem::path(program).filename() == "sh";
}

}  // namespace

std::string shell_quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += R"('\'')";
    else
      quoted += c;
  }
  return quoted += '\'';
}

bool is_shell_name(std::string_view name) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         name.find_first_not_of(kLetters) == std::string_view::npos;
}

EntryResult run_alone(const std::string& command, const std::vector<std::string>& environment,
                      const std::string& directory, const Watch& watch) {
  EntryResult result;
  ShellProcess process;
  // A program is looked up in the PATH of this process, so another PATH needs a shell.
  const char* path = std::getenv("PATH");
  const std::string same_path = std::string("PATH=") + (path ? path : "");
  const auto words = plain_words(command);
  const bool direct = !words.empty() && std::find(environment.begin(), environment.end(),
                                                  same_path) != environment.end();
  // What cannot be started directly is the shell's to explain, with status 126 or 127.
  if (!direct || !process.start_alone(words, environment, directory).empty())
    result.trouble = process.start_alone({"/bin/sh", "-c", command}, environment, directory);
  if (!result.trouble.empty()) return result;
  if (!process.wait(watch)) result.interruption = process.interruption();
  result.status = process.status();
  return result;
}

Shell::Shell(Options options, const Watch& watch) : options_(std::move(options)), watch_(watch) {}

std::string Shell::open() {
  if (process_.running()) return {};
  std::vector<std::string> words = identity_;
  words.insert(words.end(), {options_.program, "-s"});
  // A reopened shell gets its environment from the state, so that what was unset stays so.
  std::vector<std::string> environment;
  if (state_.empty()) {
    environment = options_.environment;
  } else if (const char* path = std::getenv("PATH")) {
    environment.push_back(std::string("PATH=") + path);
  }
  const std::string trouble = process_.start(words, environment, options_.directory);
  first_ = true;
  return trouble;
}

// One question to the shell; what it needs to know first goes along. Nothing: it has ended or was
// interrupted.
std::optional<std::string> Shell::ask(const std::string& text) {
  std::string opening;
  if (std::exchange(first_, false)) {
    opening = "trap " +
              shell_quote(std::string("[ \"${SLUICE_FORGET_STATE-}\" ] || { printf '") + kFarewell +
                          "\\n'; " + kPrintState + "; printf '\\0'; } >&9 2>/dev/null") +
              " EXIT\n";
    if (!state_.empty()) opening += "eval " + shell_quote(state_) + " 2>/dev/null\n";
  }
  auto answer = process_.ask(opening + text, watch_);
  if (!answer || !answer->starts_with(kFarewell)) return answer;
  remember(*answer);
  return process_.ask({}, watch_);
}

void Shell::remember(std::string_view answer) {
  const std::size_t line = answer.find('\n');
  if (line != std::string_view::npos && line + 1 < answer.size()) state_ = answer.substr(line + 1);
}

EntryResult Shell::run(std::string_view entry) {
  EntryResult result;
  result.trouble = open();
  if (!result.trouble.empty()) return result;
  std::string text = "eval " + shell_quote(entry) + " </dev/null";
  if (undoes_redirections(options_.program)) text += " 9>&-";
  text += "\n{ printf '%s\\n' \"$?\"; ";
  if (options_.keep_state) text.append(kPrintState).append("; ");
  text += "printf '\\0'; } >&9 2>/dev/null\n";

  const auto answer = ask(text);
  if (answer) {
    remember(*answer);
    result.status = std::atoi(answer->c_str());
    return result;
  }
  result.interruption = process_.interruption();
  result.status = process_.status();
  return result;
}

std::vector<std::optional<std::string>> Shell::values(const std::vector<std::string>& names) {
  std::vector<std::optional<std::string>> values;
  for (const auto& name : names) {
    values.emplace_back();
    if (!is_shell_name(name) || !open().empty()) continue;
    const auto answer = ask("{ [ \"${" + name + "+x}\" ] && printf '=%s' \"$" + name +
                            "\"; printf '\\0'; } >&9 2>/dev/null\n");
    if (answer && !answer->empty()) values.back() = answer->substr(1);
  }
  return values;
}

std::optional<std::string> Shell::expand(const std::string& text) {
  if (text.find_first_of("$`") == std::string::npos) return text;
  if (!open().empty()) return std::nullopt;
  std::string quoted;
  int depth = 0;  // of brackets within $( ): that text has quotes of its own
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (depth > 0 || (c == '$' && text.substr(i, 2) == "$("))
      depth += text[i + 1] == '(' && c == '$' ? 1 : c == ')' ? -1 : 0;
    if (depth == 0 && (c == '"' || c == '\\')) quoted += '\\';
    quoted += c;
  }
  // Within eval, so that an unclosed quote or bracket is an error and not a wait for more.
  const auto answer = ask("{ eval " + shell_quote("printf =%s \"" + quoted + "\"") +
                          "; printf '\\0'; } >&9 </dev/null\n");
  if (!answer || answer->empty() || answer->front() != '=') return std::nullopt;
  return answer->substr(1);
}

void Shell::set(const std::string& name, const std::string& value) {
  if (!open().empty()) return;
  ask("export " + name + "=" + shell_quote(value) + "; printf '\\0' >&9\n");
}

void Shell::leave() {
  process_.leave(kForgetState);
}

void Shell::end() {
  leave();
  process_.end();
}

void Shell::restart() {
  leave();
  state_.clear();
}

std::string Shell::become(const std::string& user) {
  if (user == user_) return {};
  const passwd* entry = user.empty() ? nullptr : getpwnam(user.c_str());
  if (!user.empty() && !entry) return "run-as: there is no user '" + user + "' on this machine";
  const bool other = entry && entry->pw_uid != geteuid();
  if (other && geteuid() != 0)
    return "run-as: only root can run commands as '" + user +
           "'; remove run-as or start the action as that user";
  if (process_.running()) run(":");  // its end leaves the state
  leave();
  identity_.clear();
  if (other)
    identity_ = {"setpriv", "--reuid=" + std::to_string(entry->pw_uid),
                 "--regid=" + std::to_string(entry->pw_gid), "--init-groups", "--"};
  user_ = user;
  return {};
}

}  // namespace sluice::build
