// Deadlines in order of time. Used by the engine's thread alone; it holds no clock and never wakes
// anybody.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/core/ids.hpp"

namespace sluice {

struct Timer {
  Instant at;
  std::string pipeline;
  ActionKey key;
  auto operator<=>(const Timer&) const = default;
};

class TimerQueue {
 public:
  void arm(Timer timer) { timers_.insert(std::move(timer)); }
  void disarm(const Timer& timer) { timers_.erase(timer); }

  [[nodiscard]] std::optional<Instant> next() const {
    return timers_.empty() ? std::nullopt : std::optional(timers_.begin()->at);
  }
  // Removes and returns those that are due at `now`, earliest first.
  [[nodiscard]] std::vector<Timer> take_due(Instant now) {
    std::vector<Timer> due;
    while (!timers_.empty() && timers_.begin()->at <= now)
      due.push_back(std::move(timers_.extract(timers_.begin()).value()));
    return due;
  }
  [[nodiscard]] std::size_t size() const { return timers_.size(); }

 private:
  std::set<Timer> timers_;
};

}  // namespace sluice
