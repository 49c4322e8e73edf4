#include "engine/cli/finding_words.hpp"

#include <cmath>

#include "engine/cli/terminal.hpp"

namespace sluice {
namespace {

constexpr std::int64_t kMinute_ms = 60'000, kDay_ms = 86'400'000;
constexpr std::int64_t kNow_ms = 2000;
constexpr int kLongest = 400;  // columns of somebody else's words

std::int64_t to_ms(const Json& object, const char* key) {
  return std::llround(object.value(key, 0.0) * 1000);
}

// The time alone on the day that is now, else with the date.
std::string clock_text(std::int64_t at_ms, std::int64_t now_ms) {
  const std::string whole = local_time(at_ms);
  return whole.substr(0, 10) == local_time(now_ms).substr(0, 10) ? whole.substr(11) : whole;
}

}  // namespace

std::string number_of_place(const Json& place) {
  return "#" + std::to_string(place.value("executionNumber", 0));
}

std::string span_text(std::int64_t ms) {
  if (ms < kMinute_ms) return std::to_string(ms / 1000) + "s";
  if (ms < kDay_ms) return duration_text(ms);
  return std::to_string(ms / kDay_ms) + "d " + std::to_string(ms % kDay_ms / 3'600'000) + "h";
}

std::string person(const std::string& arn) {
  return arn.starts_with("arn:") && arn.find('/') != std::string::npos
             ? arn.substr(arn.rfind('/') + 1)
             : arn;
}

std::string Told::text(const char* key) const {
  return fit(finding.value(key, ""), kLongest);
}

std::uint32_t Told::number(const char* key) const {
  return finding.value(key, 0U);
}

std::int64_t Told::ms(const char* key) const {
  return to_ms(finding, key);
}

std::string Told::stage() const {
  return finding.value("subject", Json::object()).value("stageName", "");
}

std::string Told::action() const {
  const Json subject = finding.value("subject", Json::object());
  const std::string name = stage() + "." + subject.value("actionName", "");
  const bool own = subject.value("executionNumber", 0) == explanation.value("executionNumber", 0);
  return own ? name : name + " of " + number_of_place(subject);
}

std::string Told::self(const char* own) const {
  const Json subject = finding.value("subject", Json::object());
  return finding.value("depth", 0) == 0 ? own : number_of_place(subject);
}

std::string Told::holder() const {
  const Json place = finding.value("holder", Json::object());
  const std::string id = place.value("pipelineExecutionId", "");
  return number_of_place(place) + (id.empty() ? "" : " (" + id.substr(0, 8) + ")");
}

std::string Told::holder_stage() const {
  return finding.value("holder", Json::object()).value("stageName", "");
}

std::string Told::hook() const {
  const std::string type = finding.value("conditionType", "");
  if (type == "BEFORE_ENTRY") return "beforeEntry";
  return type == "ON_SUCCESS" ? "onSuccess" : "onFailure";
}

std::string Told::when(const char* prefix, const char* key) const {
  const std::int64_t at_ms = ms(key), now_ms = to_ms(explanation, "time");
  if (at_ms == 0) return "";
  std::string distance = at_ms > now_ms ? "now" : "just now";
  if (at_ms >= now_ms + kNow_ms) distance = "in " + span_text(at_ms - now_ms);
  if (at_ms <= now_ms - kNow_ms) distance = span_text(now_ms - at_ms) + " ago";
  return std::string(prefix) + clock_text(at_ms, now_ms) + " (" + distance + ")";
}

std::string Told::why() const {
  std::string reason = text("reason");
  if (reason.ends_with('.')) reason.pop_back();  // the sentence goes on, or has its own
  return reason.empty() ? "" : ": " + reason;
}

std::string Told::by() const {
  const std::string who = person(text("by"));
  return who.empty() ? "" : " by " + who;
}

std::string Told::names() const {
  const Json names = finding.value("names", Json::array());
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) list += i + 1 == names.size() ? " and " : ", ";
    list += person(names[i].get<std::string>());
  }
  return list;
}

std::string Told::asked() const {
  std::string list;
  for (const Json& value : finding.value("values", Json::array()))
    list += (list.empty() ? "" : ", ") + value.value("name", "") + " = \"" +
            fit(value.value("value", ""), kLongest) + "\"";
  return list.empty() ? "" : "; it was asked " + list;
}

}  // namespace sluice
