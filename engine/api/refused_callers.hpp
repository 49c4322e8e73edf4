// Callers whose webhooks were signed wrongly too often: they are not listened to for a while, so
// that guessing costs them time and us nothing. Any thread; bounded.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace sluice::api {

class RefusedCallers {
 public:
  static constexpr int kMost = 20;                    // wrong signatures ...
  static constexpr std::int64_t kWindow_ms = 60'000;  // ... in this time
  static constexpr std::size_t kMostCallers = 4096;   // that are remembered

  // How long a caller has to stay away, in milliseconds; 0: it may call. caller: caller_key(). A
  // clock that does not go back.
  [[nodiscard]] std::int64_t wait_ms(const std::string& caller, std::int64_t now_ms);
  void refused(const std::string& caller, std::int64_t now_ms);

 private:
  struct Count {
    std::int64_t since_ms = 0;
    int refused = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Count> callers_;
};

// Whose calls are counted together: an IPv4 address, or the first 64 bits of an IPv6 address. peer:
// the address of the connection, "" on the local socket. forwarded_for: X-Forwarded-For, believed
// only from this machine, where a reverse proxy runs: its last address is the one that the proxy
// saw.
[[nodiscard]] std::string caller_key(const std::string& peer, const std::string& forwarded_for);

}  // namespace sluice::api
