#include "events/bus/frames.hpp"

#include <nlohmann/json.hpp>

namespace sluice {
namespace {

using Json = nlohmann::json;

std::string pack(const Json& json) {
  std::string packed;
  Json::to_msgpack(json, packed);
  return packed;
}

}  // namespace

std::string header_of(const Event& event, const std::vector<std::uint64_t>& previous,
                      const std::string& topic) {
  Json header = {
      {"seq", event.sequence}, {"prev", previous}, {"id", event.id}, {"time", event.time_ms}};
  if (!topic.empty()) header["topic"] = topic;
  return pack(header);
}

std::string body_of(const Event& event) {
  Json body = {{"version", "0"},
               {"id", event.id},
               {"detail-type", event.detail_type},
               {"source", event.source},
               {"account", event.account},
               {"time", iso_seconds(event.time_ms)},
               {"region", event.region},
               {"resources", event.resources}};
  body["detail"] = Json::parse(event.detail, nullptr, false);
  return pack(body);
}

Frames frames_of(const Event& event, const std::vector<std::uint64_t>& previous) {
  return {event.topic, header_of(event, previous), body_of(event)};
}

}  // namespace sluice
