// How many events of which kind came how often: `sluice events --stats`.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/cli/terminal.hpp"
#include "events/event/event.hpp"

namespace sluice {

class EventStats {
 public:
  void count(const Event& event);
  // A table: kind and state, how many, how many a minute over the time from the first to the last
  // event of all, and when the last one was; the most frequent first.
  [[nodiscard]] std::string table(const Terminal& terminal) const;

 private:
  struct Row {
    std::uint64_t count = 0;
    std::int64_t last_ms = 0;
  };
  std::map<std::string, Row> rows_;
  std::int64_t first_ms_ = 0, last_ms_ = 0;
};

// The parts of a topic, SERVICE.KIND.STATE.NAMES: "action", "FAILED", "webshop.Build.Compile".
[[nodiscard]] std::string kind_of(const Event& event);
[[nodiscard]] std::string state_of(const Event& event);
[[nodiscard]] std::string names_of(const Event& event);
[[nodiscard]] Paint paint_of_state(const std::string& state);

}  // namespace sluice
