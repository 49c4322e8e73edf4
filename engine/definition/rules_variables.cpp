// facts/codepipeline.md 1.7 rows 17-22 and section 3: pipeline variables, namespaces, references.
#include <algorithm>
#include <map>
#include <set>

#include "engine/definition/draft.hpp"
#include "engine/definition/order.hpp"
#include "engine/definition/references.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

constexpr std::string_view kFormatText =
    "Valid format for a pipeline execution variable reference is a namespace and a key separated "
    "by "
    "a period (.). ";

class VariableCheck {
 public:
  VariableCheck(const Draft& draft, std::vector<Need>& needs, Diagnostics& diagnostics)
      : draft_(draft),
        stages_(draft.declaration.stages),
        needs_(needs),
        diagnostics_(diagnostics) {}

  void run() {
    declared_variables();
    namespaces();
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      for (std::size_t a = 0; a < stages_[s].actions.size(); ++a) action(s, a);
      for_each_rule(
          draft_, s,
          [&](const RuleDeclaration& rule, const TypedPlace& where, const ActionSpot& user) {
            User from{user, stages_[s].name, rule.name, false};
            configuration(where.node, from);
            texts(where.node, "commands", from);
          });
    }
  }

 private:
  struct User {
    ActionSpot spot;
    std::string stage, action;
    bool source = false;
  };

  void declared_variables() {
    const auto* node = draft_.root->find("variables");
    const auto& variables = draft_.declaration.variables;
    for (std::size_t i = 0; i < variables.size(); ++i) {
      const auto& name = variables[i].name;
      if (name.empty() || variables_.insert(name).second || !node->is_list()) continue;
      diagnostics_.error(place(node, {i, "name"}), Code::kDuplicateVariable,
                         "Variable names must be unique. The following variable name is already in "
                         "use: " +
                             name);
    }
  }

  void namespaces() {
    std::set<std::string> artifacts;
    for (const auto& stage : stages_) {
      for (const auto& each : stage.actions) {
        for (const auto& output : each.output_artifacts) artifacts.insert(output.name);
      }
    }
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      for (std::size_t a = 0; a < stages_[s].actions.size(); ++a) {
        const auto& name = stages_[s].actions[a].name_space;
        if (name.empty()) continue;
        const auto spot = spot_of(draft_, s, a);
        const auto wrong = namespace_problem(name, artifacts);
        if (!wrong.empty()) {
          diagnostics_.error(place(draft_.stages[s].actions[a].node, {"namespace"}),
                             Code::kNamespace,
                             "namespace " + quote(name) + " " + wrong + "; choose another name");
        }
        producers_.emplace(name, spot);
      }
    }
  }

  [[nodiscard]] std::string namespace_problem(const std::string& name,
                                              const std::set<std::string>& artifacts) const {
    if (const auto found = producers_.find(name); found != producers_.end()) {
      return "belongs to " + describe(draft_, found->second) + " already";
    }
    if (artifacts.contains(name)) return "is the name of an artifact";
    if (name == "codepipeline") return "is reserved";
    if (name == "variables" && !variables_.empty())
      return "is reserved for the pipeline's variables";
    return "";
  }

  void action(std::size_t s, std::size_t a) {
    const auto& declared = stages_[s].actions[a];
    const auto* node = draft_.stages[s].actions[a].node;
    const User user{spot_of(draft_, s, a), stages_[s].name, declared.name,
                    declared.type.category == Category::kSource};
    configuration(node, user);
    texts(node, "commands", user);
    const auto* environment = node->find("environmentVariables");
    if (environment == nullptr) return;
    const auto value = [&](const Node& item) {
      const auto* text = item.is_map() ? item.find("value") : &item;
      if (text != nullptr) references(*text, "environmentVariables", user);
    };
    for (const auto* item : environment->items) value(*item);
    for (const auto& entry : environment->entries) value(*entry.value);
  }

  void configuration(const Node* node, const User& user) {
    const auto* map = node->find("configuration");
    if (map == nullptr) return;
    for (const auto& entry : map->entries) references(*entry.value, entry.key, user);
  }

  void texts(const Node* node, std::string_view key, const User& user) {
    const auto* list = node->find(key);
    if (list == nullptr) return;
    for (const auto* item : list->items) references(*item, key, user);
  }

  // Of a value and of all that stands in it.
  void references(const Node& node, std::string_view key, const User& user) {
    for (const auto* item : node.items) references(*item, key, user);
    for (const auto& entry : node.entries) references(*entry.value, key, user);
    for (const auto& reference : find_references(node.text)) {
      check(reference, node.at, key, user);
    }
  }

  void check(const Reference& reference, Position at, std::string_view key, const User& user) {
    const auto shown = quote(reference.text);
    if (!reference.valid) {
      diagnostics_.error(at, Code::kUnknownNamespace,
                         std::string(kFormatText) + "Write #{namespace.key} instead of " + shown);
    } else if (reference.name_space == "codepipeline") {
      if (reference.key == "PipelineExecutionId") return;
      diagnostics_.error(at, Code::kUnknownNamespace,
                         shown +
                             " does not exist; the namespace codepipeline has the key "
                             "PipelineExecutionId alone");
    } else if (reference.name_space == "variables" && !producers_.contains("variables")) {
      pipeline_variable(reference, at, key, user);
    } else {
      output_variable(reference, at, user);
    }
  }

  void pipeline_variable(const Reference& reference, Position at, std::string_view key,
                         const User& user) {
    if (user.source) {
      diagnostics_.error(at, Code::kVariableInSource,
                         "Variables at the pipeline level cannot be used in source actions. "
                         "StageName=[" +
                             user.stage + "], ActionName=[" + user.action +
                             "], ActionConfigurationKey=[" + std::string(key) +
                             "], VariableReferenceText=[" + reference.text + "]");
    } else if (!variables_.contains(reference.key)) {
      const std::vector<std::string> known(variables_.begin(), variables_.end());
      diagnostics_.error(
          at, Code::kUnknownVariable,
          "The referenced variables haven't been declared. " + quote(reference.text) +
              " needs an entry in the pipeline's `variables`" + suggestion(reference.key, known));
    }
  }

  void output_variable(const Reference& reference, Position at, const User& user) {
    const auto found = producers_.find(reference.name_space);
    if (found == producers_.end()) {
      std::vector<std::string> known{"codepipeline"};
      if (!variables_.empty()) known.emplace_back("variables");
      for (const auto& [name, spot] : producers_) known.push_back(name);
      diagnostics_.error(at, Code::kUnknownNamespace,
                         std::string(kFormatText) +
                             "The following pipeline execution variables are referencing a "
                             "namespace that does not exist: " +
                             quote(reference.text) + suggestion(reference.name_space, known));
      return;
    }
    needs_.push_back({found->second, user.spot, at, Code::kLateNamespace,
                      quote(reference.text) + " comes from " + describe(draft_, found->second)});
    if (!runs_before(found->second, user.spot)) return;
    output_key(reference, at, found->second);
  }

  // Only what the plugin lists, and what a compute action is asked to export, can be known before
  // the run; so this is a warning.
  void output_key(const Reference& reference, Position at, const ActionSpot& producer) {
    const auto& declared = stages_[producer.stage].actions[producer.action];
    const auto* type = draft_.stages[producer.stage].actions[producer.action].type;
    if (type == nullptr || type->output_variables.empty()) return;
    auto known = type->output_variables;
    known.insert(known.end(), declared.output_variables.begin(), declared.output_variables.end());
    if (std::find(known.begin(), known.end(), reference.key) != known.end()) return;
    diagnostics_.warning(at, Code::kUnknownOutput,
                         describe(draft_, producer) + " does not say that it sets " +
                             quote(reference.key) + suggestion(reference.key, known));
  }

  const Draft& draft_;
  const std::vector<StageDeclaration>& stages_;
  std::vector<Need>& needs_;
  Diagnostics& diagnostics_;
  std::set<std::string> variables_;
  std::map<std::string, ActionSpot> producers_;
};

}  // namespace

void check_variables(const Draft& draft, std::vector<Need>& needs, Diagnostics& diagnostics) {
  VariableCheck(draft, needs, diagnostics).run();
}

}  // namespace sluice::definition
