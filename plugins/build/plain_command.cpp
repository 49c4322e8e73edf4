#include "plugins/build/plain_command.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::build {
namespace {

constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:+@% ";

// Sorted, for the search. POSIX builtins and keywords, and those that dash and bash add.
constexpr std::string_view kShellsOwn[] = {
    ".",        ":",       "alias",   "bg",      "break",    "builtin", "caller",   "case",
    "cd",       "chdir",   "command", "compgen", "continue", "declare", "dirs",     "do",
    "done",     "echo",    "elif",    "else",    "enable",   "esac",    "eval",     "exec",
    "exit",     "export",  "fc",      "fg",      "fi",       "for",     "function", "getopts",
    "hash",     "help",    "history", "if",      "in",       "jobs",    "kill",     "let",
    "local",    "logout",  "mapfile", "popd",    "printf",   "pushd",   "pwd",      "read",
    "readonly", "return",  "select",  "set",     "shift",    "shopt",   "source",   "suspend",
    "test",     "then",    "time",    "times",   "trap",     "type",    "typeset",  "ulimit",
    "umask",    "unalias", "unset",   "until",   "wait",     "while"};

}  // namespace

std::vector<std::string> plain_words(std::string_view command) {
  std::vector<std::string> words;
  if (command.find_first_not_of(kPlain) != std::string_view::npos) return words;
  while (!command.empty()) {
    const std::size_t space = std::min(command.find(' '), command.size());
    if (space > 0) words.emplace_back(command.substr(0, space));
    command.remove_prefix(std::min(space + 1, command.size()));
  }
  if (!words.empty() &&
      std::binary_search(std::begin(kShellsOwn), std::end(kShellsOwn), words.front()))
    words.clear();
  return words;
}

}  // namespace sluice::build
