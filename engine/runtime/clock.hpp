// Time is a parameter: SystemClock outside, ManualClock in tests.
#pragma once

#include "engine/core/ids.hpp"

namespace sluice {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since the Unix epoch. From any thread.
  [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

}  // namespace sluice
