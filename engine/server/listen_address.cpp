#include "engine/server/listen_address.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace sluice::server {

std::optional<ListenAddress> listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  ListenAddress address{std::string(text.substr(0, colon)), 0};
  const auto digits = text.substr(colon + 1);
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, address.port);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  const bool brackets = address.host.starts_with('[') && address.host.ends_with(']');
  if (brackets) address.host = address.host.substr(1, address.host.size() - 2);
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(brackets ? AF_INET6 : AF_INET, address.host.c_str(), bytes.data()) != 1)
    return std::nullopt;
  return address;
}

}  // namespace sluice::server
