#include "engine/api/explained.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/api/room.hpp"
#include "engine/core/names.hpp"

namespace sluice::api {
namespace {

void put_text(Json& json, const char* key, std::string_view text) {
  if (!text.empty()) json[key] = text;
}
void put_time(Json& json, const char* key, Instant at) {
  if (at.ms != 0) json[key] = seconds(at);
}

struct Telling {
  const Store& store;
  const std::string& pipeline;

  [[nodiscard]] Json place(const Place& place) const {
    Json json = Json::object();
    if (place.execution != 0) {
      json["executionNumber"] = place.execution;
      Uuid id = place.id;
      if (id.empty()) {
        if (const auto row = store.execution(pipeline, place.execution)) id = row->id;
      }
      if (!id.empty()) json["pipelineExecutionId"] = to_text(id);
    }
    put_text(json, "stageName", place.stage);
    put_text(json, "actionName", place.action);
    return json;
  }

  [[nodiscard]] Json move(const Move& move) const {
    Json json{{"kind", to_text(move.kind)}, {"on", place(move.on)}};
    if (move.kind == MoveKind::kEnableTransition)
      json["transitionType"] = move.inbound ? "Inbound" : "Outbound";
    put_text(json, "conditionType", to_text(move.hook));
    return json;
  }

  [[nodiscard]] Json finding(const Finding& finding) const {
    Json json{{"kind", to_text(finding.kind)},
              {"depth", finding.depth},
              {"subject", place(finding.subject)}};
    if (!(finding.holder == Place{})) json["holder"] = place(finding.holder);
    if (finding.kind == FindingKind::kTransitionDisabled)
      json["transitionType"] = finding.inbound ? "Inbound" : "Outbound";
    put_text(json, "conditionType", to_text(finding.hook));
    put_time(json, "since", finding.since);
    put_time(json, "until", finding.until);
    put_time(json, "deadline", finding.deadline);
    put_text(json, "by", finding.by);
    put_text(json, "code", finding.code);
    put_text(json, "reason", finding.reason);
    put_text(json, "url", finding.url);
    if (finding.count != 0 || finding.limit != 0) json["count"] = finding.count;
    if (finding.limit != 0) json["limit"] = finding.limit;
    if (!finding.names.empty()) json["names"] = finding.names;
    for (const auto& [name, value] : finding.values)
      json["values"].push_back({{"name", name}, {"value", value}});
    json["moves"] = Json::array();
    for (const Move& one : finding.moves) json["moves"].push_back(move(one));
    return json;
  }
};

}  // namespace

Result<Recollection> recall_execution(const Store& store, const ExecutionRow& row) {
  const auto declaration = store.declaration(row.pipeline, row.version);
  if (!declaration) return declaration.error();
  const auto facts = store.execution_facts(row.pipeline, row.number);
  if (!facts) return facts.error();
  std::vector<DatedFact> dated;
  dated.reserve(facts->size());
  for (const StoredFact& stored : *facts) dated.push_back({stored.at, &stored.fact});
  return recall(*declaration, dated);
}

std::string missing_part(const PipelineDeclaration& declaration, const Focus& focus) {
  if (focus.stage.empty()) return "";
  const auto stage = std::find_if(declaration.stages.begin(), declaration.stages.end(),
                                  [&](const auto& one) { return one.name == focus.stage; });
  if (stage == declaration.stages.end()) return "stage " + focus.stage;
  const bool has_action =
      focus.action.empty() ||
      std::any_of(stage->actions.begin(), stage->actions.end(),
                  [&](const ActionDeclaration& action) { return action.name == focus.action; });
  return has_action ? "" : "action " + focus.stage + "." + focus.action;
}

Json explanation_json(const Store& store, const std::string& pipeline,
                      const Explanation& explanation, Instant now) {
  const Telling telling{store, pipeline};
  Json json = telling.place(explanation.place);
  json["pipelineName"] = pipeline;
  json["pipelineVersion"] = explanation.version;
  json["executionType"] = to_text(explanation.type);
  json["status"] = to_text(explanation.status);
  put_text(json, "stageStatus", to_text(explanation.stage_status));
  put_time(json, "startTime", explanation.started);
  put_time(json, "since", explanation.since);
  json["time"] = seconds(now);
  json["findings"] = Json::array();
  for (const Finding& finding : explanation.findings)
    json["findings"].push_back(telling.finding(finding));
  json["otherExecutions"] = Json::array();
  for (const Neighbour& other : explanation.others) {
    json["otherExecutions"].push_back(telling.place(other.place));
    json["otherExecutions"].back()["waits"] = other.waits;
  }
  return json;
}

}  // namespace sluice::api
