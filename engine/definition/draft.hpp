// A declaration on its way: the plain data together with the nodes it came from, so that a rule can
// say where in the file it was broken.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/definition/action_types.hpp"
#include "engine/definition/node.hpp"

namespace sluice::definition {

// `node` is the map in the file, `type` what it names; null if unreadable or unknown (and
// reported).
struct TypedPlace {
  const Node* node = nullptr;
  const ActionTypeDescription* type = nullptr;
};

struct StagePlace {
  const Node* node = nullptr;
  std::vector<TypedPlace> actions;                               // as declaration.actions
  std::vector<TypedPlace> before_entry, on_success, on_failure;  // as the conditions' rules
};

struct Draft {
  PipelineDeclaration declaration;
  const Node* root = nullptr;
  std::vector<StagePlace> stages;  // as declaration.stages
  // Features that CodePipeline has in V2 pipelines alone, each with its first place.
  struct V2Feature {
    std::string name;
    Position at;
  };
  std::vector<V2Feature> v2_features;
};

struct Need;  // order.hpp

struct BuildOptions {
  std::size_t max_configuration_value = 1000;
};

// Reads what it can of a tree whose shape was checked (broken parts are left empty), looks up
// action types and checks configurations.
[[nodiscard]] Draft build_draft(const Node& root, const ActionTypes& types,
                                const BuildOptions& options, Diagnostics& diagnostics);

// Where a value stands: `path` is followed as far as it exists. A missing key gives the place of
// the object that lacks it.
struct Step {
  Step(std::string_view k) : key(k) {}               // NOLINT: implicit on purpose
  Step(const char* k) : key(k) {}                    // NOLINT
  Step(const std::string& k) : key(k) {}             // NOLINT
  Step(std::size_t i) : index(i), is_index(true) {}  // NOLINT
  std::string_view key{};
  std::size_t index = 0;
  bool is_index = false;
};
[[nodiscard]] Position place(const Node* node, std::initializer_list<Step> path);

// The rules of facts/codepipeline.md 1.7, each over a whole draft.
void check_structure(const Draft& draft, Diagnostics& diagnostics);  // rows 2-9, 14, 23, 24, 32
void check_actions(const Draft& draft, Diagnostics& diagnostics);    // rows 11, 16, 29-31
// They leave it to check_order to say which of the needs that they find come too late.
void check_artifacts(const Draft& draft, std::vector<Need>& needs,
                     Diagnostics& diagnostics);  // rows 12, 13
void check_variables(const Draft& draft, std::vector<Need>& needs,
                     Diagnostics& diagnostics);  // rows 17-22
// Rows 13 and 22: a need is met by what runs before. Actions that need each other in a circle are
// one mistake, and get one diagnostic.
void check_order(const Draft& draft, const std::vector<Need>& needs, Diagnostics& diagnostics);
void check_conditions(const Draft& draft, Diagnostics& diagnostics);  // rows 25-28
void check_triggers(const Draft& draft, Diagnostics& diagnostics);    // row 33

}  // namespace sluice::definition
