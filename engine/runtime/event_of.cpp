#include "engine/runtime/event_of.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>

#include "engine/core/condition.hpp"
#include "engine/core/names.hpp"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

constexpr std::array<std::string_view, 9> kCategoryNames = {
    "", "Source", "Build", "Test", "Deploy", "Invoke", "Approval", "Compute", "Rule"};

// As the other events spell states.
std::string_view state_of(ConditionStatus status) {
  constexpr std::string_view kStates[] = {"",          "STARTED",  "FAILED",    "ERRORED",
                                          "SUCCEEDED", "CANCELED", "ABANDONED", "OVERRIDDEN"};
  return kStates[static_cast<std::size_t>(status)];
}

struct Telling {
  const StoredFact& stored;
  const ExecutionRow& execution;
  const PipelineDeclaration& declaration;
  std::uint16_t attempt;
  Instant stage_retried;
  const Realm& realm;

  [[nodiscard]] const StageDeclaration& stage(Index index) const {
    return declaration.stages.at(index);
  }
  // What actions and rules have in common.
  struct Runner {
    const char* kind;  // "action" or "rule"
    std::string name;  // of a rule: beforeEntry.NAME
    const ActionTypeId& type;
    const std::string& region;
  };
  [[nodiscard]] Runner runner(const ActionKey& key) const {
    if (const RuleDeclaration* rule = find_rule(stage(key.stage), key.action)) {
      const std::string hook(member_name(hook_of(key.action)));
      return {"rule", hook + "." + rule->name, rule->type, rule->region};
    }
    const ActionDeclaration& action = stage(key.stage).actions.at(key.action);
    return {"action", action.name, action.type, action.region};
  }

  [[nodiscard]] Event event(std::string_view kind, std::string_view state, const Json& detail,
                            const std::string& names, bool ours = false) const {
    Event event;
    event.sequence = stored.sequence;
    event.topic = std::string(ours ? "sluice." : "codepipeline.");
    event.topic +=
        std::string(kind) + "." + std::string(state) + "." + plain_name(stored.pipeline) + names;
    event.id = to_text(derive(execution.id, 0xE7E47, stored.sequence));
    event.source = ours ? "sluice" : "aws.codepipeline";
    event.account = realm.account;
    event.region = realm.region;
    event.time_ms = stored.at.ms;
    event.resources = {"arn:aws:codepipeline:" + realm.region + ":" + realm.account + ":" +
                       plain_name(stored.pipeline)};
    event.detail = detail.dump(-1, ' ', false, Json::error_handler_t::replace);
    return event;
  }

  [[nodiscard]] Json common(Instant start) const {
    return {{"pipeline", plain_name(stored.pipeline)},
            {"execution-id", to_text(execution.id)},
            {"start-time", iso_milliseconds(start.ms)}};
  }
  void close(Json& detail, std::string_view state) const {
    detail["state"] = state;
    detail["version"] = static_cast<double>(declaration.version);
    detail["pipeline-execution-attempt"] = static_cast<double>(attempt);
  }

  [[nodiscard]] Event of_pipeline(std::string_view state,
                                  const std::string& stop_reason = {}) const {
    Json detail = common(execution.started);
    if (state == "STARTED")
      detail["execution-trigger"] = {{"trigger-type", execution.trigger.type},
                                     {"trigger-detail", execution.trigger.detail}};
    if (state == "STOPPING") detail["stop-execution-comments"] = stop_reason;
    close(detail, state);
    Event told = event("pipeline", state, detail, "");
    told.detail_type = "CodePipeline Pipeline Execution State Change";
    return told;
  }

  [[nodiscard]] Event of_stage(std::string_view state, Index index, Instant started) const {
    Json detail = common(started);
    detail["stage"] = stage(index).name;
    if (stage_retried.ms != 0)
      detail["stage-last-retry-attempt-time"] = iso_milliseconds(stage_retried.ms);
    close(detail, state);
    Event told = event("stage", state, detail, "." + stage(index).name);
    told.detail_type = "CodePipeline Stage Execution State Change";
    return told;
  }

  [[nodiscard]] Json artifacts(const std::vector<ArtifactRef>& refs) const {
    Json list = Json::array();
    for (const ArtifactRef& ref : refs)
      list.push_back(
          {{"name", ref.name}, {"s3location", {{"bucket", "sluice"}, {"key", ref.digest}}}});
    return list;
  }

