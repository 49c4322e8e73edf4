// IPv4 and IPv6 addresses and blocks of them. No name is ever looked up.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::pattern {

// 128 bits, left-aligned: an IPv4 address fills the top 32, so that one prefix test serves both.
struct Address {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool is_v6 = false;

  bool operator==(const Address&) const = default;
};

// Dotted quad (leading zeros are decimal, as in the reference) or IPv6 in any of its plain
// spellings. No zone, no dotted tail.
[[nodiscard]] std::optional<Address> read_address(std::string_view text);

// The address with every bit after the first `bits` cleared.
[[nodiscard]] Address masked(Address address, unsigned bits);

}  // namespace sluice::pattern
