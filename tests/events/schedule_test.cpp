// When a cron expression or a rate comes, by cases that were computed by hand.
#include "events/schedule/schedule.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/events/clock_text.hpp"

using namespace sluice::schedule;
using sluice::testing::utc_ms;
using sluice::testing::utc_text;

namespace {

ZonedCron cron(const std::string& text, CronForm form, const std::string& zone_name = "UTC") {
  const auto fields = parse_cron(text, form);
  INFO(text << (fields ? "" : ": " + fields.flaw().text()));
  REQUIRE(fields);
  const auto zone = Zone::find(zone_name);
  REQUIRE(zone);
  return {*fields, *zone};
}

std::string next(const ZonedCron& when, const std::string& after) {
  const auto found = when.next_after(utc_ms(after));
  return found ? utc_text(*found) : "never";
}

std::string flaw_of(const std::string& text, CronForm form) {
  const auto fields = parse_cron(text, form);
  return fields ? "none" : fields.flaw().text();
}

struct Coming {
  const char *expression, *zone, *after, *expected;
};

}  // namespace

TEST_CASE("the next time of a Quartz expression") {
  const Coming kCases[] = {
      {"0 0 12 * * ?", "UTC", "2024-02-28 12:00:00", "2024-02-29 12:00:00"},
      {"0 0 12 * * ?", "UTC", "2024-02-28 11:59:59", "2024-02-28 12:00:00"},
      {"0 15 10 ? * MON-FRI", "UTC", "2024-03-01 10:15:00", "2024-03-04 10:15:00"},
      {"0 15 10 ? * mon-fri", "UTC", "2024-03-01 10:15:00", "2024-03-04 10:15:00"},
      {"*/20 * * * * ?", "UTC", "2024-03-01 10:15:41", "2024-03-01 10:16:00"},
      {"5/20 * * * * ?", "UTC", "2024-03-01 10:15:41", "2024-03-01 10:15:45"},
      {"0 10-20/5 * * * ?", "UTC", "2024-03-01 10:15:00", "2024-03-01 10:20:00"},
      // ranges over the end
      {"0 0 22-2 * * ?", "UTC", "2024-03-01 02:00:00", "2024-03-01 22:00:00"},
      {"0 0 0 ? * FRI-MON", "UTC", "2024-03-04 00:00:00", "2024-03-08 00:00:00"},
      {"0 0 0 1 NOV-FEB ?", "UTC", "2024-02-01 00:00:00", "2024-11-01 00:00:00"},
      // the day fields' own words
      {"0 0 0 L * ?", "UTC", "2024-02-01 00:00:00", "2024-02-29 00:00:00"},
      {"0 0 0 L * ?", "UTC", "2023-02-01 00:00:00", "2023-02-28 00:00:00"},
      {"0 0 0 L-3 * ?", "UTC", "2024-02-01 00:00:00", "2024-02-26 00:00:00"},
      {"0 0 0 LW * ?", "UTC", "2024-03-01 00:00:00", "2024-03-29 00:00:00"},   // 31st: a Sunday
      {"0 0 0 LW * ?", "UTC", "2024-08-01 00:00:00", "2024-08-30 00:00:00"},   // 31st: a Saturday
      {"0 0 0 15W * ?", "UTC", "2024-06-01 00:00:00", "2024-06-14 00:00:00"},  // a Saturday
      {"0 0 0 15W * ?", "UTC", "2024-09-01 00:00:00", "2024-09-16 00:00:00"},  // a Sunday
      {"0 0 0 1W * ?", "UTC", "2024-05-31 00:00:00", "2024-06-03 00:00:00"},   // not into May
      {"0 0 0 31W * ?", "UTC", "2024-04-01 00:00:00", "2024-05-31 00:00:00"},  // April has none
      {"0 0 0 30W * ?", "UTC", "2024-06-01 00:00:00", "2024-06-28 00:00:00"},  // not into July
      {"0 0 0 ? * L", "UTC", "2024-03-01 00:00:00", "2024-03-02 00:00:00"},
      {"0 0 0 ? * 6L", "UTC", "2024-03-01 00:00:00", "2024-03-29 00:00:00"},
      {"0 0 0 ? * FRIL", "UTC", "2024-03-01 00:00:00", "2024-03-29 00:00:00"},
      {"0 0 0 ? * 6#3", "UTC", "2024-03-01 00:00:00", "2024-03-15 00:00:00"},
      {"0 0 0 ? * mon#5", "UTC", "2024-03-01 00:00:00", "2024-04-29 00:00:00"},  // March has four
      // years
      {"0 0 0 29 2 ? *", "UTC", "2024-02-29 00:00:00", "2028-02-29 00:00:00"},
      {"0 0 0 29 2 ? 2100-2110", "UTC", "2024-02-29 00:00:00", "2104-02-29 00:00:00"},
      {"0 0 0 1 1 ? 2023", "UTC", "2023-01-01 00:00:00", "never"},
      {"59 59 23 31 12 ? 2199", "UTC", "2024-01-01 00:00:00", "2199-12-31 23:59:59"},
      // zones
      {"0 0 9 * * ?", "UTC+05:30", "2024-03-01 00:00:00", "2024-03-01 03:30:00"},
      {"0 0 9 * * ?", "UTC-08:00", "2024-03-01 00:00:00", "2024-03-01 17:00:00"},
      {"0 0 9 * * ?", "Asia/Tokyo", "2024-03-01 00:00:00", "2024-03-02 00:00:00"},
      {"0 0 9 * * ?", "JST", "2024-03-01 00:00:00", "2024-03-02 00:00:00"},
      {"0 0 9 * * ?", "Europe/Berlin", "2024-01-10 09:00:00", "2024-01-11 08:00:00"},
      {"0 0 9 * * ?", "Europe/Berlin", "2024-07-10 09:00:00", "2024-07-11 07:00:00"},
      {"0 0 9 * * ?", "CEST", "2024-01-10 09:00:00", "2024-01-11 07:00:00"},
      {"0 0 9 * * ?", "PST", "2024-07-10 17:00:00", "2024-07-11 16:00:00"},
  };
  for (const auto& row : kCases) {
    INFO(row.expression << " in " << row.zone << " after " << row.after);
    const auto when = cron(row.expression, CronForm::kQuartz, row.zone);
    CHECK(next(when, row.after) == row.expected);
  }
}

