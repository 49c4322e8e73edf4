// When a pipeline starts by itself: EventBridge's `rate(...)` and `cron(...)`
// (facts/event_patterns.md, schedules), the latter on the clock of any zone. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "events/schedule/cron.hpp"

namespace sluice::schedule {

class Schedule {
 public:
  // "rate(5 minutes)" or "cron(0 2 * * ? *)"; `zone` as Zone::find takes it, for cron alone.
  [[nodiscard]] static Parsed<Schedule> parse(std::string_view text, std::string_view zone = {});

  // The first time after after_ms. A rate counts from anchor_ms on, and the anchor itself is none;
  // a cron expression needs no anchor. None: there is no more.
  [[nodiscard]] std::optional<std::int64_t> next_after(std::int64_t after_ms,
                                                       std::int64_t anchor_ms) const;

 private:
  struct Rate {
    std::int64_t period_ms = 0;
  };
  explicit Schedule(std::variant<Rate, ZonedCron> when) : when_(when) {}

  std::variant<Rate, ZonedCron> when_;
};

}  // namespace sluice::schedule
