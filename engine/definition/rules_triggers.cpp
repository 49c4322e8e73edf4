// facts/codepipeline.md 1.4: triggers and the filters that may stand together; and our own triggers
// (docs/triggers.md).
#include <algorithm>
#include <set>

#include "engine/definition/draft.hpp"
#include "engine/definition/suggest.hpp"
#include "engine/triggers/glob.hpp"
#include "events/pattern/pattern.hpp"
#include "events/schedule/schedule.hpp"

namespace sluice::definition {
namespace {

constexpr std::size_t kMaxTriggerBytes = 200 * 1024;
constexpr std::string_view kCombination =
    "The trigger configuration for the source action is not valid. Make sure to choose valid "
    "filter "
    "combinations: ";

bool is_given(const GlobFilter& filter) {
  return !filter.includes.empty() || !filter.excludes.empty();
}

class TriggerCheck {
 public:
  TriggerCheck(const Draft& draft, Diagnostics& diagnostics)
      : draft_(draft), node_(draft.root->find("triggers")), diagnostics_(diagnostics) {}

  void run() {
    const auto& triggers = draft_.declaration.triggers;
    if (!triggers.empty() && json_text(*node_).size() > kMaxTriggerBytes) {
      error({}, "`triggers` is larger than 200 KB; use fewer or shorter patterns");
    }
    for (std::size_t t = 0; t < triggers.size(); ++t) {
      one_kind(t, triggers[t]);
      schedule(t, triggers[t]);
      other_pipeline(t, triggers[t]);
      webhook(t, triggers[t].webhook);
      source_action(t, triggers[t].source_action);
      filters(t, "push", triggers[t].push);
      filters(t, "pullRequest", triggers[t].pull_request);
    }
  }

 private:
  void error(std::initializer_list<Step> path, std::string message) {
    diagnostics_.error(place(node_, path), Code::kTrigger, std::move(message));
  }

  void one_kind(std::size_t t, const TriggerDeclaration& trigger) {
    const auto has = [&](std::string_view key) { return node_->items[t]->find(key) != nullptr; };
    const bool git = has("gitConfiguration");
    const int kinds = (git ? 1 : 0) + (has("schedule") ? 1 : 0) + (has("pipeline") ? 1 : 0) +
                      (has("eventPattern") ? 1 : 0);
    if (kinds > 1 || (kinds == 0 && !has("webhook")) || (!git && kinds == 1 && has("webhook"))) {
      error({t},
            "a trigger is one of `gitConfiguration` (with or without `webhook`), `schedule`, "
            "`pipeline`, `eventPattern` and `webhook`; write a trigger for each");
    }
    if (!git && has("pollInterval"))
      error({t, "pollInterval"}, "`pollInterval` belongs to `gitConfiguration`; remove it");
    if (!git && has("providerType"))
      error({t, "providerType"}, "`providerType` belongs to `gitConfiguration`; remove it");
    constexpr std::int64_t kShortest_ms = 1000;
    if (trigger.poll_interval_ms != 0 && trigger.poll_interval_ms < kShortest_ms)
      error({t, "pollInterval"}, "`pollInterval` is 1s at least");
    if (!has("eventPattern")) return;
    if (const auto pattern = pattern::compile(trigger.event_pattern); !pattern)
      error({t, "eventPattern"}, "this is no event pattern: " + pattern.refusal().message());
  }

  void schedule(std::size_t t, const TriggerDeclaration& trigger) {
    if (trigger.schedule.empty()) {
      if (!trigger.time_zone.empty())
        error({t, "timeZone"}, "`timeZone` belongs to `schedule`; remove it");
      return;
    }
    const auto parsed = schedule::Schedule::parse(trigger.schedule, trigger.time_zone);
    if (!parsed) error({t, "schedule"}, parsed.flaw().text());
  }

  void other_pipeline(std::size_t t, const TriggerDeclaration& trigger) {
    if (trigger.pipeline.empty() || trigger.pipeline != draft_.declaration.name) return;
    error({t, "pipeline", "name"},
          "a pipeline that its own executions start never ends; name another one");
  }

