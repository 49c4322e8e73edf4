#include <cstdint>

#include "plugins/process/child.hpp"

namespace sluice::process {
namespace {

// Length of the valid UTF-8 sequence that begins here, or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  // The second byte's range keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
  const std::uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  return length;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0)
      valid += "\xEF\xBF\xBD";
    else
      valid += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return valid;
}

void Lines::add(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n') {
      emit();
    } else {
      line_ += c;
      if (line_.size() >= longest_) emit();
    }
  }
}

void Lines::finish() {
  if (!line_.empty()) emit();
}

void Lines::emit() {
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  const std::string whole = valid_utf8(line_);
  line_.clear();
  each_(whole);
}

}  // namespace sluice::process
