#include "events/pattern/address.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice::pattern {
namespace {

constexpr std::size_t kMaxLength = 64;

std::optional<Address> read_v4(std::string_view text) {
  std::uint64_t bits = 0;
  unsigned parts = 0;
  std::uint64_t part = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      if (digits == 0 || part > 255 || ++parts > 4) return std::nullopt;
      bits = bits << 8U | part;
      part = 0;
      digits = 0;
    } else if (text[i] >= '0' && text[i] <= '9') {
      part = std::min<std::uint64_t>(part * 10 + static_cast<std::uint64_t>(text[i] - '0'), 256);
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  if (parts != 4) return std::nullopt;
  return Address{bits << 32U, 0, false};
}

// Reads groups until the text ends or "::" comes; false: not an address. `text` loses what was
// read.
bool read_groups(std::string_view& text, std::array<std::uint64_t, 8>& groups, std::size_t& count) {
  while (!text.empty()) {
    if (text.starts_with("::")) return true;
    if (count > 0) {
      if (text.front() != ':') return false;
      text.remove_prefix(1);
    }
    std::uint64_t group = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] != ':') {
      const char c = text[digits];
      const char lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') {
        group = group * 16 + static_cast<std::uint64_t>(c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        group = group * 16 + static_cast<std::uint64_t>(lower - 'a' + 10);
      } else {
        return false;
      }
      if (++digits > 4) return false;
    }
    if (digits == 0 || count == 8) return false;
    groups[count++] = group;
    text.remove_prefix(digits);
  }
  return true;
}

std::optional<Address> read_v6(std::string_view text) {
  std::array<std::uint64_t, 8> head{};
  std::array<std::uint64_t, 8> tail{};
  std::size_t head_count = 0;
  std::size_t tail_count = 0;
  if (!read_groups(text, head, head_count)) return std::nullopt;
  if (text.empty()) {
    if (head_count != 8) return std::nullopt;
  } else {
    text.remove_prefix(2);
    if (!read_groups(text, tail, tail_count) || !text.empty()) return std::nullopt;
    if (head_count + tail_count > 7) return std::nullopt;
    std::copy_n(tail.begin(), tail_count, head.end() - static_cast<std::ptrdiff_t>(tail_count));
  }
  Address address;
  address.is_v6 = true;
  for (std::size_t i = 0; i < 4; ++i) address.high = address.high << 16U | head[i];
  for (std::size_t i = 4; i < 8; ++i) address.low = address.low << 16U | head[i];
  return address;
}

}  // namespace

std::optional<Address> read_address(std::string_view text) {
  if (text.size() < 2 || text.size() > kMaxLength) return std::nullopt;
  const std::size_t mark = text.substr(0, 5).find_first_of(":.");
  if (mark == std::string_view::npos) {
    return text.find('.') == std::string_view::npos ? std::nullopt : read_v4(text);
  }
  return text[mark] == '.' ? read_v4(text) : read_v6(text);
}

Address masked(Address address, unsigned bits) {
  if (bits == 0) {
    address.high = 0;
  } else if (bits < 64) {
    address.high &= ~std::uint64_t{0} << (64 - bits);
  }
  if (bits <= 64) {
    address.low = 0;
  } else if (bits < 128) {
    address.low &= ~std::uint64_t{0} << (128 - bits);
  }
  return address;
}

}  // namespace sluice::pattern
