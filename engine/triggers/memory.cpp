#include "engine/triggers/memory.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sluice::triggers {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostDeliveries = 1000;

Json pending_json(const PendingStart& start) {
  Json json{{"token", start.token},
            {"triggerType", start.trigger.type},
            {"triggerDetail", start.trigger.detail},
            {"sourceRevisions", Json::array()}};
  for (const auto& revision : start.source_revisions) {
    json["sourceRevisions"].push_back({{"actionName", revision.action},
                                       {"revisionType", revision.type},
                                       {"revisionValue", revision.value}});
  }
  return json;
}

PendingStart pending_from(const Json& json) {
  PendingStart start{
      json.at("token").get<std::string>(),
      {json.at("triggerType").get<std::string>(), json.at("triggerDetail").get<std::string>()},
      {}};
  for (const auto& revision : json.at("sourceRevisions")) {
    start.source_revisions.push_back({revision.at("actionName").get<std::string>(),
                                      revision.at("revisionType").get<std::string>(),
                                      revision.at("revisionValue").get<std::string>()});
  }
  return start;
}

}  // namespace

std::string to_json(const Memory& memory) {
  Json json{{"id", memory.id},
            {"starts", memory.starts},
            {"repositories", memory.repositories},
            {"schedules", memory.schedules},
            {"deliveries", memory.deliveries},
            {"events", memory.events},
            {"eventsBegun", memory.events_begun},
            {"pending", Json::array()}};
  for (const auto& start : memory.pending) json["pending"].push_back(pending_json(start));
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

Result<Memory> memory_from_json(std::string_view text) {
  try {
    const auto json = Json::parse(text);
    Memory memory;
    memory.id = json.at("id").get<std::string>();
    memory.starts = json.at("starts").get<std::uint64_t>();
    memory.repositories = json.at("repositories").get<std::map<std::string, Refs>>();
    memory.schedules = json.at("schedules").get<std::map<std::string, std::int64_t>>();
    memory.deliveries = json.at("deliveries").get<std::vector<std::string>>();
    memory.events = json.at("events").get<std::uint64_t>();
    memory.events_begun = json.at("eventsBegun").get<bool>();
    for (const auto& start : json.at("pending")) memory.pending.push_back(pending_from(start));
    return memory;
  } catch (const Json::exception& error) {
    return Error{ErrorKind::kCorrupt, "memory of triggers", error.what()};
  }
}

std::vector<Push> pushes_between(const Refs& before, const Refs& now) {
  constexpr std::string_view kBranch = "refs/heads/", kTag = "refs/tags/";
  std::vector<Push> pushes;
  for (const auto& [ref, commit] : now) {
    const auto known = before.find(ref);
    if (known != before.end() && known->second == commit) continue;
    Push push;
    push.tag = ref.starts_with(kTag);
    if (!push.tag && !ref.starts_with(kBranch)) continue;
    push.name = ref.substr(push.tag ? kTag.size() : kBranch.size());
    push.before = known == before.end() ? "" : known->second;
    push.commit = commit;
    pushes.push_back(std::move(push));
  }
  return pushes;
}

void decide_start(Memory& memory, Trigger trigger, std::vector<SourceRevision> source_revisions) {
  const auto token = memory.id + "-" + std::to_string(++memory.starts);
  memory.pending.push_back({token, std::move(trigger), std::move(source_revisions)});
}

ScheduleTurn look_at_schedule(Memory& memory, const std::string& key,
                              const schedule::Schedule& schedule, std::int64_t now_ms) {
  const auto [known, is_new] = memory.schedules.emplace(key, now_ms);
  const auto due_ms = schedule.next_after(known->second, known->second);
  if (!due_ms || *due_ms > now_ms) return {false, due_ms};
  // A rate goes on from its own beat, not from when somebody looked.
  auto last_ms = *due_ms;
  const auto period_end = schedule.next_after(last_ms, last_ms);
  if (period_end && *period_end <= now_ms) last_ms = now_ms;
  known->second = last_ms;
  return {true, schedule.next_after(last_ms, last_ms)};
}

bool first_delivery(Memory& memory, const std::string& delivery) {
  auto& seen = memory.deliveries;
  if (delivery.empty()) return true;
  if (std::find(seen.begin(), seen.end(), delivery) != seen.end()) return false;
  seen.push_back(delivery);
  if (seen.size() > kMostDeliveries) seen.erase(seen.begin());
  return true;
}

int chain_depth(std::string_view trigger_detail) {
  const auto json = Json::parse(trigger_detail, nullptr, false);
  if (!json.is_object()) return 0;
  const auto depth = json.find("chainDepth");
  if (depth == json.end() || !depth->is_number_integer()) return 0;
  return static_cast<int>(std::clamp<std::int64_t>(depth->get<std::int64_t>(), 0, 1'000'000));
}

std::string event_detail(std::string_view event_id, std::string_view source, int depth) {
  constexpr std::size_t kLongest = 300;
  const Json json{{"chainDepth", depth},
                  {"eventId", event_id.substr(0, kLongest)},
                  {"source", source.substr(0, kLongest)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice::triggers
