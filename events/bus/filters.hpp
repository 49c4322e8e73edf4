// Event patterns that subscribers wait with: who subscribes to the `filtered` socket does so with
// the text of a pattern as topic, and gets the events that it wants and no others. All patterns are
// behind one matcher, so an event is read once, however many there are.
//
// One thread at a time: the publisher's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/event/event.hpp"

namespace sluice {

class Filters {
 public:
  struct Hit {
    std::string_view pattern;    // until the next call of anything here
    std::uint64_t previous = 0;  // sequence of the last event that it wanted; 0: unknown
  };

  Filters();
  ~Filters();
  Filters(const Filters&) = delete;
  Filters& operator=(const Filters&) = delete;

  // One more, one less subscriber has this pattern. Text that is no pattern, or one beyond the
  // bound of 1,000 patterns, is counted and wants nothing: the log endpoint is who says why.
  void subscribe(const std::string& pattern);
  void unsubscribe(const std::string& pattern);
  [[nodiscard]] bool empty() const;

  // The patterns that want the event; each remembers it as its last.
  [[nodiscard]] std::vector<Hit> match(const Event& event);

 private:
  struct Held;
  std::unique_ptr<Held> held_;
};

// One pattern for a range of the log. refused() is "" or the sentence that says why nothing
// matches.
class LogFilter {
 public:
  explicit LogFilter(std::string_view pattern);
  ~LogFilter();
  LogFilter(const LogFilter&) = delete;
  LogFilter& operator=(const LogFilter&) = delete;

  [[nodiscard]] const std::string& refused() const { return refused_; }
  [[nodiscard]] bool wants(const Event& event);

 private:
  struct Held;
  std::string refused_;
  std::unique_ptr<Held> held_;
};

}  // namespace sluice
