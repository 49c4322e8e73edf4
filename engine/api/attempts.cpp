// ListActionExecutions and ListRuleExecutions: every attempt, newest first.
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "engine/api/history.hpp"
#include "engine/api/room.hpp"
#include "engine/api/shown.hpp"
#include "engine/core/names.hpp"

namespace sluice::api {
namespace {

constexpr std::string_view kRanges[] = {"Latest", "All"};
constexpr Member kLatestIn[] = {
    {.name = "pipelineExecutionId", .required = true, .charset = &kUuid},
    {.name = "startTimeRange", .required = true, .choices = kRanges}};
constexpr Member kFilter[] = {
    {.name = "pipelineExecutionId", .charset = &kUuid},
    {.name = "latestInPipelineExecution", .type = MemberType::kObject, .members = kLatestIn}};
constexpr Member kList[] = {
    {.name = "pipelineName", .required = true, .min = 1, .max = 100, .charset = &kName},
    {.name = "filter", .type = MemberType::kObject, .members = kFilter},
    {.name = "maxResults", .type = MemberType::kInteger, .min = 1, .max = 100},
    {.name = "nextToken", .min = 1, .max = 2048}};

// What one call of a list reads of history before it gives a token.
constexpr std::uint32_t kMostExecutions = 200;

struct Page {
  const Ground& ground;
  std::string pipeline;
  bool rules = false;
  bool latest_only = false;
  std::size_t most = 100;
  std::uint64_t skip = 0;  // of the first execution, given by an earlier page
  Json details = Json::array();
  ExecutionNumber next = 0;  // where the next page begins, and how many of it are given
  std::uint64_t next_skip = 0;

  Result<void> add(const ExecutionRow& row) {
    const auto declaration = ground.parts.store.declaration(row.pipeline, row.version);
    if (!declaration) return declaration.error();
    const auto facts = ground.parts.store.execution_facts(row.pipeline, row.number);
    if (!facts) return facts.error();
    const History history = fold_history(*facts, **declaration);
    std::uint64_t seen = 0;
    for (auto at = history.attempts.rbegin(); at != history.attempts.rend(); ++at) {
      if (names_rule(at->key) != rules) continue;
      if (latest_only && history.latest(at->key.stage, at->key.action) != &*at) continue;
      if (seen++ < skip) continue;
      if (details.size() == most) {
        next = row.number;
        next_skip = seen - 1;
        return {};
      }
      const Shown shown{ground, history, **declaration};
      details.push_back(rules ? shown.rule_detail(*at) : shown.action_detail(*at));
    }
    skip = 0;
    return {};
  }
};

void list(const Ground& ground, const Json& in, const Answer& answer, bool rules) {
  const std::string pipeline = text_of(in, "pipelineName");
  if (!find_pipeline(ground, pipeline, answer)) return;
  Page page{ground, pipeline, rules};
  page.most = static_cast<std::size_t>(number_of(in, "maxResults", 100));
  ExecutionFilter filter{pipeline, {}, {}, kMostExecutions + 1, 0};
  const char* kind = rules ? "rules" : "actions";
  if (const std::string token = text_of(in, "nextToken"); !token.empty()) {
    const auto position = page_position(kind, token);
    if (!position || *position >> 32 == 0)
      return answer.refuse("InvalidNextTokenException", "The nextToken is not one of this list.");
    filter.below = static_cast<ExecutionNumber>(*position >> 32) + 1;
    page.skip = *position & UINT32_MAX;
  }
  std::vector<ExecutionRow> rows;
  Json asked = in.value("filter", Json::object());
  if (asked.contains("latestInPipelineExecution")) {
    page.latest_only = text_of(asked["latestInPipelineExecution"], "startTimeRange") == "Latest";
    asked = Json(asked["latestInPipelineExecution"]);
  }
  const bool one = asked.contains("pipelineExecutionId");
  if (one) {
    auto row = find_run(ground, pipeline, asked, answer);
    if (!row) return;
    rows.push_back(std::move(*row));
  } else {
    auto found = ground.parts.store.executions(filter);
    if (!found) return answer.fault(found.error());
    rows = std::move(*found);
    if (rows.size() > kMostExecutions) page.next = rows.back().number;
  }
  if (page.next != 0) rows.pop_back();
  for (const ExecutionRow& row : rows) {
    const ExecutionNumber before = page.next;
    page.next = 0;
    if (auto added = page.add(row); !added) return answer.fault(added.error());
    if (page.next != 0) break;
    page.next = before;
  }
  Json reply{{rules ? "ruleExecutionDetails" : "actionExecutionDetails", std::move(page.details)}};
  if (page.next != 0)
    reply["nextToken"] = page_token(kind, std::uint64_t{page.next} << 32 | page.next_skip);
  answer.send(reply);
}

void list_actions(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  list(ground, in, answer, false);
}
void list_rules(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  list(ground, in, answer, true);
}

constexpr OperationRow kRows[] = {{"ListActionExecutions", list_actions, kList},
                                  {"ListRuleExecutions", list_rules, kList}};

}  // namespace

std::span<const OperationRow> history_operations() {
  return kRows;
}

}  // namespace sluice::api
