#include "engine/api/refused_callers.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstring>
#include <iterator>

namespace sluice::api {
namespace {

constexpr const char* kThisMachine = "this machine";

// "" if the text is no address.
std::string key_of(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
    return bytes[0] == 127 ? kThisMachine : text;
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return "";
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::memcmp(bytes.data(), kMapped.data(), kMapped.size()) == 0) {
    inet_ntop(AF_INET, bytes.data() + kMapped.size(), shown.data(), shown.size());
    return key_of(shown.data());
  }
  std::array<unsigned char, 16> loopback{};
  loopback[15] = 1;
  if (bytes == loopback) return kThisMachine;
  std::memset(bytes.data() + 8, 0, 8);
  inet_ntop(AF_INET6, bytes.data(), shown.data(), shown.size());
  return shown.data();
}

}  // namespace

std::int64_t RefusedCallers::wait_ms(const std::string& caller, std::int64_t now_ms) {
  const std::lock_guard hold(mutex_);
  const auto found = callers_.find(caller);
  if (found == callers_.end() || found->second.refused < kMost) return 0;
  const auto end_ms = found->second.since_ms + kWindow_ms;
  return end_ms > now_ms ? end_ms - now_ms : 0;
}

void RefusedCallers::refused(const std::string& caller, std::int64_t now_ms) {
  const std::lock_guard hold(mutex_);
  if (callers_.size() >= kMostCallers && !callers_.contains(caller)) {
    std::erase_if(callers_,
                  [&](const auto& each) { return each.second.since_ms + kWindow_ms <= now_ms; });
    // So many at once: somebody has them all, and any may go.
    if (callers_.size() >= kMostCallers) callers_.erase(callers_.begin());
  }
  auto& count = callers_[caller];
  if (count.refused == 0 || count.since_ms + kWindow_ms <= now_ms) count = {now_ms, 0};
  ++count.refused;
}

std::string caller_key(const std::string& peer, const std::string& forwarded_for) {
  const auto key = peer.empty() ? kThisMachine : key_of(peer);
  if (key != kThisMachine || forwarded_for.empty()) return key;
  const auto comma = forwarded_for.rfind(',');
  const auto begin =
      forwarded_for.find_first_not_of(' ', comma == std::string::npos ? 0 : comma + 1);
  if (begin == std::string::npos) return key;
  const auto end = forwarded_for.find_last_not_of(' ');
  const auto named = key_of(forwarded_for.substr(begin, end + 1 - begin));
  return named.empty() ? key : named;
}

}  // namespace sluice::api