  void webhook(std::size_t t, const WebhookDeclaration& webhook) {
    const auto* node = node_->items[t]->find("webhook");
    if (node == nullptr || !node->is_map()) return;
    if (webhook.secret_variable.empty() == webhook.secret_file.empty()) {
      error({t, "webhook"},
            "a webhook needs `secretVariable` or `secretFile`, one of the two: whoever knows the "
            "secret may start the pipeline");
    }
    if (!webhook.name.empty() && !webhooks_.insert(webhook.name).second)
      error({t, "webhook", "name"}, "there is a webhook " + quote(webhook.name) + " already");
  }

  void source_action(std::size_t t, const std::string& name) {
    if (name.empty()) return;
    const std::initializer_list<Step> path{t, "gitConfiguration", "sourceActionName"};
    if (!sources_.insert(name).second) {
      error(path, "source action " + quote(name) +
                      " has a trigger already; put its filters into one trigger");
      return;
    }
    const auto& stages = draft_.declaration.stages;
    std::vector<std::string> known;
    if (!stages.empty()) {
      for (const auto& action : stages.front().actions) {
        known.push_back(action.name);
        if (action.name != name) continue;
        const auto& type = action.type;
        const bool cloud = type.owner == "AWS" || type.owner == "ThirdParty";
        if (cloud && type.provider != "CodeStarSourceConnection") {
          error(path, "a trigger needs a CodeStarSourceConnection source action, and " +
                          quote(name) + " is none");
        }
        if (type.owner == "Sluice" && type.provider != "Git") {
          error(path, "a git trigger needs a git source action, and " + quote(name) +
                          " is none; use source/git");
        }
        return;
      }
    }
    error(path, "the first stage has no action " + quote(name) + suggestion(name, known));
  }

  void filters(std::size_t t, std::string_view kind, const std::vector<GitFilter>& filters) {
    for (std::size_t i = 0; i < filters.size(); ++i) {
      const std::initializer_list<Step> path{t, "gitConfiguration", kind, i};
      combination(path, kind, filters[i]);
      if (std::find(filters.begin(), filters.begin() + static_cast<std::ptrdiff_t>(i),
                    filters[i]) != filters.begin() + static_cast<std::ptrdiff_t>(i)) {
        error(path, "this filter is given twice; remove one of the two");
      }
      empty_criteria(t, kind, i);
      patterns(t, kind, i);
    }
  }

  void patterns(std::size_t t, std::string_view kind, std::size_t i) {
    const auto* filter = node_->items[t]->find("gitConfiguration")->find(kind)->items[i];
    for (const auto* criteria : {"tags", "branches", "filePaths"}) {
      for (const auto* list : {"includes", "excludes"}) {
        const auto* node = filter->find(criteria);
        node = node == nullptr ? nullptr : node->find(list);
        if (node == nullptr) continue;
        for (const auto* item : node->items) {
          if (!item->is_scalar() || item->text.empty()) continue;
          const auto glob = triggers::Glob::compile(item->text);
          if (!glob)
            diagnostics_.error(item->at, Code::kTrigger,
                               quote(item->text) + " is no pattern: " + glob.error().message);
        }
      }
    }
  }

  void combination(std::initializer_list<Step> path, std::string_view kind,
                   const GitFilter& filter) {
    const bool tags = is_given(filter.tags), branches = is_given(filter.branches);
    const bool files = is_given(filter.file_paths);
    if (kind == "push" && tags && !branches && !files) return;
    if (branches && !tags) return;
    error(path,
          std::string(kCombination) +
              (kind == "push" ? "`tags` alone, `branches` alone, or `branches` with `filePaths`"
                              : "`branches`, or `branches` with `filePaths`"));
  }

  void empty_criteria(std::size_t t, std::string_view kind, std::size_t i) {
    const auto* filter = node_->items[t]->find("gitConfiguration")->find(kind)->items[i];
    for (const auto& entry : filter->entries) {
      if (!entry.value->is_map() || !entry.value->entries.empty()) continue;
      diagnostics_.error(entry.at, Code::kTrigger,
                         "`" + entry.key + "` needs `includes` or `excludes`");
    }
  }

  const Draft& draft_;
  const Node* node_;
  Diagnostics& diagnostics_;
  std::set<std::string> sources_, webhooks_;
};

}  // namespace

void check_triggers(const Draft& draft, Diagnostics& diagnostics) {
  TriggerCheck(draft, diagnostics).run();
}

}  // namespace sluice::definition
