#include "plugins/rule/deployment_window.hpp"

#include <chrono>
#include <ctime>
#include <string>

#include "events/schedule/cron.hpp"

namespace sluice::rule {
namespace {

std::string utc_text(std::int64_t at_ms) {
  const std::time_t at_s = at_ms / 1000;
  std::tm parts{};
  char text[32] = "";
  if (gmtime_r(&at_s, &parts) != nullptr)
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

}  // namespace

Outcome deployment_window_at(Run& run, std::int64_t now_ms) {
  const auto expression = run.configuration("Cron", "");
  const auto fields = schedule::parse_cron(expression, schedule::CronForm::kWindow);
  if (!fields) return misconfigured("Cron: '" + expression + "', " + fields.flaw().text());
  const auto zone = schedule::Zone::find(run.configuration("TimeZone", ""));
  if (!zone) return misconfigured("TimeZone: " + zone.flaw().message);
  const schedule::ZonedCron window(*fields, *zone);
  if (window.matches(now_ms)) {
    run.log("Inside the window " + expression);
    return succeeded();
  }
  const auto opens_ms = window.next_after(now_ms);
  if (!opens_ms) {
    return failed("the window " + expression + " does not open any more; correct its year",
                  SLUICE_FAILURE_PERMANENT, "RuleFailed");
  }
  const auto text = "Outside the window " + expression + "; it opens at " + utc_text(*opens_ms);
  run.log(text);
  run.progress(-1, text);
  return continue_later("window", *opens_ms - now_ms);
}

Outcome deployment_window(Run& run) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return deployment_window_at(run,
                              std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace sluice::rule
