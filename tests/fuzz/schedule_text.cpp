// Any bytes as a schedule and as a zone: refused with a place, or something whose next time
// matches.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "events/schedule/schedule.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::schedule;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr std::int64_t kNow_ms = 1'700'000'000'000;
  const auto schedule = Schedule::parse(text);
  if (!schedule && schedule.flaw().message.empty()) std::abort();
  if (schedule) {
    const auto next_ms = schedule->next_after(kNow_ms, kNow_ms);
    if (next_ms && *next_ms <= kNow_ms) std::abort();
  }
  const auto colon = text.find(';');
  for (const auto form : {CronForm::kQuartz, CronForm::kWindow, CronForm::kEventBridge}) {
    const auto fields = parse_cron(text.substr(0, colon), form);
    if (!fields) {
      if (fields.flaw().position > size) std::abort();
      continue;
    }
    auto zone = Zone::find(colon == std::string_view::npos ? "" : text.substr(colon + 1));
    const ZonedCron when(*fields, zone ? *zone : Zone());
    const auto next_ms = when.next_after(kNow_ms);
    if (next_ms && (*next_ms <= kNow_ms || !when.matches(*next_ms))) std::abort();
  }
  return 0;
}
