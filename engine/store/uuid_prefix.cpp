#include "engine/store/uuid_prefix.hpp"

namespace sluice {
namespace {

constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
constexpr int kDigits = 32;

// -1 if it is none.
int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void set_digit(Uuid& id, int position, std::uint64_t digit) {
  std::uint64_t& half = position < kDigits / 2 ? id.high : id.low;
  half |= digit << (60 - 4 * (position % (kDigits / 2)));
}

}  // namespace

std::optional<UuidRange> uuids_beginning(std::string_view prefix) {
  if (prefix.size() > kShape.size()) return std::nullopt;
  UuidRange range;
  int position = 0;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (kShape[i] == '-') {
      if (prefix[i] != '-') return std::nullopt;
      continue;
    }
    const int digit = digit_of(prefix[i]);
    if (digit < 0) return std::nullopt;
    set_digit(range.first, position, static_cast<std::uint64_t>(digit));
    set_digit(range.last, position, static_cast<std::uint64_t>(digit));
    ++position;
  }
  for (; position < kDigits; ++position) set_digit(range.last, position, 0xf);
  return range;
}

}  // namespace sluice
