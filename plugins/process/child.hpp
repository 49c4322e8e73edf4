// A child process with a deadline, for actions whose trade is to run a program (git, a user's
// executable). The child is started with posix_spawn in a session of its own: it has no terminal to
// ask questions on, inherits no descriptor but 0, 1 and 2, and is stopped as a group.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::process {

using Environment = std::vector<std::pair<std::string, std::string>>;

struct Command {
  std::vector<std::string> arguments;  // [0] is the program: a path, or a name looked up in PATH
  std::string directory;               // where it runs; empty: where the caller is
  Environment environment;             // all of it
  std::string input;                   // what it reads on stdin
  std::int64_t deadline_ms = 60'000;
  std::int64_t grace_ms = 2'000;  // between SIGTERM and SIGKILL
  // Whether a child that has ended is over only when nobody has its output open any more.
  bool wait_for_output = false;
  // Called on the caller's thread with bytes as they arrive; empty: they are thrown away.
  std::function<void(std::string_view)> on_output, on_error;
  std::function<bool()> cancelled;  // asked every 50 ms; empty: never
};

enum class End {
  kExited,
  kSignalled,
  kTimedOut,
  kCancelled,
  kOutputHeld,  // it ended, but at the deadline another process still held its output
  kNotStarted
};

struct Ending {
  End end = End::kNotStarted;
  int code = 0;         // exit status, signal number, or errno of a child that was not started
  std::string holders;  // kOutputHeld: "python3 (pid 4711)", ..., or "" if that cannot be seen
  [[nodiscard]] bool succeeded() const { return end == End::kExited && code == 0; }
  // "exited with status 3", "was killed by signal 11 (Segmentation fault)", ...
  [[nodiscard]] std::string text() const;
};

// Runs the child to its end and reaps it. At the deadline, or when cancelled, its whole group gets
// SIGTERM, what is left of it SIGKILL after the grace, and nobody of it is left. Background
// processes that a child leaves behind after a normal end are left alone, and not waited for unless
// they keep output open that is waited for.
[[nodiscard]] Ending run(const Command& command);

// The environment of this process without the names in `without`.
[[nodiscard]] Environment inherited_environment(const std::vector<std::string_view>& without = {});

// Cuts a stream of bytes into lines: "\n" and "\r\n" end a line, and a line of more than `longest`
// bytes is cut there.
class Lines {
 public:
  explicit Lines(std::function<void(const std::string&)> each, std::size_t longest = 65'536)
      : each_(std::move(each)), longest_(longest) {}
  void add(std::string_view bytes);
  void finish();  // an unfinished last line counts

 private:
  void emit();
  std::function<void(const std::string&)> each_;
  std::size_t longest_;
  std::string line_;
};

// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD: what other programs
// print crosses the plugin ABI as UTF-8. A zero byte is replaced too.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace sluice::process
