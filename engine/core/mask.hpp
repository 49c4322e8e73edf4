// Secrets become *** on their way into a log, also when they arrive in pieces.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// What is hidden is every byte of every secret that stands in the text: secrets that overlap become
// one ***, those that only touch one each. A secret of several lines is hidden line by line,
// without the blanks around a line. Lines of fewer than three characters are left as they are:
// masking them would show where they stand and hide half of every log.
// Not thread-safe; copies are independent.
class Masker {
 public:
  // From now on; what is held back of a stream is looked at again.
  void add(std::string_view secret);
  [[nodiscard]] bool empty() const { return secrets_.empty(); }

  // Takes the next bytes of a stream; returns what can be shown of it so far. Bytes that may be the
  // beginning of a secret are held back until it is clear: fewer than the longest secret has.
  [[nodiscard]] std::string feed(std::string_view bytes);
  // What was held back, at the end of a stream; ready for the next one.
  [[nodiscard]] std::string finish();
  // A text as a whole; a stream that goes on is not touched.
  [[nodiscard]] std::string mask(std::string_view text) const;

 private:
  // What stands at the beginning of a text.
  struct Found {
    std::size_t length = 0;  // of the longest secret, or 0
    bool open = false;       // a longer one may follow
  };
  [[nodiscard]] Found look(std::string_view text, bool at_end) const;
  // Appends what can be shown of text; returns how many bytes of it that covers. hidden: so many
  // bytes at its beginning are told as *** already; in the end, so many of what was not covered.
  std::size_t show(std::string_view text, bool at_end, std::size_t& hidden, std::string& out) const;

  std::vector<std::string> secrets_;  // longest first
  std::bitset<256> first_bytes_;
  std::string held_;
  std::size_t held_hidden_ = 0;
};

}  // namespace sluice
