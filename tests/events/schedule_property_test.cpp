// Random expressions in zones with odd clocks: what next_after gives matches, and nothing between
// does. One seed by default; SLUICE_SEED=N replays another.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>
#include <string>

#include "events/schedule/cron.hpp"
#include "tests/events/clock_text.hpp"

using namespace sluice::schedule;
using sluice::testing::utc_ms;
using sluice::testing::utc_text;

namespace {

class RandomCron {
 public:
  explicit RandomCron(std::uint32_t seed) : random_(seed) {}

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }

  std::string field(int low, int high) {
    const auto number = [&] { return std::to_string(pick(low, high)); };
    switch (pick(0, 5)) {
      case 0:
        return number();
      case 1:
        return number() + "-" + number();
      case 2:
        return "*/" + std::to_string(pick(1, high));
      case 3:
        return number() + "," + number() + "," + number();
      case 4:
        return number() + "-" + number() + "/" + std::to_string(pick(1, high));
      default:
        return "*";
    }
  }

  std::string expression() {
    std::string month_day = "?", week_day = "?";
    const auto number = [&](int low, int high) { return std::to_string(pick(low, high)); };
    switch (pick(0, 7)) {
      case 0:
        month_day = "L-" + number(0, 27);
        break;
      case 1:
        month_day = "LW";
        break;
      case 2:
        month_day = number(1, 31) + "W";
        break;
      case 3:
        week_day = number(1, 7) + "L";
        break;
      case 4:
        week_day = number(1, 7) + "#" + number(1, 5);
        break;
      case 5:
        week_day = field(1, 7);
        break;
      default:
        month_day = field(1, 31);
    }
    return field(0, 59) + " " + field(0, 23) + " " + month_day + " " + field(1, 12) + " " +
           week_day + " *";
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("next_after gives a match, and there is none between") {
  const char* wanted = std::getenv("SLUICE_SEED");
  const auto seed = static_cast<std::uint32_t>(wanted == nullptr ? 20240229 : std::atoll(wanted));
  INFO("SLUICE_SEED=" << seed);
  RandomCron random(seed);
  // Half-hour steps, a skipped day (Apia 2011), steps at midnight, none at all.
  const char* const kZones[] = {"UTC",          "Europe/Berlin",     "Australia/Lord_Howe",
                                "Pacific/Apia", "America/Sao_Paulo", "UTC+05:45"};
  constexpr int kExpressions = 400;
  constexpr std::int64_t kMinute_ms = 60'000, kMostMinutes = 4'000;
  int steps_between = 0;
  for (int i = 0; i < kExpressions; ++i) {
    const auto text = random.expression();
    const auto fields = parse_cron(text, CronForm::kEventBridge);
    if (!fields) {
      INFO(text);
      REQUIRE_THAT(fields.flaw().message, Catch::Contains("this never comes"));
      continue;
    }
    const char* name = kZones[random.pick(0, 5)];
    const ZonedCron when(*fields, *Zone::find(name));
    const auto after_ms = random.pick(utc_ms("2010-01-01 00:00:00"), utc_ms("2026-01-01 00:00:00"));
    const auto next_ms = when.next_after(after_ms);
    INFO(text << " in " << name << " after " << utc_text(after_ms) << " gives "
              << (next_ms ? utc_text(*next_ms) : "never"));
    REQUIRE(next_ms);
    CHECK(*next_ms > after_ms);
    CHECK(when.matches(*next_ms));
    // Both ends of the time between are searched, minute by minute.
    const auto first_ms = (after_ms / kMinute_ms + 1) * kMinute_ms;
    for (auto at = first_ms; at < *next_ms && at < first_ms + kMostMinutes * kMinute_ms;
         at += kMinute_ms, ++steps_between)
      if (when.matches(at)) FAIL("matches at " << utc_text(at));
    for (auto at = *next_ms - kMinute_ms;
         at > after_ms && at > *next_ms - kMostMinutes * kMinute_ms; at -= kMinute_ms)
      if (when.matches(at)) FAIL("matches at " << utc_text(at));
    const auto once_ms = when.next_once_after(after_ms);
    REQUIRE(once_ms);
    CHECK(*once_ms >= *next_ms);
    CHECK(when.matches(*once_ms));
  }
  CHECK(steps_between > 1000);
}
