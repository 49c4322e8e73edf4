// Time that stands still until a test moves it.
#pragma once

#include <atomic>

#include "engine/runtime/clock.hpp"

namespace sluice {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return {now_ms_.load()}; }
  void advance(std::int64_t ms) { now_ms_ += ms; }

 private:
  std::atomic<std::int64_t> now_ms_{1'767'225'600'000};  // 2026-01-01T00:00:00Z
};

}  // namespace sluice
