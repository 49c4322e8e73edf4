// Secrets become *** on their way into a log, also when they arrive in pieces.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// A secret of several lines is masked line by line. Lines of fewer than three characters are left
// as they are: masking them would show where they stand and hide half of every log. Where secrets
// overlap, the one that begins first is masked, the longest of those.
// Not thread-safe; copies are independent.
class Masker {
 public:
  void add(std::string_view secret);
  [[nodiscard]] bool empty() const { return secrets_.empty(); }

  // Takes the next bytes of a stream; returns what can be shown of it so far. Bytes that may be the
  // beginning of a secret are held back until it is clear.
  [[nodiscard]] std::string feed(std::string_view bytes);
  // What was held back, at the end of a stream; ready for the next one.
  [[nodiscard]] std::string finish();
  // A text as a whole.
  [[nodiscard]] std::string mask(std::string_view text) const;

 private:
  // Appends what can be shown of text; returns how many bytes of it that covers.
  std::size_t show(std::string_view text, bool at_end, std::string& out) const;

  std::vector<std::string> secrets_;  // longest first
  std::bitset<256> first_bytes_;
  std::string held_;
};

}  // namespace sluice