  [[nodiscard]] Json of_action_detail(const ActionKey& key, Uuid id, Instant started,
                                      std::string_view state) const {
    const Runner declared = runner(key);
    Json detail = common(started);
    detail["stage"] = stage(key.stage).name;
    detail[std::string(declared.kind) + "-execution-id"] = to_text(id);
    detail[declared.kind] = declared.name;
    close(detail, state);
    detail["region"] = declared.region.empty() ? realm.region : declared.region;
    detail["type"] = {
        {"owner", declared.type.owner},
        {"provider", declared.type.provider},
        {"category", kCategoryNames.at(static_cast<std::size_t>(declared.type.category))},
        {"version", declared.type.version}};
    return detail;
  }
  [[nodiscard]] Event of_action(const ActionKey& key, std::string_view state, const Json& detail,
                                bool ours = false) const {
    const Runner declared = runner(key);
    const bool rule = names_rule(key);
    Event told = event(declared.kind, state, detail,
                       "." + stage(key.stage).name + "." + declared.name, ours || rule);
    told.detail_type = rule   ? "Sluice Rule Execution State Change"
                       : ours ? "Sluice Action Waiting"
                              : "CodePipeline Action Execution State Change";
    return told;
  }
  [[nodiscard]] Event of_condition(std::string_view state, Index index, Hook hook,
                                   const ConditionFinished* finished) const {
    Json detail = common(stored.at);
    detail.erase("start-time");
    detail["stage"] = stage(index).name;
    detail["condition"] = member_name(hook);
    if (finished != nullptr && finished->result != ConditionResult::kNone) {
      detail["result"] = to_text(finished->result);
    }
    if (finished != nullptr && !finished->summary.empty()) detail["summary"] = finished->summary;
    if (finished != nullptr && !finished->by.empty()) detail["overridden-by"] = finished->by;
    close(detail, state);
    Event told = event("condition", state, detail,
                       "." + stage(index).name + "." + std::string(member_name(hook)), true);
    told.detail_type = "Sluice Stage Condition State Change";
    return told;
  }
  [[nodiscard]] static Json result(const Account& account, const Failure* failure) {
    Json result = {{"external-execution-url", account.external_url},
                   {"external-execution-summary", failure ? failure->message : account.summary},
                   {"external-execution-id", account.external_id}};
    if (failure) result["error-code"] = failure->code;
    return result;
  }
  // The attempt's id, which is in no later fact than its start: the core derives it from the same
  // numbers.
  [[nodiscard]] Uuid id_of(const ActionKey& key) const {
    return action_execution_id(execution.id, key);
  }
};

}  // namespace

std::optional<Event> event_of(const StoredFact& stored, const ExecutionRow& execution,
                              const PipelineDeclaration& declaration, std::uint16_t attempt,
                              Instant stage_retried, const Realm& realm) {
  const Telling tell{stored, execution, declaration, attempt, stage_retried, realm};
  using Told = std::optional<Event>;
  return std::visit(
      Overloaded{
          [&](const ExecutionStarted&) -> Told { return tell.of_pipeline("STARTED"); },
          [&](const ExecutionSucceeded&) -> Told { return tell.of_pipeline("SUCCEEDED"); },
          [&](const ExecutionFailed&) -> Told { return tell.of_pipeline("FAILED"); },
          [&](const ExecutionStopping& f) -> Told {
            return tell.of_pipeline("STOPPING", f.reason);
          },
          [&](const ExecutionStopped&) -> Told { return tell.of_pipeline("STOPPED"); },
          [&](const ExecutionSuperseded&) -> Told { return tell.of_pipeline("SUPERSEDED"); },
          [&](const ExecutionCancelled&) -> Told { return tell.of_pipeline("CANCELED"); },
          [&](const ExecutionResumed&) -> Told { return tell.of_pipeline("RESUMED"); },
          [&](const StageStarted& f) -> Told {
            return tell.of_stage("STARTED", f.stage, stored.at);
          },
          [&](const StageSucceeded& f) -> Told {
            return tell.of_stage("SUCCEEDED", f.stage, f.started);
          },
          [&](const StageFailed& f) -> Told { return tell.of_stage("FAILED", f.stage, f.started); },
          [&](const StageStopping& f) -> Told {
            return tell.of_stage("STOPPING", f.stage, f.started);
          },
          [&](const StageStopped& f) -> Told {
            return tell.of_stage("STOPPED", f.stage, f.started);
          },
          [&](const ActionStarted& f) -> Told {
            auto detail = tell.of_action_detail(f.key, f.id, stored.at, "STARTED");
            detail["input-artifacts"] = tell.artifacts(f.inputs);
            return tell.of_action(f.key, "STARTED", detail);
          },
          [&](const ActionSucceeded& f) -> Told {
            auto detail = tell.of_action_detail(f.key, tell.id_of(f.key), f.started, "SUCCEEDED");
            detail["output-artifacts"] = tell.artifacts(f.outputs);
            detail["execution-result"] = tell.result(f.account, nullptr);
            return tell.of_action(f.key, "SUCCEEDED", detail);
          },
          [&](const ActionFailed& f) -> Told {
            auto detail = tell.of_action_detail(f.key, tell.id_of(f.key), f.started, "FAILED");
            detail["execution-result"] = tell.result(f.account, &f.failure);
            return tell.of_action(f.key, "FAILED", detail);
          },
          [&](const ActionAbandoned& f) -> Told {
            return tell.of_action(
                f.key, "ABANDONED",
                tell.of_action_detail(f.key, tell.id_of(f.key), f.started, "ABANDONED"));
          },
          [&](const ActionContinued& f) -> Told {
            auto detail = tell.of_action_detail(f.key, tell.id_of(f.key), stored.at, "WAITING");
            if (f.resume_at.ms != 0) detail["resume-time"] = iso_milliseconds(f.resume_at.ms);
            return tell.of_action(f.key, "WAITING", detail, true);
          },
          [&](const ApprovalGiven& f) -> Told {
            auto detail = tell.of_action_detail(f.key, tell.id_of(f.key), stored.at, "APPROVED");
            detail["approved-by"] = f.by;
            detail["summary"] = f.summary;
            Event told = tell.of_action(f.key, "APPROVED", detail, true);
            told.detail_type = "Sluice Approval Given";
            return told;
          },
          [&](const StageResumed& f) -> Told {
            return tell.of_stage("RESUMED", f.stage, f.started);
          },
          [&](const StageCancelled& f) -> Told {
            return tell.of_stage("CANCELED", f.stage, f.started);
          },
          [&](const RuleStarted& f) -> Told {
            return tell.of_action(f.key, "STARTED",
                                  tell.of_action_detail(f.key, f.id, stored.at, "STARTED"));
          },
          [&](const RuleSucceeded& f) -> Told {
            auto detail = tell.of_action_detail(f.key, tell.id_of(f.key), f.started, "SUCCEEDED");
            detail["execution-result"] = tell.result(f.account, nullptr);
            return tell.of_action(f.key, "SUCCEEDED", detail);
          },
          [&](const RuleFailed& f) -> Told {
            auto detail = tell.of_action_detail(f.key, tell.id_of(f.key), f.started, "FAILED");
            detail["execution-result"] = tell.result(f.account, &f.failure);
            return tell.of_action(f.key, "FAILED", detail);
          },
          [&](const RuleAbandoned& f) -> Told {
            return tell.of_action(
                f.key, "ABANDONED",
                tell.of_action_detail(f.key, tell.id_of(f.key), f.started, "ABANDONED"));
          },
          [&](const ConditionStarted& f) -> Told {
            return tell.of_condition("STARTED", f.stage, f.hook, nullptr);
          },
          [&](const ConditionFinished& f) -> Told {
            return tell.of_condition(state_of(f.status), f.stage, f.hook, &f);
          },
          [&](const StageSkipped& f) -> Told {
            Event told = tell.of_stage("SKIPPED", f.stage, f.started);
            told.source = "sluice";
            told.topic.replace(0, told.topic.find('.'), "sluice");
            told.detail_type = "Sluice Stage Skipped";
            return told;
          },
          [](const auto&) -> Told { return std::nullopt; }},
      stored.fact);
}

