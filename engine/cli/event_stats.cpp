#include "engine/cli/event_stats.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace sluice {
namespace {

constexpr int kKindColumns = 24, kCountColumns = 10;

// The part of a topic after so many dots; `rest`: to its end.
std::string part(const std::string& topic, int dots, bool rest = false) {
  std::size_t at = 0;
  for (; dots > 0; --dots) {
    at = topic.find('.', at);
    if (at == std::string::npos) return "";
    ++at;
  }
  return topic.substr(at, rest ? std::string::npos : topic.find('.', at) - at);
}

std::string right(const std::string& text) {
  const int room = kCountColumns - columns_of(text);
  return std::string(static_cast<std::size_t>(std::max(room, 1)), ' ') + text;
}

}  // namespace

std::string kind_of(const Event& event) {
  return part(event.topic, 1);
}
std::string state_of(const Event& event) {
  return part(event.topic, 2);
}
std::string names_of(const Event& event) {
  return part(event.topic, 3, true);
}

Paint paint_of_state(const std::string& state) {
  if (state == "FAILED") return Paint::kRed;
  if (state == "SUCCEEDED") return Paint::kGreen;
  if (state == "STARTED" || state == "RESUMED") return Paint::kBlue;
  return Paint::kYellow;
}

void EventStats::count(const Event& event) {
  Row& row = rows_[kind_of(event) + " " + state_of(event)];
  ++row.count;
  row.last_ms = std::max(row.last_ms, event.time_ms);
  if (first_ms_ == 0) first_ms_ = event.time_ms;
  last_ms_ = std::max(last_ms_, event.time_ms);
}

std::string EventStats::table(const Terminal& terminal) const {
  if (rows_.empty()) return "no events\n";
  std::vector<std::pair<std::string, Row>> rows(rows_.begin(), rows_.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  const double minutes =
      static_cast<double>(std::max<std::int64_t>(last_ms_ - first_ms_, 1)) / 60'000;
  std::string text = terminal.paint(
      pad("event", kKindColumns) + right("count") + right("a minute") + "  last\n", Paint::kDim);
  std::uint64_t total = 0;
  const auto line = [&](const std::string& name, std::uint64_t count, std::int64_t last_ms,
                        Paint paint) {
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.1f", static_cast<double>(count) / minutes);
    text += terminal.paint(pad(name, kKindColumns), paint) + right(std::to_string(count)) +
            right(rate) + "  " + local_time(last_ms) + "\n";
  };
  for (const auto& [name, row] : rows) {
    line(name, row.count, row.last_ms, paint_of_state(name.substr(name.find(' ') + 1)));
    total += row.count;
  }
  line("all", total, last_ms_, Paint::kBold);
  return text;
}

}  // namespace sluice