TEST_CASE("a clock time that summer time skips does not come") {
  // Berlin, 31 March 2024: 02:00 becomes 03:00 at 01:00 UTC.
  const auto when = cron("0 30 2 * * ?", CronForm::kQuartz, "Europe/Berlin");
  CHECK(next(when, "2024-03-30 01:30:00") == "2024-04-01 00:30:00");
  CHECK_FALSE(when.matches(utc_ms("2024-03-31 01:30:00")));  // 03:30 there
  const auto hourly = cron("0 30 * * * ?", CronForm::kQuartz, "Europe/Berlin");
  CHECK(next(hourly, "2024-03-31 00:30:00") == "2024-03-31 01:30:00");
}

TEST_CASE("a clock time that comes twice is in a window twice, and starts something once") {
  // Berlin, 27 October 2024: 03:00 becomes 02:00 at 01:00 UTC.
  const auto when = cron("0 30 2 * * ?", CronForm::kQuartz, "Europe/Berlin");
  CHECK(next(when, "2024-10-27 00:00:00") == "2024-10-27 00:30:00");
  CHECK(next(when, "2024-10-27 00:30:00") == "2024-10-27 01:30:00");
  const auto once = [&](const char* after) {
    return utc_text(when.next_once_after(utc_ms(after)).value());
  };
  CHECK(once("2024-10-27 00:00:00") == "2024-10-27 00:30:00");
  CHECK(once("2024-10-27 00:30:00") == "2024-10-28 01:30:00");
  CHECK(once("2024-10-27 01:10:00") == "2024-10-28 01:30:00");
  const auto hourly = cron("0 30 * * * ?", CronForm::kQuartz, "Europe/Berlin");
  CHECK(utc_text(hourly.next_once_after(utc_ms("2024-10-27 00:30:00")).value()) ==
        "2024-10-27 01:30:00");
}

TEST_CASE("a window consists of whole minutes") {
  for (const char* text : {"* * 9-16 ? * MON-FRI", "0 * 9-16 ? * MON-FRI *"}) {
    const auto window = cron(text, CronForm::kWindow, "America/New_York");
    CHECK(window.matches(utc_ms("2024-03-01 14:00:00")));
    CHECK(window.matches(utc_ms("2024-03-01 21:59:59") + 999));
    CHECK_FALSE(window.matches(utc_ms("2024-03-01 22:00:00")));
    CHECK_FALSE(window.matches(utc_ms("2024-03-02 15:00:00")));
    CHECK(next(window, "2024-03-01 22:00:00") == "2024-03-04 14:00:00");
  }
  CHECK(flaw_of("5 * 9-16 ? * MON-FRI", CronForm::kWindow) ==
        "at character 1: seconds: '5' is not allowed; a window consists of whole minutes, so write "
        "`*` or 0");
}

