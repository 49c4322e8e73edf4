// The logs of actions: one file per attempt, which its turns share. A line of a log is
//   2026-11-22T23:47:02.123Z text
// with the time at which the line began to arrive, in UTC. Files are never changed, only appended
// to, so an offset into one stays good; anybody may read one while it is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ids.hpp"
#include "engine/core/result.hpp"

namespace sluice {

// Which log. For a stage rule, `action` is the rule's name.
struct LogName {
  std::string pipeline;
  Uuid execution;
  std::string stage, action;
  std::uint16_t attempt = 1;
};

struct LogLimits {
  std::size_t line_bytes = 16 * 1024;           // of text; the rest of a longer line is dropped
  std::uint64_t file_bytes = 64 * 1024 * 1024;  // after that one line says so and no more follows
};

// Appends to one log. One thread at a time.
class LogWriter {
 public:
  LogWriter(LogWriter&& from) noexcept;
  LogWriter& operator=(LogWriter&&) = delete;
  // An unfinished line is lost unless finish() was called.
  ~LogWriter();

  // Takes output as it comes, whole lines or not; secrets are masked already. kUnavailable if the
  // disk takes no more; later writes are tried again.
  Result<void> write(std::string_view bytes, Instant now);
  // Ends the unfinished line, if there is one.
  Result<void> finish(Instant now);
  // The last line that was not blank, without its time.
  [[nodiscard]] const std::string& last_line() const { return last_line_; }

 private:
  friend class LogStore;
  LogWriter(int file, std::uint64_t size, std::string path, LogLimits limits);
  void end_half_line();
  void take(std::string_view bytes, Instant now);
  void end_line(Instant now);
  Result<void> flush();

  int file_;
  std::uint64_t size_;  // of the file, with what waits in pending_
  std::string path_;
  LogLimits limits_;
  bool full_ = false;
  Instant line_began_;
  std::size_t line_bytes_ = 0;  // with what was dropped
  std::string line_, last_line_, pending_;
};

// Whole lines of a log, from an offset on.
struct LogPart {
  std::string text;  // ends with a newline unless empty
  std::uint64_t next_offset =
      0;  // where to go on; the same as was asked for if there is nothing new
};

class LogStore {
 public:
  explicit LogStore(std::filesystem::path root) : root_(std::move(root)) {}

  // ROOT/pipeline/execution id/stage/action.attempt.log, names as file names (file_name_of).
  [[nodiscard]] std::filesystem::path path(const LogName& name) const;
  // Opens for appending, making it and its directories if need be.
  Result<LogWriter> writer(const LogName& name, LogLimits limits = {}) const;
  // At most `bytes` of text, but one whole line at least. kNotFound if there is no such log.
  Result<LogPart> read(const LogName& name, std::uint64_t offset,
                       std::size_t bytes = 256 * 1024) const;
  // The last lines; next_offset is where to follow from.
  Result<LogPart> tail(const LogName& name, std::size_t lines) const;
  // Removes the logs of an execution; nothing happens if there are none.
  Result<void> remove(const std::string& pipeline, Uuid execution) const;

 private:
  std::filesystem::path root_;
};

// A line of a log taken apart; `line` without or with its newline. No time if it has none.
struct LogLine {
  std::string_view time, text;
};
[[nodiscard]] LogLine split_log_line(std::string_view line);

}  // namespace sluice
