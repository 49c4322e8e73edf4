// What an executable of invoke/exec answers on stdout: JSON, told apart from lines for the log.
// The protocol is described in docs/actions/invoke-exec.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::invoke {

inline constexpr std::size_t kLongestAnswer = 1024 * 1024;
inline constexpr std::int64_t kDefaultDelay_ms = 30'000;

struct Answer {
  std::vector<std::pair<std::string, std::string>> variables;
  std::optional<std::string> continuation_token;
  std::int64_t delay_ms = kDefaultDelay_ms;                    // negative: a signal alone
  std::optional<std::pair<std::string, std::string>> failure;  // type, message
  std::string external_id, external_url, summary;
  int percent = -1;
};

// Reads a JSON object. std::nullopt with an empty `problem`: this is no JSON object, so it is a
// line for the log; with a sentence in `problem`: it is one, but not as the protocol says.
[[nodiscard]] std::optional<Answer> parse_answer(std::string_view text, std::string& problem);

// Sorts stdout as it comes. If its first character is "{", all of it may be one answer and is kept
// until the end, up to kLongestAnswer; else every line goes to the log at once, but a line that
// begins with "{" is held until the next shows that it was not the last.
class OutputSorter {
 public:
  explicit OutputSorter(std::function<void(const std::string&)> log) : log_(std::move(log)) {}
  void add(std::string_view bytes);
  // At the end: the answer, or std::nullopt if all was for the log, or wrong (`problem`).
  [[nodiscard]] std::optional<Answer> finish(std::string& problem);

 private:
  void add_to_lines(std::string_view bytes);
  void line(std::string text);
  void flush_whole();

  enum class Mode { kUndecided, kWhole, kLines } mode_ = Mode::kUndecided;
  std::function<void(const std::string&)> log_;
  std::string whole_, partial_, held_;
};

}  // namespace sluice::invoke
