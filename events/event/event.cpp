#include "events/event/event.hpp"

#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

namespace sluice {
namespace {

std::string iso(std::int64_t unix_ms, bool with_ms) {
  std::int64_t seconds = unix_ms / 1000;
  std::int64_t ms = unix_ms % 1000;
  if (ms < 0) {
    ms += 1000;
    --seconds;
  }
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::string result(text, size);
  if (with_ms) {
    char fraction[8];
    std::snprintf(fraction, sizeof fraction, ".%03d", static_cast<int>(ms));
    result += fraction;
  }
  return result + "Z";
}

}  // namespace

std::string iso_seconds(std::int64_t unix_ms) {
  return iso(unix_ms, false);
}
std::string iso_milliseconds(std::int64_t unix_ms) {
  return iso(unix_ms, true);
}

std::string json_quote(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_json(const Event& event) {
  std::string json = R"({"version":"0","id":)" + json_quote(event.id);
  json += R"(,"detail-type":)" + json_quote(event.detail_type);
  json += R"(,"source":)" + json_quote(event.source);
  json += R"(,"account":)" + json_quote(event.account);
  json += R"(,"time":")" + iso_seconds(event.time_ms);
  json += R"(","region":)" + json_quote(event.region) + R"(,"resources":[)";
  for (std::size_t i = 0; i < event.resources.size(); ++i)
    json += (i == 0 ? "" : ",") + json_quote(event.resources[i]);
  return json + R"(],"detail":)" + event.detail + "}";
}

}  // namespace sluice
