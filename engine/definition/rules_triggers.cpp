// facts/codepipeline.md 1.4: triggers and the filters that may stand together.
#include <algorithm>
#include <set>

#include "engine/definition/draft.hpp"
#include "engine/definition/suggest.hpp"

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
      source_action(t, triggers[t].source_action);
      filters(t, "push", triggers[t].push);
      filters(t, "pullRequest", triggers[t].pull_request);
    }
  }

 private:
  void error(std::initializer_list<Step> path, std::string message) {
    diagnostics_.error(place(node_, path), Code::kTrigger, std::move(message));
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
  std::set<std::string> sources_;
};

}  // namespace

void check_triggers(const Draft& draft, Diagnostics& diagnostics) {
  TriggerCheck(draft, diagnostics).run();
}

}  // namespace sluice::definition
