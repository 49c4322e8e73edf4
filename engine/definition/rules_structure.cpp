// facts/codepipeline.md 1.7 rows 2-9, 23, 24, 32: what stands where.
#include <algorithm>
#include <map>
#include <string>

#include "engine/definition/draft.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

constexpr std::size_t kMinStages = 2, kMaxStages = 50;
constexpr std::size_t kManyActions = 50, kMaxStageActions = 100, kMaxActions = 1000;

// A type that could not be read or found is reported already and says nothing about its category.
bool is_known(const ActionDeclaration& action) {
  return !action.type.owner.empty();
}

class StructureCheck {
 public:
  StructureCheck(const Draft& draft, Diagnostics& diagnostics)
      : draft_(draft), pipeline_(draft.declaration), diagnostics_(diagnostics) {}

  void run() {
    stores();
    stage_count();
    stage_names();
    std::size_t actions = 0;
    for (std::size_t s = 0; s < pipeline_.stages.size(); ++s) {
      actions += pipeline_.stages[s].actions.size();
      action_count(s);
      action_names(s);
      sources(s);
    }
    if (actions > kMaxActions) {
      error({"stages"}, Code::kActionCount,
            "the pipeline has " + std::to_string(actions) + " actions; at most " +
                std::to_string(kMaxActions) + " are allowed");
    }
    regions();
    pipeline_type();
  }

 private:
  void error(std::initializer_list<Step> path, Code code, std::string message) {
    diagnostics_.error(place(draft_.root, path), code, std::move(message));
  }

  void stores() {
    if (draft_.root->find("artifactStore") == nullptr) return;
    if (draft_.root->find("artifactStores") == nullptr) return;
    error({"artifactStores"}, Code::kArtifactStore,
          "`artifactStore` and `artifactStores` exclude each other; keep one of the two");
  }

  void stage_count() {
    const auto* stages = draft_.root->find("stages");
    if (stages == nullptr || !stages->is_list()) return;
    const auto count = stages->items.size();
    if (count >= kMinStages && count <= kMaxStages) return;
    error({"stages"}, Code::kStageCount,
          "the pipeline has " + std::to_string(count) + (count == 1 ? " stage" : " stages") +
              "; it needs 2 to 50, the first of them with the Source actions");
  }

  void stage_names() {
    std::map<std::string, std::size_t> seen;
    for (std::size_t s = 0; s < pipeline_.stages.size(); ++s) {
      const auto& name = pipeline_.stages[s].name;
      if (name.empty() || seen.emplace(name, s).second) continue;
      error({"stages", s, "name"}, Code::kDuplicateStage,
            "stage name " + quote(name) + " is used in line " +
                std::to_string(place(draft_.root, {"stages", seen[name], "name"}).line) +
                " already; give each stage its own name");
    }
  }

  void action_names(std::size_t s) {
    std::map<std::string, std::size_t> seen;
    const auto& actions = pipeline_.stages[s].actions;
    for (std::size_t a = 0; a < actions.size(); ++a) {
      const auto& name = actions[a].name;
      if (name.empty() || seen.emplace(name, a).second) continue;
      const auto first = place(draft_.root, {"stages", s, "actions", seen[name], "name"});
      error({"stages", s, "actions", a, "name"}, Code::kDuplicateAction,
            "action name " + quote(name) + " is used in line " + std::to_string(first.line) +
                " of the same stage; give each action of a stage its own name");
    }
  }

  void action_count(std::size_t s) {
    const auto* actions = draft_.stages[s].node->find("actions");
    if (actions == nullptr || !actions->is_list()) return;
    const auto count = actions->items.size();
    const auto at = place(draft_.root, {"stages", s, "actions"});
    const auto name = quote(pipeline_.stages[s].name);
    if (count == 0) {
      diagnostics_.error(place(draft_.root, {"stages", s}), Code::kEmptyStage,
                         "stage " + name + " has no action; give it one or remove the stage");
    } else if (count > kMaxStageActions) {
      diagnostics_.error(
          at, Code::kActionCount,
          "stage " + name + " has " + std::to_string(count) + " actions; at most 100 are allowed");
    } else if (count > kManyActions) {
      diagnostics_.warning(at, Code::kActionCount,
                           "stage " + name + " has " + std::to_string(count) +
                               " actions; the cloud service takes 50");
    }
  }

