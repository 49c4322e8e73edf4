// Time zones, from the system's time zone database (tzdata). The database is read when a zone is
// first asked for; nothing else here touches the machine. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/schedule/parsed.hpp"

namespace date {
class time_zone;
}

namespace sluice::schedule {

class Zone {
 public:
  // A stretch of time with one offset: begin_s <= t < end_s, in seconds since 1970 UTC.
  struct Stretch {
    std::int64_t begin_s = 0, end_s = 0, offset_s = 0;
  };

  Zone() = default;  // UTC

  // "Region/City", "UTC", "UTC+05:30" (18 hours at most), or an abbreviation of 3 to 5 letters
  // (facts/codepipeline.md 2.15); "" is UTC. An abbreviation that the database does not have means
  // what it means to Java, which the cloud service runs on: PST is America/Los_Angeles with its
  // summer time, CEST always UTC+02:00.
  [[nodiscard]] static Parsed<Zone> find(std::string_view name);

  // The database has the rules of a zone until 2037; later times keep the last offset.
  [[nodiscard]] Stretch at(std::int64_t time_s) const;

 private:
  explicit Zone(const date::time_zone* named) : named_(named) {}
  explicit Zone(std::int64_t offset_s) : offset_s_(offset_s) {}

  const date::time_zone* named_ = nullptr;  // the database's own, which never goes away
  std::int64_t offset_s_ = 0;
};

}  // namespace sluice::schedule
