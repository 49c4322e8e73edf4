// Runs one program to its end: its own session and process group, stdin empty, output line by line,
// a deadline always. Blocks the calling thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace sluice::appspec {

struct ProcessRequest {
  std::vector<std::string> arguments;    // [0] is the program, an absolute path
  std::vector<std::string> environment;  // NAME=value, the whole of it
  std::string directory = "/";           // where it starts
  std::chrono::milliseconds timeout{};
  std::chrono::milliseconds grace{5000};  // between TERM and KILL
  // A line without its end; longer ones than 16 KiB come in pieces. May be empty.
  std::function<void(bool from_stderr, const std::string& line)> line;
  std::function<bool()> cancelled;  // asked several times a second; may be empty
};

enum class ProcessEnd {
  kExited,           // status is the exit status
  kSignalled,        // status is the signal
  kTimedOut,         // still running at the deadline: TERM to the group, KILL after the grace
  kCancelled,        // likewise, because cancelled() said so
  kOutputsLeftOpen,  // it exited, but at the deadline another process still held its output
  kNotStarted,       // why says it
};

struct ProcessResult {
  ProcessEnd end = ProcessEnd::kNotStarted;
  int status = 0;
  std::string why;  // kNotStarted: the reason; kOutputsLeftOpen: who holds the output, if known
};

[[nodiscard]] ProcessResult run_process(const ProcessRequest& request);

// The program's path in PATH or the system folders, or "".
[[nodiscard]] std::string find_program(const std::string& name);

// NAME=value of this process.
[[nodiscard]] std::vector<std::string> own_environment();

}  // namespace sluice::appspec