  void sources(std::size_t s) {
    const auto& actions = pipeline_.stages[s].actions;
    const auto is_source = [](const ActionDeclaration& action) {
      return action.type.category == Category::kSource;
    };
    if (s == 0 && std::none_of(actions.begin(), actions.end(), is_source)) {
      const bool all_known = std::all_of(actions.begin(), actions.end(), is_known);
      if (!all_known || actions.empty()) return;
      error({"stages", s, "actions"}, Code::kSourceStage,
            "the first stage has no Source action; put a stage before it, with an action such as "
            "`uses: source/git`");
      return;
    }
    for (std::size_t a = 0; a < actions.size(); ++a) {
      if (is_known(actions[a]) && is_source(actions[a]) != (s == 0)) misplaced(s, a);
    }
  }

  void misplaced(std::size_t s, std::size_t a) {
    const auto& action = pipeline_.stages[s].actions[a];
    if (s > 0) {
      diagnostics_.error(
          type_place(s, a), Code::kLateSource,
          "action " + quote(action.name) + " is a Source action; move it to the first stage");
    } else {
      diagnostics_.error(type_place(s, a), Code::kSourceStage,
                         "action " + quote(action.name) + " is a " +
                             std::string(category_text(action.type.category)) +
                             " action; the first stage has Source actions only, move it to a "
                             "later stage");
    }
  }

  [[nodiscard]] Position type_place(std::size_t s, std::size_t a) const {
    const auto* node = draft_.stages[s].actions[a].node;
    return place(node, {node->find("uses") != nullptr ? "uses" : "actionTypeId"});
  }

  // The pipeline's own region is the one of its Source actions, which cannot be elsewhere. Exported
  // declarations name it on every action.
  void regions() {
    const auto* stores = draft_.root->find("artifactStores");
    const bool single = draft_.root->find("artifactStore") != nullptr;
    const auto home = home_region();
    for (std::size_t s = 0; s < pipeline_.stages.size(); ++s) {
      const auto& actions = pipeline_.stages[s].actions;
      for (std::size_t a = 0; a < actions.size(); ++a) {
        const auto& action = actions[a];
        if (action.region.empty() || action.region == home || !is_known(action)) continue;
        const auto& owner = action.type.owner;
        const bool bound =
            action.type.category == Category::kSource || owner == "Custom" || owner == "ThirdParty";
        const Position at = place(draft_.root, {"stages", s, "actions", a, "region"});
        if (bound && !home.empty()) {
          diagnostics_.error(at, Code::kCrossRegion,
                             "action " + quote(action.name) + " cannot run in " +
                                 quote(action.region) +
                                 ": Source, Custom and ThirdParty actions "
                                 "run in the pipeline's own region, " +
                                 home);
        }
        const bool stored = stores == nullptr || stores->find(action.region) != nullptr;
        if (!stored || (single && !home.empty())) {
          diagnostics_.error(at, Code::kCrossRegion,
                             "there is no artifact store for region " + quote(action.region) +
                                 "; add it to `artifactStores`");
        }
      }
    }
  }

  [[nodiscard]] std::string home_region() const {
    if (pipeline_.stages.empty()) return "";
    for (const auto& action : pipeline_.stages.front().actions) {
      if (action.type.category == Category::kSource && !action.region.empty()) return action.region;
    }
    return "";
  }

  void pipeline_type() {
    if (pipeline_.type != PipelineType::kV1) return;
    for (const auto& feature : draft_.v2_features) {
      diagnostics_.error(feature.at, Code::kNeedsV2,
                         feature.name == "variables"
                             ? "Pipeline variable can only be used with V2 pipelines; write "
                               "`pipelineType: V2`"
                             : feature.name +
                                   " can only be used with V2 pipelines; write "
                                   "`pipelineType: V2`");
    }
  }

  const Draft& draft_;
  const PipelineDeclaration& pipeline_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_structure(const Draft& draft, Diagnostics& diagnostics) {
  StructureCheck(draft, diagnostics).run();
}

}  // namespace sluice::definition