std::optional<Event> event_of_pipeline(const StoredFact& stored, const Realm& realm) {
  Event event;
  Json detail = {{"pipeline", plain_name(stored.pipeline)}};
  std::string state;
  const auto transition = [&](const auto& fact, const char* word) {
    state = word;
    event.detail_type = "Sluice Stage Transition Change";
    detail["stage"] = fact.stage;
    detail["transition-type"] = fact.inbound ? "Inbound" : "Outbound";
    detail["state"] = word;
    detail["changed-by"] = fact.by;
  };
  if (const auto* disabled = std::get_if<TransitionDisabled>(&stored.fact)) {
    transition(*disabled, "DISABLED");
    detail["reason"] = disabled->reason;
    event.topic =
        "sluice.transition.DISABLED." + plain_name(stored.pipeline) + "." + disabled->stage;
  } else if (const auto* enabled = std::get_if<TransitionEnabled>(&stored.fact)) {
    transition(*enabled, "ENABLED");
    event.topic = "sluice.transition.ENABLED." + plain_name(stored.pipeline) + "." + enabled->stage;
  } else if (const auto* adopted = std::get_if<DefinitionAdopted>(&stored.fact)) {
    event.detail_type = "Sluice Pipeline Definition Change";
    detail["version"] = static_cast<double>(adopted->declaration.version);
    detail["state"] = "ADOPTED";
    event.topic = "sluice.definition.ADOPTED." + plain_name(stored.pipeline);
  } else if (const auto* removed = std::get_if<PipelineRemoved>(&stored.fact)) {
    event.detail_type = "Sluice Pipeline Definition Change";
    detail["state"] = "REMOVED";
    detail["changed-by"] = removed->by;
    event.topic = "sluice.definition.REMOVED." + plain_name(stored.pipeline);
  } else {
    return std::nullopt;
  }
  event.sequence = stored.sequence;
  event.id = to_text(derive(Uuid{0x51u, 0xCEu}, 0xE7E47, stored.sequence));
  event.source = "sluice";
  event.account = realm.account;
  event.region = realm.region;
  event.time_ms = stored.at.ms;
  event.resources = {"arn:aws:codepipeline:" + realm.region + ":" + realm.account + ":" +
                     plain_name(stored.pipeline)};
  event.detail = detail.dump(-1, ' ', false, Json::error_handler_t::replace);
  return event;
}

}  // namespace sluice
