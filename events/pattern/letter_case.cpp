#include "events/pattern/letter_case.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace sluice::pattern {
namespace {

struct Spelling {
  std::array<char, 12> bytes{};
  std::size_t size = 0;

  [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }
};

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}
char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
char ascii_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

std::size_t character_size(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

std::uint32_t decode(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 2) return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
  return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
}

void encode(std::uint32_t point, Spelling& out) {
  if (point < 0x80) {
    out.bytes[out.size++] = static_cast<char>(point);
  } else if (point < 0x800) {
    out.bytes[out.size++] = static_cast<char>(0xC0U | point >> 6U);
    out.bytes[out.size++] = static_cast<char>(0x80U | (point & 0x3FU));
  } else {
    out.bytes[out.size++] = static_cast<char>(0xE0U | point >> 12U);
    out.bytes[out.size++] = static_cast<char>(0x80U | (point >> 6U & 0x3FU));
    out.bytes[out.size++] = static_cast<char>(0x80U | (point & 0x3FU));
  }
}

void copy(std::string_view text, Spelling& out) {
  std::copy(text.begin(), text.end(), out.bytes.begin());
  out.size = text.size();
}

// The lower or the upper case of one character of the BMP, given as its bytes.
Spelling spelled(std::string_view character, bool lower) {
  Spelling out;
  if (is_ascii(character.front())) {
    out.bytes[0] = lower ? ascii_lower(character.front()) : ascii_upper(character.front());
    out.size = 1;
    return out;
  }
  const std::uint32_t point = decode(character);
  const std::span specials(kCaseSpecials, kCaseSpecialCount);
  const auto special =
      std::lower_bound(specials.begin(), specials.end(), point,
                       [](const CaseSpecial& a, std::uint32_t b) { return a.point < b; });
  if (special != specials.end() && special->point == point) {
    copy(lower ? special->lower : special->upper, out);
    return out;
  }
  const std::span ranges(kCaseRanges, kCaseRangeCount);
  const auto range =
      std::lower_bound(ranges.begin(), ranges.end(), point,
                       [](const CaseRange& a, std::uint32_t b) { return a.last < b; });
  const bool covered = range != ranges.end() && range->first <= point;
  if (!covered || (range->alternating && lower != ((point - range->first) % 2 == 0))) {
    copy(character, out);
    return out;
  }
  const auto delta = lower ? range->to_lower : range->to_upper;
  encode(static_cast<std::uint32_t>(static_cast<std::int32_t>(point) + delta), out);
  return out;
}

constexpr std::size_t kNo = std::string_view::npos;

}  // namespace

bool can_ignore_case(std::string_view pattern) {
  return std::none_of(pattern.begin(), pattern.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0xF0; });
}

std::size_t accepted_at_start(std::string_view pattern, std::string_view text) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t size = character_size(pattern[i]);
    if (size == 4) return kNo;
    if (size == 1) {
      if (used == text.size() ||
          (text[used] != ascii_lower(pattern[i]) && text[used] != ascii_upper(pattern[i]))) {
        return kNo;
      }
      ++used;
    } else {
      const std::string_view character = pattern.substr(i, size);
      const Spelling lower = spelled(character, true);
      const Spelling upper = spelled(character, false);
      const std::string_view rest = text.substr(used);
      if (rest.starts_with(lower.view())) {
        used += lower.size;
      } else if (rest.starts_with(upper.view())) {
        used += upper.size;
      } else {
        return kNo;
      }
    }
    i += size;
  }
  return used;
}

std::size_t accepted_at_end(std::string_view pattern, std::string_view text) {
  std::size_t left = text.size();
  for (std::size_t end = pattern.size(); end > 0;) {
    std::size_t begin = end - 1;
    while ((static_cast<unsigned char>(pattern[begin]) & 0xC0U) == 0x80U) --begin;
    const std::string_view character = pattern.substr(begin, end - begin);
    if (character.size() == 4) return kNo;
    const Spelling lower = spelled(character, true);
    const Spelling upper = spelled(character, false);
    const std::string_view rest = text.substr(0, left);
    if (rest.ends_with(lower.view())) {
      left -= lower.size;
    } else if (rest.ends_with(upper.view())) {
      left -= upper.size;
    } else {
      return kNo;
    }
    end = begin;
  }
  return text.size() - left;
}

void fold_case(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = character_size(text[i]);
    if (size == 1) {
      out += ascii_lower(text[i]);
    } else if (size == 4) {
      out.append(text, i, size);
    } else {
      // Lower, upper, lower again: U+1E9E meets its relatives only on the second step.
      const Spelling once = spelled(text.substr(i, size), true);
      Spelling twice;
      for (std::size_t j = 0; j < once.size; j += character_size(once.bytes[j])) {
        const Spelling up = spelled(once.view().substr(j, character_size(once.bytes[j])), false);
        std::copy_n(up.bytes.begin(), up.size,
                    twice.bytes.begin() + static_cast<std::ptrdiff_t>(twice.size));
        twice.size += up.size;
      }
      for (std::size_t j = 0; j < twice.size; j += character_size(twice.bytes[j])) {
        out += spelled(twice.view().substr(j, character_size(twice.bytes[j])), true).view();
      }
    }
    i += size;
  }
}

}  // namespace sluice::pattern
