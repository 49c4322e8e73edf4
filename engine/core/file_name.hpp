// Names that people gave, as names of files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

// Letters, digits and -_@+= stay, dots too but not in front; every other byte becomes %XX.
// Different names stay different, none is empty, and none leaves its directory. A name that gets
// too long for a file ends in a hash instead.
[[nodiscard]] inline std::string file_name_of(std::string_view name) {
  constexpr std::size_t kLongest = 180;
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string result;
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    hash = (hash ^ byte) * 0x100000001b3;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool mark = std::string_view("-_@+=").find(c) != std::string_view::npos;
    if (letter || mark || (c == '.' && !result.empty())) {
      result += c;
    } else {
      result += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  if (result.empty()) return "%";
  if (result.size() <= kLongest) return result;
  result.resize(kLongest - 17);
  result += '%';
  for (int shift = 60; shift >= 0; shift -= 4) result += kDigits[(hash >> shift) & 15];
  return result;
}

}  // namespace sluice
