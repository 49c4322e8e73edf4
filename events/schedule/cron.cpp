#include "events/schedule/cron.hpp"

#include <algorithm>
#include <chrono>

namespace sluice::schedule {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::int64_t kDay_s = 86'400, kSecond_ms = 1000;
// Every time that any zone's clock could show within the years of an expression, and a day more.
constexpr std::int64_t kBegin_s =
    sys_days(year(kFirstYear) / 1 / 1).time_since_epoch().count() * kDay_s - 2 * kDay_s;
constexpr std::int64_t kEnd_s =
    sys_days(year(kLastYear + 1) / 1 / 1).time_since_epoch().count() * kDay_s + 2 * kDay_s;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

int last_day(const year_month_day& date) {
  const auto last = date.year() / date.month() / std::chrono::last;
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

int week_day_of(const year_month_day& date) {  // 1 is Sunday
  return static_cast<int>(weekday(sys_days(date)).c_encoding()) + 1;
}

// The weekday nearest to day `number` without leaving the month.
int nearest_week_day(const year_month_day& date, int number) {
  const int last = last_day(date);
  const auto at = date.year() / date.month() / day(static_cast<unsigned>(number));
  const int name = week_day_of(at);
  if (name == 7) return number == 1 ? 3 : number - 1;
  if (name == 1) return number == last ? number - 2 : number + 1;
  return number;
}

bool month_day_fits(const CronFields& fields, const year_month_day& date) {
  using Day = CronFields::Day;
  const int today = static_cast<int>(static_cast<unsigned>(date.day()));
  const int last = last_day(date);
  switch (fields.month_day) {
    case Day::kSet:
      return fields.month_days.test(static_cast<std::size_t>(today));
    case Day::kLast:
      return today == last - fields.month_day_number;
    case Day::kLastWeekday: {
      const int wanted = last - fields.month_day_number;
      return wanted >= 1 && today == nearest_week_day(date, wanted);
    }
    case Day::kNearestWeekday:
      return fields.month_day_number <= last &&
             today == nearest_week_day(date, fields.month_day_number);
    default:
      return true;
  }
}

bool week_day_fits(const CronFields& fields, const year_month_day& date) {
  using Day = CronFields::Day;
  const int today = static_cast<int>(static_cast<unsigned>(date.day()));
  const int name = week_day_of(date);
  switch (fields.week_day) {
    case Day::kSet:
      return fields.week_days.test(static_cast<std::size_t>(name));
    case Day::kLast:
      return name == fields.week_day_number && today + 7 > last_day(date);
    case Day::kNth:
      return name == fields.week_day_number && (today - 1) / 7 + 1 == fields.nth;
    default:
      return true;
  }
}

bool has_year(const CronFields& fields, int number) {
  return number >= kFirstYear && number <= kLastYear &&
         fields.years.test(static_cast<std::size_t>(number - kFirstYear));
}

bool day_fits(const CronFields& fields, const year_month_day& date) {
  return month_day_fits(fields, date) && week_day_fits(fields, date);
}

// The first day not before `from` that fits.
std::optional<std::int64_t> next_day(const CronFields& fields, std::int64_t from) {
  const year_month_day start{sys_days(days(from))};
  for (int y = std::max(static_cast<int>(start.year()), kFirstYear); y <= kLastYear; ++y) {
    if (!has_year(fields, y)) continue;
    for (unsigned m = 1; m <= 12; ++m) {
      if (!fields.months.test(m)) continue;
      const auto first = year(y) / month(m) / day(1);
      const std::int64_t base = sys_days(first).time_since_epoch().count();
      for (int d = 0; d < last_day(first); ++d) {
        if (base + d < from) continue;
        if (day_fits(fields, year_month_day{sys_days(days(base + d))})) return base + d;
      }
    }
  }
  return std::nullopt;
}

// The first second of the day, not before `from`, that fits.
std::optional<std::int64_t> next_second(const CronFields& fields, std::int64_t from) {
  for (std::int64_t h = from / 3600; h < 24; ++h) {
    if (!fields.hours.test(static_cast<std::size_t>(h))) continue;
    for (std::int64_t m = 0; m < 60; ++m) {
      if (!fields.minutes.test(static_cast<std::size_t>(m))) continue;
      const std::int64_t base = h * 3600 + m * 60;
      for (std::int64_t s = std::max<std::int64_t>(0, from - base); s < 60; ++s)
        if (fields.seconds.test(static_cast<std::size_t>(s))) return base + s;
    }
  }
  return std::nullopt;
}

}  // namespace

bool CronFields::has_day(std::int64_t day) const {
  const year_month_day date{sys_days(days(day))};
  return has_year(*this, static_cast<int>(date.year())) &&
         months.test(static_cast<unsigned>(date.month())) && day_fits(*this, date);
}

bool CronFields::has_time(std::int64_t local_s) const {
  const auto day = floor_div(local_s, kDay_s);
  const auto second = static_cast<std::size_t>(local_s - day * kDay_s);
  return hours.test(second / 3600) && minutes.test(second / 60 % 60) && seconds.test(second % 60) &&
         has_day(day);
}

std::optional<std::int64_t> CronFields::next_local(std::int64_t local_s) const {
  const auto today = floor_div(local_s, kDay_s);
  if (has_day(today)) {
    const auto second = next_second(*this, local_s - today * kDay_s);
    if (second) return today * kDay_s + *second;
  }
  const auto day = next_day(*this, today + 1);
  if (!day) return std::nullopt;
  return *day * kDay_s + *next_second(*this, 0);  // no field is empty
}

bool ZonedCron::matches(std::int64_t at_ms) const {
  const auto at_s = floor_div(at_ms, kSecond_ms);
  if (at_s < kBegin_s || at_s >= kEnd_s) return false;
  return fields_.has_time(at_s + zone_.at(at_s).offset_s);
}

std::optional<std::int64_t> ZonedCron::next_after(std::int64_t at_ms) const {
  return next(at_ms, false);
}

std::optional<std::int64_t> ZonedCron::next_once_after(std::int64_t at_ms) const {
  return next(at_ms, !fields_.hours.all());
}

// Goes from one stretch of constant offset to the next: within one, clock and time run alike, so
// skipped and repeated clock times need no thought.
std::optional<std::int64_t> ZonedCron::next(std::int64_t at_ms, bool once) const {
  std::int64_t from_s = std::max(floor_div(at_ms, kSecond_ms) + 1, kBegin_s);
  while (from_s < kEnd_s) {
    const auto stretch = zone_.at(from_s);
    if (once && stretch.begin_s > kBegin_s) {
      // Behind a step back, the clock shows for a while what it has shown before.
      const auto before = zone_.at(stretch.begin_s - 1);
      const auto repeated_s = std::max<std::int64_t>(0, before.offset_s - stretch.offset_s);
      from_s = std::max(from_s, stretch.begin_s + repeated_s);
    }
    const auto local_s = fields_.next_local(from_s + stretch.offset_s);
    if (local_s && *local_s - stretch.offset_s < stretch.end_s)
      return (*local_s - stretch.offset_s) * kSecond_ms;
    from_s = stretch.end_s;
  }
  return std::nullopt;
}

}  // namespace sluice::schedule
