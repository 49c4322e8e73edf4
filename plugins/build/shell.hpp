// The one shell of a build: command entries run in it one after another, so the current directory,
// variables (exported or not), functions and background jobs live on from entry to entry and from
// phase to phase (facts/build_deploy.md A4.3).
//
// An entry that ends the shell (`exit 3`, `exec`, a syntax error, a signal) ends only itself: the
// next use opens a new shell with the variables, options and directory that the old one had (and
// with its functions, where the shell is bash; dash cannot print them). They come from the ended
// shell's EXIT trap; where that could not run, from the end of the entry before.
//
// All of it belongs to one thread. The destructor ends the shell and everything it left behind.
#ifndef SLUICE_PLUGINS_BUILD_SHELL_HPP
#define SLUICE_PLUGINS_BUILD_SHELL_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/build/shell_process.hpp"
#include "plugins/build/watch.hpp"

namespace sluice::build {

// How an entry ended.
struct EntryResult {
  int status = 0;  // of the entry: that of its last line, or of its `exit`
  Interruption interruption = Interruption::kNone;
  std::string trouble;  // not empty: the shell itself could not be started
  bool ok() const { return status == 0 && interruption == Interruption::kNone && trouble.empty(); }
};

// Text in single quotes, as one word of a shell command.
std::string shell_quote(std::string_view text);
// Whether name can be a shell variable.
bool is_shell_name(std::string_view name);

// One command in a shell of its own that ends with it: nothing but the command's process is
// started, nothing of its state can be asked for.
EntryResult run_alone(const std::string& command, const std::vector<std::string>& environment,
                      const std::string& directory, const Watch& watch);

class Shell {
 public:
  struct Options {
    std::string program = "sh";
    std::vector<std::string> environment;  // NAME=value, all of it
    std::string directory;                 // where it starts
    // Takes a copy of the state after every entry, for a shell that dies without a farewell. Costs
    // about 0.1 ms an entry.
    bool keep_state = true;
  };
  // Nothing is started before the first use. watch is kept by reference.
  Shell(Options options, const Watch& watch);

  EntryResult run(std::string_view entry);

  // Values of variables, exported or not; nothing where one is unset. Names must be shell names.
  std::vector<std::optional<std::string>> values(const std::vector<std::string>& names);
  // The text as the shell reads it within double quotes: variables and $(commands). Nothing: the
  // shell refused it.
  std::optional<std::string> expand(const std::string& text);
  // Sets and exports. name must be a shell name.
  void set(const std::string& name, const std::string& value);

  // The next entries run as another user, in a new shell with the state of this one. "" is the user
  // of this process. Returns "" or why it cannot be.
  std::string become(const std::string& user);

  // The shell ends, and the next use starts from the beginning: nothing lives on.
  void restart();
  void end();

 private:
  std::string open();
  void leave();
  std::optional<std::string> ask(const std::string& text);
  void remember(std::string_view answer);

  Options options_;
  const Watch& watch_;
  ShellProcess process_;
  std::vector<std::string> identity_;  // words before the shell's own, to be another user
  std::string user_, state_;
  bool first_ = true;
};

}  // namespace sluice::build

#endif
