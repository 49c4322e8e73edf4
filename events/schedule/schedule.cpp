#include "events/schedule/schedule.hpp"

#include <charconv>
#include <string>

namespace sluice::schedule {
namespace {

constexpr std::int64_t kMinute_ms = 60'000, kHour_ms = 60 * kMinute_ms, kDay_ms = 24 * kHour_ms;
constexpr std::int64_t kMostDays = 36'500;  // a hundred years
constexpr std::string_view kRateForm =
    "a rate is `rate(N UNIT)`, N from 1 on, UNIT minute, minutes, hour, hours, day or days, "
    "singular "
    "for 1";

struct Unit {
  std::string_view one, many;
  std::int64_t length_ms;
};
constexpr Unit kUnits[] = {
    {"minute", "minutes", kMinute_ms}, {"hour", "hours", kHour_ms}, {"day", "days", kDay_ms}};

Parsed<std::int64_t> rate_ms(std::string_view text, std::size_t offset) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || count < 1 || at == end || *at != ' ')
    return Flaw{offset, std::string(kRateForm)};
  const auto name = text.substr(static_cast<std::size_t>(at - text.data()) + 1);
  for (const auto& unit : kUnits) {
    if (name != (count == 1 ? unit.one : unit.many)) continue;
    if (count > kMostDays * kDay_ms / unit.length_ms)
      return Flaw{offset, "this rate is longer than a hundred years"};
    return count * unit.length_ms;
  }
  return Flaw{offset + text.size() - name.size(), std::string(kRateForm)};
}

// What stands in `name(...)`; none if the text is not of that form.
std::optional<std::string_view> inside(std::string_view text, std::string_view name) {
  if (!text.starts_with(name) || !text.ends_with(')')) return std::nullopt;
  text.remove_prefix(name.size());
  text.remove_suffix(1);
  return text;
}

}  // namespace

Parsed<Schedule> Schedule::parse(std::string_view text, std::string_view zone_name) {
  constexpr std::string_view kRate = "rate(", kCron = "cron(";
  if (const auto rate = inside(text, kRate)) {
    const auto period_ms = rate_ms(*rate, kRate.size());
    if (!period_ms) return period_ms.flaw();
    if (!zone_name.empty()) return Flaw{0, "a rate has no time zone; it is the same everywhere"};
    return Schedule(Rate{*period_ms});
  }
  const auto cron = inside(text, kCron);
  if (!cron) return Flaw{0, "a schedule is `rate(5 minutes)` or `cron(0 2 * * ? *)`"};
  const auto fields = parse_cron(*cron, CronForm::kEventBridge);
  if (!fields) return Flaw{fields.flaw().position + kCron.size(), fields.flaw().message};
  const auto zone = Zone::find(zone_name);
  if (!zone) return zone.flaw();
  return Schedule(ZonedCron(*fields, *zone));
}

std::optional<std::int64_t> Schedule::next_after(std::int64_t after_ms,
                                                 std::int64_t anchor_ms) const {
  if (const auto* cron = std::get_if<ZonedCron>(&when_)) return cron->next_once_after(after_ms);
  const auto period_ms = std::get<Rate>(when_).period_ms;
  if (after_ms < anchor_ms) return anchor_ms + period_ms;
  return anchor_ms + ((after_ms - anchor_ms) / period_ms + 1) * period_ms;
}

}  // namespace sluice::schedule