TEST_CASE("what is wrong with an expression is said with its place and with what is allowed") {
  struct {
    const char *text, *part;
  } const kCases[] = {
      {"", "at character 1: a cron expression of 0 fields"},
      {"* * * * ?", "a cron expression of 5 fields; it has 6 or 7: seconds"},
      {"* * * * * ? * *", "at character 15: a cron expression of 8 fields"},
      {"60 * * * * ?", "at character 1: seconds: '60' is not allowed; it takes 0-59"},
      {"* 1,61 * * * ?", "at character 5: minutes: '61' is not allowed"},
      {"* * 24 * * ?", "at character 5: hours: '24'"},
      {"* * * 32 * ?", "at character 7: day-of-month: '32'"},
      {"* * * * 13 ?", "at character 9: month: '13' is not allowed; it takes 1-12 or JAN-DEC"},
      {"* * * ? * 8", "at character 11: day-of-week: '8'"},
      {"* * * ? * FRY", "at character 11: day-of-week: 'FRY'"},
      {"* * * ? * 6#6", "behind `#` stands one number from 1 to 5"},
      {"* * * ? * 6#1,2#1", "behind `#` stands one number from 1 to 5"},
      {"* * * * * ? 1969", "year: '1969' is not allowed; it takes 1970-2199"},
      {"* * * * * ? 2030-2020", "year: a range runs upwards"},
      {"*/0 * * * * ?", "seconds: a step is a number from 1 to 59"},
      {"*/ * * * * ?", "seconds: a step is a number from 1 to 59"},
      {", * * * * ?", "seconds: a value is missing"},
      {"-1 * * * * ?", "seconds: a value is missing"},
      {"* * * L-31 * ?", "'L-31' is not allowed"},
      {"* * * LL * ?", "'LL' is not allowed"},
      {"* * * 0W * ?", "day-of-month: '0' is not allowed"},
      {"* * * L,1 * ?", "'L,1' is not allowed"},
      {"* * * * * *", "at character 11: exactly one of day-of-month and day-of-week is `?`"},
      {"* * * ? * ?", "exactly one of"},
      {"* * * 30 2 ?", "this never comes"},
      {"* * * 29 2 ? 2100", "this never comes"},
  };
  for (const auto& row : kCases) {
    INFO(row.text);
    CHECK_THAT(flaw_of(row.text, CronForm::kQuartz), Catch::Contains(row.part));
  }
}

TEST_CASE("zones that exist and zones that do not") {
  for (const char* name : {"", "UTC", "UTC+18:00", "UTC-00:30", "Europe/Berlin", "GMT", "EST",
                           "CET", "America/Argentina/Buenos_Aires", "IST", "PDT"}) {
    INFO(name);
    CHECK(Zone::find(name));
  }
  for (const char* name : {"Europe/Berlino", "UTC+18:01", "UTC+1", "UTC+01:60", "UTC+aa:bb", "XYZ",
                           "../../etc/passwd", "+VERSION", "berlin", "Europe/", "posixrules\n"}) {
    INFO(name);
    const auto zone = Zone::find(name);
    REQUIRE_FALSE(zone);
    CHECK_THAT(zone.flaw().message, Catch::Contains("write Region/City (Europe/Berlin), UTC"));
  }
}

TEST_CASE("rates count from their anchor") {
  const auto next_of = [](const char* text, const char* after) {
    const auto schedule = Schedule::parse(text);
    REQUIRE(schedule);
    const auto anchor = utc_ms("2024-03-01 00:00:30");
    return utc_text(schedule->next_after(utc_ms(after), anchor).value());
  };
  CHECK(next_of("rate(1 minute)", "2024-03-01 00:00:30") == "2024-03-01 00:01:30");
  CHECK(next_of("rate(5 minutes)", "2024-03-01 00:05:29") == "2024-03-01 00:05:30");
  CHECK(next_of("rate(5 minutes)", "2024-03-01 00:05:30") == "2024-03-01 00:10:30");
  CHECK(next_of("rate(1 hour)", "2024-02-01 00:00:00") == "2024-03-01 01:00:30");
  CHECK(next_of("rate(7 days)", "2024-03-20 00:00:00") == "2024-03-22 00:00:30");
}

TEST_CASE("EventBridge's cron, on the clock of a zone") {
  const auto schedule = Schedule::parse("cron(15 10 ? * 6L 2022-2025)", "Europe/Berlin");
  REQUIRE(schedule);
  CHECK(utc_text(schedule->next_after(utc_ms("2024-03-01 00:00:00"), 0).value()) ==
        "2024-03-29 09:15:00");
  CHECK_FALSE(schedule->next_after(utc_ms("2026-01-01 00:00:00"), 0));
}

TEST_CASE("schedules that are none") {
  struct {
    const char *text, *zone, *part;
  } const kCases[] = {
      {"", "", "a schedule is `rate(5 minutes)` or `cron(0 2 * * ? *)`"},
      {"5 minutes", "", "a schedule is"},
      {"rate(5 minutes", "", "a schedule is"},
      {"rate(0 minutes)", "", "a rate is `rate(N UNIT)`"},
      {"rate(1 minutes)", "", "at character 8: a rate is"},
      {"rate(5 minute)", "", "a rate is"},
      {"rate(5 seconds)", "", "a rate is"},
      {"rate(-5 minutes)", "", "a rate is"},
      {"rate(99999999 days)", "", "longer than a hundred years"},
      {"rate(5 minutes)", "Europe/Berlin", "a rate has no time zone"},
      {"cron(0 2 * * ?)", "", "a cron expression of 5 fields; it has 6: minutes"},
      {"cron(0 2 * * * *)", "", "at character 14: exactly one of"},
      {"cron(0 2 * * ? *)", "Mars/Base", "'Mars/Base' is no time zone"},
  };
  for (const auto& row : kCases) {
    INFO(row.text);
    const auto schedule = Schedule::parse(row.text, row.zone);
    REQUIRE_FALSE(schedule);
    CHECK_THAT(schedule.flaw().text(), Catch::Contains(row.part));
  }
}
