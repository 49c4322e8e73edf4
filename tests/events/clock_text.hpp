// Times of tests as text: "2024-02-29 12:00:00", UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace sluice::testing {

inline std::int64_t utc_ms(const std::string& text) {
  int y = 0, s = 0;
  unsigned mo = 0, d = 0, h = 0, mi = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u %u:%u:%d", &y, &mo, &d, &h, &mi, &s) != 6) return -1;
  using namespace std::chrono;
  const auto days = sys_days(year(y) / month(mo) / day(d)).time_since_epoch().count();
  return (static_cast<std::int64_t>(days) * 86'400 + h * 3600 + mi * 60 + s) * 1000;
}

inline std::string utc_text(std::int64_t at_ms) {
  using namespace std::chrono;
  const auto at = sys_time<milliseconds>(milliseconds(at_ms));
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const auto time = hh_mm_ss(floor<seconds>(at - day));
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

}  // namespace sluice::testing
