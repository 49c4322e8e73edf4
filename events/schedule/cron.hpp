// Cron expressions: Quartz's seven fields (facts/codepipeline.md 2.15) and EventBridge's six
// (facts/event_patterns.md, schedules). Pure: times are arguments.
//
// Fields, lists and names:
//   seconds 0-59, minutes 0-59, hours 0-23, day of the month 1-31, month 1-12 or JAN-DEC, day of
//   the week 1-7 or SUN-SAT (1 is Sunday), year 1970-2199; `*` all, `a,b` lists, `a-b` ranges,
//   which may run over the end (22-2, FRI-MON) except for years, `*/n`, `a/n` (from a on) and
//   `a-b/n` steps. Names in upper or lower case. Exactly one of the two day fields is `?`.
// Day of the month: L the last, L-3 three days before it, LW the last weekday, 15W the weekday
//   nearest to the 15th in the same month. Day of the week: L Saturday, 6L or FRIL the last Friday,
//   6#3 or FRI#3 the third Friday. These stand alone, not in lists.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

#include "events/schedule/parsed.hpp"
#include "events/schedule/zone.hpp"

namespace sluice::schedule {

enum class CronForm : std::uint8_t {
  kQuartz,       // sec min hour day month weekday [year]
  kWindow,       // the same; seconds are `*` or 0, and both mean the whole minute
  kEventBridge,  // min hour day month weekday year, at second 0; `year` is required
};

inline constexpr int kFirstYear = 1970, kLastYear = 2199;

// What an expression says, field by field. Times are seconds since 1970 on the zone's own clock.
struct CronFields {
  enum class Day : std::uint8_t { kSet, kUnset, kLast, kLastWeekday, kNearestWeekday, kNth };

  std::bitset<60> seconds, minutes;
  std::bitset<24> hours;
  std::bitset<32> month_days;  // bit 1 is the first
  std::bitset<13> months;
  std::bitset<8> week_days;  // bit 1 is Sunday
  std::bitset<kLastYear - kFirstYear + 1> years;
  Day month_day = Day::kSet;  // kSet: month_days; kUnset: `?`; kLast and kLastWeekday: number back
  int month_day_number = 0;
  Day week_day = Day::kSet;  // kSet: week_days; kUnset: `?`; kLast and kNth: of week_day_number
  int week_day_number = 0, nth = 0;

  [[nodiscard]] bool has_day(std::int64_t day) const;  // days since 1970
  [[nodiscard]] bool has_time(std::int64_t local_s) const;
  // The first time not before local_s; none: there is no more.
  [[nodiscard]] std::optional<std::int64_t> next_local(std::int64_t local_s) const;
};

// The expression without `cron(...)` around it. Refuses what never comes (30 February).
[[nodiscard]] Parsed<CronFields> parse_cron(std::string_view text, CronForm form);

// An expression on the clock of a zone. Summer time: a clock time that is skipped does not come;
// one that comes twice comes twice.
class ZonedCron {
 public:
  ZonedCron(CronFields fields, Zone zone) : fields_(fields), zone_(zone) {}

  // Milliseconds since 1970 UTC; a fraction of a second is cut off.
  [[nodiscard]] bool matches(std::int64_t at_ms) const;

  // The first whole second after at_ms that matches.
  [[nodiscard]] std::optional<std::int64_t> next_after(std::int64_t at_ms) const;

  // The same for what shall happen once: of a clock time that comes twice only the first counts,
  // unless the expression wants every hour, where each hour that passes is one.
  [[nodiscard]] std::optional<std::int64_t> next_once_after(std::int64_t at_ms) const;

 private:
  [[nodiscard]] std::optional<std::int64_t> next(std::int64_t at_ms, bool once) const;

  CronFields fields_;
  Zone zone_;
};

}  // namespace sluice::schedule
