// The log of one job on its way from the pipe to whoever keeps it: whole lines, secrets masked,
// valid UTF-8, bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/core/mask.hpp"

namespace sluice {

// Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);
// What may be shown of a text: no secrets, and UTF-8.
[[nodiscard]] std::string shown_text(std::string_view text, const Masker& masker);

class JobLog {
 public:
  // The masker outlives the log. Secrets may be added to it while the log goes on: they are masked
  // in every line that has not been handed out. Beyond `most_bytes` everything is dropped but one
  // line that says so.
  JobLog(Masker& masker, std::size_t most_bytes) : masker_(masker), most_bytes_(most_bytes) {}

  // Takes bytes; returns the lines that they complete, each with its newline, ready to be kept.
  [[nodiscard]] std::string append(std::string_view bytes);
  // The unfinished last line, if there is one, with a newline.
  [[nodiscard]] std::string finish();
  // The last line that is not blank, without its newline.
  [[nodiscard]] const std::string& last_line() const { return last_line_; }

 private:
  void take_line(std::string_view line, std::string& out);

  Masker& masker_;
  std::size_t most_bytes_, bytes_ = 0;
  bool full_ = false;
  std::string partial_, last_line_;
};

}  // namespace sluice
