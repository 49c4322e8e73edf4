// "127.0.0.1:8091", "[::1]:8091": where to listen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::server {

struct ListenAddress {
  std::string host;  // an IPv4 or IPv6 address, never a name
  std::uint16_t port = 0;
};
// None if the text is none.
[[nodiscard]] std::optional<ListenAddress> listen_address(std::string_view text);

}  // namespace sluice::server
