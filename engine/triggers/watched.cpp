#include "engine/triggers/watched.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/triggers/git_directory.hpp"
#include "plugins/source/location.hpp"

namespace sluice::triggers {
namespace {

// Seldom: of a repository whose changes the kernel tells; for what it might not.
constexpr std::int64_t kPoll_ms = 60'000, kSeldom_ms = 3'600'000, kLongestBackOff_ms = 3'600'000;
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

// Where relative paths of a pipeline start.
const std::string& base_of(const PipelineDeclaration& pipeline, const TriggerParts& parts) {
  return pipeline.base_directory.empty() ? parts.base_directory : pipeline.base_directory;
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
  const auto location = source::locate(repository, base_of(pipeline, parts));
  watch.url = location.url;
  watch.local = location.local;
  watch.key = trigger.source_action + " " + watch.url;
  // Who calls need not be asked, unless the file says so.
  const bool called = !trigger.webhook.name.empty() && trigger.poll_interval_ms == 0;
  watch.interval_ms = called                          ? kNever
                      : trigger.poll_interval_ms != 0 ? trigger.poll_interval_ms
                                                      : kPoll_ms;
  watch.own_interval = trigger.poll_interval_ms != 0;
  watch.directory = git_directory(watch.url);
  watched.git.push_back(std::move(watch));
}

std::string webhook_path(const std::string& pipeline, const std::string& name) {
  return "/webhooks/" + pipeline + "/" + name;
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
      {other ? "pipeline " + trigger.pipeline : "event pattern", text, std::move(matcher)});
}

}  // namespace

Watched make_watched(const PipelineDeclaration& pipeline, const TriggerParts& parts) {
  Watched watched;
  watched.pipeline = pipeline.name;
  watched.file = parts.directory + "/" + pipeline.name + ".json";
  for (const auto& trigger : pipeline.triggers) {
    if (!trigger.source_action.empty()) add_git(watched, pipeline, trigger, parts);
    if (!trigger.webhook.name.empty()) {
      auto& file = watched.webhooks.emplace_back(trigger).webhook.secret_file;
      if (!file.empty()) file = std::filesystem::path(base_of(pipeline, parts)) / file;
    }
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

std::int64_t next_look(const GitWatch& watch, std::int64_t now_ms, std::minstd_rand& random) {
  const bool called = watch.interval_ms == kNever;
  if (watch.failures == 0 && called) return kNever;
  const bool seldom = watch.by_files && !watch.own_interval && watch.failures == 0;
  const auto base_ms = seldom ? kSeldom_ms : called ? kPoll_ms : watch.interval_ms;
  const auto longest_ms = std::max(kLongestBackOff_ms, base_ms);
  auto wait_ms = base_ms;
  for (int i = 0; i < watch.failures && wait_ms < longest_ms; ++i) wait_ms *= 2;
  wait_ms = std::min(wait_ms, longest_ms);
  std::uniform_int_distribution<std::int64_t> jitter(-wait_ms / 10, wait_ms / 10);
  return now_ms + wait_ms + jitter(random);
}

std::vector<TriggerState> states_of(const Watched& watched, std::int64_t now_ms) {
  std::vector<TriggerState> states;
  const auto add = [&](const char* type, const char* noticed_by) -> TriggerState& {
    auto& state = states.emplace_back();
    state.pipeline = watched.pipeline;
    state.type = type;
    state.noticed_by = noticed_by;
    return state;
  };
  for (const auto& watch : watched.git) {
    const bool polls = watch.interval_ms != kNever;
    auto& state = add("GIT", watch.by_files ? "FILES" : polls ? "POLLING" : "WEBHOOK");
    state.watches = source::locate(watch.url, "/").shown;
    state.next_ms = watch.next_ms == kNever ? -1 : watch.next_ms;
    state.branch = watch.seen_branch;
    state.error = watch.trouble;
    if (!watch.trigger.webhook.name.empty())
      state.webhook_path = webhook_path(watched.pipeline, watch.trigger.webhook.name);
    const auto known = watched.memory.repositories.find(watch.key);
    if (known == watched.memory.repositories.end()) continue;
    const auto ref = known->second.find("refs/heads/" + watch.seen_branch);
    if (ref != known->second.end()) state.revision = ref->second;
  }
  for (const auto& time : watched.times) {
    auto& state = add("SCHEDULE", "TIME");
    state.watches = time.key;
    const auto seen = watched.memory.schedules.find(time.key);
    const auto anchor_ms = seen == watched.memory.schedules.end() ? now_ms : seen->second;
    state.next_ms = time.schedule.next_after(anchor_ms, anchor_ms).value_or(-1);
  }
  for (const auto& event : watched.events) {
    auto& state = add("EVENT", "EVENT");
    state.watches = event.name == "event pattern" ? event.pattern : event.name;
  }
  for (const auto& trigger : watched.webhooks) {
    auto& state = add("WEBHOOK", "WEBHOOK");
    state.watches = trigger.webhook.name + " (" + trigger.webhook.form + ")";
    state.webhook_path = webhook_path(watched.pipeline, trigger.webhook.name);
    const auto trouble = watched.call_troubles.find(trigger.webhook.name);
    if (trouble != watched.call_troubles.end()) state.error = trouble->second;
  }
  for (auto& state : states)
    if (state.error.empty() && state.type != "WEBHOOK") state.error = watched.start_trouble;
  return states;
}

}  // namespace sluice::triggers
