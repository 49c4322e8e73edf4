// Operations of ours: what the cloud service has none for (docs/api.md).
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/api/log_waits.hpp"
#include "engine/api/pipelines.hpp"
#include "engine/runtime/event_reader.hpp"

namespace sluice::api {
namespace {

constexpr Member kApply[] = {{.name = "pipeline", .type = MemberType::kRaw, .required = true}};
constexpr Member kDescribe[] = {
    {.name = "name", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "version", .type = MemberType::kInteger, .min = 1}};
constexpr Member kLog[] = {
    {.name = "pipelineName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "pipelineExecutionId", .required = true, .charset = &kUuid},
    {.name = "stageName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "actionName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "attempt", .type = MemberType::kInteger, .min = 1, .max = 65535},
    {.name = "offset", .type = MemberType::kInteger},
    {.name = "maxBytes", .type = MemberType::kInteger, .min = 1, .max = 1048576},
    {.name = "waitSeconds", .type = MemberType::kInteger, .max = 30}};
constexpr Member kExplain[] = {
    {.name = "pipelineName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "pipelineExecutionId", .charset = &kUuid},
    {.name = "stageName", .min = 1, .max = 100, .charset = &kName},
    {.name = "actionName", .min = 1, .max = 100, .charset = &kName}};
constexpr Member kCollect[] = {{.name = "dryRun", .type = MemberType::kBoolean}};
constexpr Member kEvents[] = {
    {.name = "after", .type = MemberType::kInteger},
    {.name = "topicPrefix", .max = 400},
    {.name = "maxResults", .type = MemberType::kInteger, .min = 1, .max = 1000}};
constexpr Member kNotify[] = {{.name = "repository", .required = true, .min = 1, .max = 4096},
                              {.name = "pipelineName", .min = 1, .max = 100, .charset = &kName}};
constexpr Member kListTriggers[] = {
    {.name = "pipelineName", .min = 1, .max = 100, .charset = &kName}};

Json log_json(const LogPart& part) {
  return {{"text", part.text}, {"nextOffset", part.next_offset}};
}

// A range of an attempt's log from an offset; with waitSeconds it waits for more if there is none.
void get_log(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const std::string pipeline = text_of(in, "pipelineName");
  if (!find_pipeline(ground, pipeline, answer)) return;
  const auto row = find_run(ground, pipeline, in, answer);
  if (!row) return;
  const LogName name{pipeline, row->id, text_of(in, "stageName"), text_of(in, "actionName"),
                     static_cast<std::uint16_t>(number_of(in, "attempt", 1))};
  const auto offset = static_cast<std::uint64_t>(number_of(in, "offset", 0));
  const auto bytes = static_cast<std::size_t>(number_of(in, "maxBytes", 256 * 1024));
  const std::int64_t wait_ms = number_of(in, "waitSeconds", 0) * 1000;
  const auto part = ground.parts.logs.read(name, offset, bytes);
  if (!part && part.error().kind != ErrorKind::kNotFound) return answer.fault(part.error());
  if ((part && part->next_offset != offset) || wait_ms == 0) {
    if (part) return answer.send(log_json(*part));
    return answer.refuse("LogNotFoundException",
                         "The action " + name.stage + "." + name.action +
                             " has written no log in this attempt, or retention has removed it.");
  }
  const bool waits = ground.log_waits.wait(
      name, offset, bytes, wait_ms, [answer](const LogPart& more) { answer.send(log_json(more)); });
  if (!waits) answer.refuse_load();
}

// Events of the facts after a sequence, as EventBridge's envelopes, those of a topic if one is
// asked for; `nextSequence` is where to go on.
void list_events(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  constexpr std::uint32_t kMostFacts = 5000;  // looked at by one call
  const std::string prefix = text_of(in, "topicPrefix");
  const auto most = static_cast<std::size_t>(number_of(in, "maxResults", 100));
  auto after = static_cast<Sequence>(number_of(in, "after", 0));
  const Sequence begin = after;
  EventReader reader(ground.parts.store, ground.parts.realm);
  Json events = Json::array();
  for (std::uint32_t looked_at = 0; looked_at < kMostFacts && events.size() < most;) {
    const auto step = static_cast<std::uint32_t>(std::min<std::size_t>(500, most));
    Sequence upto = after;
    const auto some = reader.read(after, step, upto);
    if (!some) return answer.fault(some.error());
    if (upto == after) break;
    looked_at += step;
    after = upto;
    for (const Event& event : *some) {
      if (!event.topic.starts_with(prefix)) continue;
      events.push_back({{"sequence", event.sequence},
                        {"topic", event.topic},
                        {"event", Json::parse(to_json(event), nullptr, false)}});
      if (events.size() < most) continue;
      after = event.sequence;
      break;
    }
  }
  const auto removed = ground.parts.store.removed_between(begin, after);
  if (!removed) return answer.fault(removed.error());
  answer.send({{"events", std::move(events)}, {"nextSequence", after}, {"removed", *removed}});
}

void describe_server(const Ground& ground, const Json&, const Caller&, Answer answer) {
  const auto names = ground.parts.store.pipelines();
  if (!names) return answer.fault(names.error());
  const auto last = ground.parts.store.last_sequence();
  if (!last) return answer.fault(last.error());
  const auto& catalogue = ground.parts.catalogue;
  answer.send({{"version", ground.parts.version},
               {"dataDirectory", ground.parts.data_directory},
               {"processId", ::getpid()},
               {"since", seconds(ground.parts.since)},
               {"time", seconds(ground.parts.clock.now())},
               {"region", ground.parts.realm.region},
               {"account", ground.parts.realm.account},
               {"pipelines", names->size()},
               {"actionTypes", catalogue.size()},
               {"lastSequence", *last}});
}

// A hook's word that somebody pushed.
void notify_repository(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const auto& look_now = ground.parts.triggers.look_now;
  const std::string pipeline = text_of(in, "pipelineName");
  if (!pipeline.empty() && !find_pipeline(ground, pipeline, answer)) return;
  answer.send({{"triggers", look_now ? look_now(text_of(in, "repository"), pipeline) : 0}});
}

Json trigger_json(const triggers::TriggerState& state) {
  Json json = {{"pipelineName", state.pipeline},
               {"type", state.type},
               {"watches", state.watches},
               {"noticedBy", state.noticed_by}};
  if (state.next_ms >= 0) json["nextTime"] = seconds(Instant{state.next_ms});
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  add("branch", state.branch);
  add("revision", state.revision);
  add("error", state.error);
  add("webhookPath", state.webhook_path);
  return json;
}

void list_triggers(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const auto& questions = ground.parts.triggers;
  const std::string pipeline = text_of(in, "pipelineName");
  if (!pipeline.empty() && !find_pipeline(ground, pipeline, answer)) return;
  Json triggers = Json::array();
  if (questions.list)
    for (const auto& state : questions.list(pipeline)) triggers.push_back(trigger_json(state));
  Json out = {{"triggers", std::move(triggers)}};
  const std::string address = questions.webhook_address ? questions.webhook_address() : "";
  if (!address.empty()) out["webhookAddress"] = address;
  answer.send(out);
}

Json report_json(const retention::Report& report) {
  const auto& executions = report.executions;
  const auto& logs = report.logs;
  const auto& artifacts = report.artifacts;
  Json kept = Json::array();
  for (const auto& one : report.kept)
    kept.push_back(
        {{"pipelineName", one.pipeline}, {"executionNumber", one.number}, {"why", one.why}});
  return {{"dryRun", report.dry_run},
          {"milliseconds", report.took_ms},
          {"executions",
           {{"removed", executions.removed},
            {"facts", executions.facts},
            {"inFlight", executions.in_flight},
            {"needed", executions.needed},
            {"unread", executions.unread},
            {"young", executions.young}}},
          {"logs",
           {{"removed", logs.removed},
            {"removedBytes", logs.removed_bytes},
            {"kept", logs.kept},
            {"keptBytes", logs.kept_bytes}}},
          {"artifacts",
           {{"removed", artifacts.removed},
            {"removedBytes", artifacts.removed_bytes},
            {"keptBytes", artifacts.kept_bytes},
            {"needed", artifacts.needed},
            {"inHistory", artifacts.in_history},
            {"young", artifacts.young}}},
          {"kept", std::move(kept)},
          {"troubles", report.troubles}};
}

// One collection, now; answered at its end.
void collect_garbage(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  if (!ground.parts.collect)
    return answer.refuse("UnsupportedOperation", "This server has no garbage collector.");
  const bool taken = ground.parts.collect(
      flag_of(in, "dryRun"),
      [answer](const retention::Report& report) { answer.send(report_json(report)); });
  if (!taken) answer.refuse_load();
}

constexpr OperationRow kRows[] = {{"ApplyPipeline", apply_pipeline, kApply},
                                  {"DescribePipeline", describe_pipeline, kDescribe},
                                  {"Explain", explain_execution, kExplain},
                                  {"GetLog", get_log, kLog},
                                  {"ListEvents", list_events, kEvents},
                                  {"ListTriggers", list_triggers, kListTriggers},
                                  {"NotifyRepository", notify_repository, kNotify},
                                  {"CollectGarbage", collect_garbage, kCollect},
                                  {"DescribeServer", describe_server, {}}};

}  // namespace

std::span<const OperationRow> own_operations() {
  return kRows;
}

}  // namespace sluice::api
