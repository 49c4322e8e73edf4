// One process, usually a shell that reads commands from a private socket and answers on it: spawned
// without a fork of the host's memory, in a process group of its own, ended and reaped with that
// whole group.
#ifndef SLUICE_PLUGINS_BUILD_SHELL_PROCESS_HPP
#define SLUICE_PLUGINS_BUILD_SHELL_PROCESS_HPP

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/build/watch.hpp"

namespace sluice::build {

class ShellProcess {
 public:
  // Descriptor on which the shell answers. Its commands come over stdin.
  static constexpr int kAnswerFd = 9;

  ShellProcess() = default;
  ~ShellProcess() { end(); }
  ShellProcess(const ShellProcess&) = delete;
  ShellProcess& operator=(const ShellProcess&) = delete;

  // Starts arguments[0] (found by the PATH of this process) with exactly this environment
  // ("NAME=value") in directory. stdout and stderr are inherited. Returns "" or why not.
  std::string start(const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment, const std::string& directory);
  // The same for a process that asks and answers nothing: its stdin is empty. wait() tells its end.
  std::string start_alone(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment,
                          const std::string& directory);
  bool running() const { return pid_ > 0; }

  // Sends text and waits for an answer, which ends with a zero byte (not part of the result).
  // Nothing: the process ended first, see status(), or the watch interrupted, see interruption().
  std::optional<std::string> ask(std::string_view text, const Watch& watch);

  // Waits for the end of the process. False: the watch interrupted.
  bool wait(const Watch& watch) { return !ask({}, watch) && interruption_ == Interruption::kNone; }

  // After ask() returned nothing: why it was interrupted, or kNone if the process ended.
  Interruption interruption() const { return interruption_; }
  // Exit status of the ended process as a shell counts it: 128 + n for signal n.
  int status() const { return status_; }

  // Ends the shell alone, by these last commands and the end of input: it may run its EXIT trap
  // (not after an interruption). Its background jobs go on.
  void leave(std::string_view farewell = {});
  // Ends the shell and all groups it and its predecessors began: TERM, after a grace KILL. Nothing
  // is left of the groups, no zombie either.
  void end();

 private:
  std::string spawn(const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment, const std::string& directory,
                    int input, bool answers);
  bool receive();
  bool reap();
  void forget();

  pid_t pid_ = -1;
  int socket_ = -1, pidfd_ = -1, status_ = 0;
  std::vector<pid_t> groups_;  // begun and perhaps not empty yet
  std::string received_;
  Interruption interruption_ = Interruption::kNone;
};

}  // namespace sluice::build

#endif
