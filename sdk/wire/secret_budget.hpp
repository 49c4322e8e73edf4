// How much a run may ask to be hidden (plugin.h, sluice_secrets). The host refuses what is beyond
// it; to the engine a host that sends more has broken the protocol.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace sluice::wire {

class SecretBudget {
 public:
  static constexpr std::size_t kMaxBytes = 256 * 1024, kMaxLines = 2000;

  // False: that would be too much, and nothing is counted.
  [[nodiscard]] bool take(std::string_view value) {
    const auto lines = static_cast<std::size_t>(std::count(value.begin(), value.end(), '\n')) + 1;
    if (value.size() > kMaxBytes - bytes_ || lines > kMaxLines - lines_) return false;
    bytes_ += value.size();
    lines_ += lines;
    return true;
  }

 private:
  std::size_t bytes_ = 0, lines_ = 0;
};

}  // namespace sluice::wire
