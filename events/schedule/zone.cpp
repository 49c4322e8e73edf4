#include "events/schedule/zone.hpp"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <optional>

namespace sluice::schedule {
namespace {

constexpr std::int64_t kMinute_s = 60, kHour_s = 3600;
constexpr std::int64_t kMostHours = 18;  // as in Java and ISO 8601

struct Short {
  std::string_view name, region;
};
// Java's ZoneId.SHORT_IDS, as far as the database has no zone of the name.
constexpr Short kShort[] = {
    {"ACT", "Australia/Darwin"},
    {"AET", "Australia/Sydney"},
    {"AGT", "America/Argentina/Buenos_Aires"},
    {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"},
    {"BET", "America/Sao_Paulo"},
    {"BST", "Asia/Dhaka"},
    {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"},
    {"CST", "America/Chicago"},
    {"CTT", "Asia/Shanghai"},
    {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"},
    {"IET", "America/Indiana/Indianapolis"},
    {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"},
    {"MIT", "Pacific/Apia"},
    {"NET", "Asia/Yerevan"},
    {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"},
    {"PNT", "America/Phoenix"},
    {"PRT", "America/Puerto_Rico"},
    {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"},
    {"VST", "Asia/Ho_Chi_Minh"},
};

struct Fixed {
  std::string_view name;
  std::int64_t hours;
};
// Names of summer time: a fixed offset, since nobody means another one by them.
constexpr Fixed kFixed[] = {{"EDT", -4}, {"CDT", -5}, {"MDT", -6}, {"PDT", -7},
                            {"CEST", 2}, {"EEST", 3}, {"WEST", 1}, {"AEDT", 11}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "+05:30" in seconds.
std::optional<std::int64_t> offset_of(std::string_view text) {
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  for (const auto i : {1U, 2U, 4U, 5U})
    if (!is_digit(text[i])) return std::nullopt;
  const std::int64_t hours = (text[1] - '0') * 10 + (text[2] - '0');
  const std::int64_t minutes = (text[4] - '0') * 10 + (text[5] - '0');
  if (minutes > 59 || hours * 60 + minutes > kMostHours * 60) return std::nullopt;
  const auto offset_s = hours * kHour_s + minutes * kMinute_s;
  return text[0] == '-' ? -offset_s : offset_s;
}

const date::time_zone* named(std::string_view name) {
  try {
    const auto* zone = date::locate_zone(std::string(name));
    (void)zone->get_info(date::sys_seconds{});  // reads its file, which may fail
    return zone;
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

Parsed<Zone> Zone::find(std::string_view name) {
  if (name.empty() || name == "UTC" || name == "Z") return Zone();
  const Flaw flaw{0, "'" + std::string(name) +
                         "' is no time zone; write Region/City (Europe/Berlin), UTC, UTC+HH:MM or "
                         "UTC-HH:MM"};
  if (name.starts_with("UTC")) {
    const auto offset_s = offset_of(name.substr(3));
    if (!offset_s) return flaw;
    return Zone(*offset_s);
  }
  // What is no name of a zone is not looked for: the database's files have other names too.
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  });
  if (!plain || name.size() > 64) return flaw;
  for (const auto& row : kFixed)
    if (row.name == name) return Zone(row.hours * kHour_s);
  std::string_view wanted = name;
  for (const auto& row : kShort)
    if (row.name == name) wanted = row.region;
  const auto* zone = named(wanted);
  if (zone == nullptr) return flaw;
  return Zone(zone);
}

Zone::Stretch Zone::at(std::int64_t time_s) const {
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  if (named_ == nullptr) return {kMin, kMax, offset_s_};
  const auto info = named_->get_info(date::sys_seconds(std::chrono::seconds(time_s)));
  return {info.begin.time_since_epoch().count(), info.end.time_since_epoch().count(),
          info.offset.count()};
}

}  // namespace sluice::schedule
