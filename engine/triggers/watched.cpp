#include "engine/triggers/watched.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "plugins/source/location.hpp"

namespace sluice::triggers {
namespace {

constexpr std::int64_t kPoll_ms = 60'000;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

const ActionDeclaration* source_action(const PipelineDeclaration& pipeline,
                                       const std::string& name) {
  if (pipeline.stages.empty()) return nullptr;
  for (const auto& action : pipeline.stages.front().actions)
    if (action.name == name) return &action;
  return nullptr;
}

std::string setting(const ActionDeclaration& action, const char* key) {
  const auto found = action.configuration.find(key);
  return found == action.configuration.end() ? "" : found->second;
}

void add_git(Watched& watched, const PipelineDeclaration& pipeline,
             const TriggerDeclaration& trigger, const TriggerParts& parts) {
  const auto* action = source_action(pipeline, trigger.source_action);
  const auto repository = action == nullptr ? "" : setting(*action, "repository");
  if (repository.empty() || action->type.provider != "Git") {
    parts.log("pipeline " + pipeline.name + ": the source action " + trigger.source_action +
              " is no git repository that can be watched");
    return;
  }
  GitWatch watch;
  watch.trigger = trigger;
  watch.own_branch = setting(*action, "branch");
  watch.url = source::locate(repository, parts.base_directory).url;
  watch.key = trigger.source_action + " " + watch.url;
  // Who calls need not be asked, unless the file says so.
  const bool called = !trigger.webhook.name.empty() && trigger.poll_interval_ms == 0;
  watch.interval_ms = called                          ? kNever
                      : trigger.poll_interval_ms != 0 ? trigger.poll_interval_ms
                                                      : kPoll_ms;
  watched.git.push_back(std::move(watch));
}

std::string pipeline_pattern(const TriggerDeclaration& trigger) {
  const auto states = trigger.pipeline_states.empty() ? std::vector<std::string>{"SUCCEEDED"}
                                                      : trigger.pipeline_states;
  return nlohmann::json{{"source", {"aws.codepipeline"}},
                        {"detail-type", {"CodePipeline Pipeline Execution State Change"}},
                        {"detail", {{"pipeline", {trigger.pipeline}}, {"state", states}}}}
      .dump();
}

void add_event(Watched& watched, const TriggerDeclaration& trigger, const TriggerParts& parts) {
  const bool other = !trigger.pipeline.empty();
  const auto text = other ? pipeline_pattern(trigger) : trigger.event_pattern;
  const auto rule = pattern::compile(text);
  auto matcher = std::make_unique<pattern::Matcher>();
  if (!rule || matcher->add("trigger", *rule)) {
    parts.log("pipeline " + watched.pipeline + ": an event pattern cannot be used: " + text);
    return;
  }
  watched.events.push_back(
      {other ? "pipeline " + trigger.pipeline : "event pattern", std::move(matcher)});
}

}  // namespace

Watched make_watched(const PipelineDeclaration& pipeline, const TriggerParts& parts) {
  Watched watched;
  watched.pipeline = pipeline.name;
  watched.file = parts.directory + "/" + pipeline.name + ".json";
  for (const auto& trigger : pipeline.triggers) {
    if (!trigger.source_action.empty()) add_git(watched, pipeline, trigger, parts);
    if (!trigger.webhook.name.empty()) watched.webhooks.push_back(trigger);
    if (!trigger.pipeline.empty() || !trigger.event_pattern.empty())
      add_event(watched, trigger, parts);
    if (trigger.schedule.empty()) continue;
    const auto schedule = schedule::Schedule::parse(trigger.schedule, trigger.time_zone);
    if (!schedule) {
      parts.log("pipeline " + pipeline.name + ": " + schedule.flaw().text());
      continue;
    }
    watched.times.push_back({trigger.schedule + " " + trigger.time_zone,
                             "arn:aws:events:" + parts.region + ":" + parts.account + ":rule/" +
                                 pipeline.name + "/" + trigger.schedule,
                             *schedule});
  }
  return watched;
}

}  // namespace sluice::triggers
