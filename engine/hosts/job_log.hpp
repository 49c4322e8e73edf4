// The log of one job on its way from the pipe to whoever keeps it: whole lines, secrets masked,
// valid UTF-8, bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// Replaces secrets by "***". A secret of several lines is masked line by line; pieces of fewer than
// three characters are left, because they would hide half of every log.
class SecretMask {
 public:
  void add(std::string_view secret);
  [[nodiscard]] bool empty() const { return secrets_.empty(); }
  [[nodiscard]] std::string apply(std::string text) const;
  // Where an overlong line can be cut so that no secret is cut in two.
  [[nodiscard]] std::size_t safe_cut(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // longest first
};

// Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

class JobLog {
 public:
  // Beyond `most_bytes` everything is dropped but one line that says so.
  JobLog(SecretMask mask, std::size_t most_bytes)
      : mask_(std::move(mask)), most_bytes_(most_bytes) {}

  // Takes bytes; returns the lines that they complete, each with its newline, ready to be kept.
  [[nodiscard]] std::string append(std::string_view bytes);
  // The unfinished last line, if there is one, with a newline.
  [[nodiscard]] std::string finish();
  // The last line that is not blank, without its newline.
  [[nodiscard]] const std::string& last_line() const { return last_line_; }
  [[nodiscard]] const SecretMask& mask() const { return mask_; }

 private:
  void take_line(std::string_view line, std::string& out);

  SecretMask mask_;
  std::size_t most_bytes_, bytes_ = 0;
  bool full_ = false;
  std::string partial_, last_line_;
};

}  // namespace sluice
