// facts/codepipeline.md 1.7 rows 12 and 13: artifacts have one producer, and it is done in time.
#include <map>

#include "engine/definition/draft.hpp"
#include "engine/definition/order.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

using Producers = std::map<std::string, ActionSpot>;

std::vector<std::string> names_of(const Producers& producers) {
  std::vector<std::string> names;
  for (const auto& [name, spot] : producers) names.push_back(name);
  return names;
}

Producers collect(const Draft& draft, Diagnostics& diagnostics) {
  Producers producers;
  const auto& stages = draft.declaration.stages;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (std::size_t a = 0; a < stages[s].actions.size(); ++a) {
      const auto& outputs = stages[s].actions[a].output_artifacts;
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        const auto& name = outputs[i].name;
        const auto [found, added] = producers.emplace(name, spot_of(draft, s, a));
        if (name.empty() || added) continue;
        diagnostics.error(place(draft.root, {"stages", s, "actions", a, "outputArtifacts", i}),
                          Code::kDuplicateArtifact,
                          "artifact " + quote(name) + " is made by " +
                              describe(draft, found->second) +
                              " already; output artifact names are unique in the pipeline");
      }
    }
  }
  producers.erase("");
  return producers;
}

void check_inputs(const Draft& draft, const Producers& producers,
                  const std::vector<std::string>& inputs, const Node* node, const ActionSpot& user,
                  std::vector<Need>& needs, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].empty()) continue;
    const auto at = place(node, {"inputArtifacts", i});
    const auto found = producers.find(inputs[i]);
    if (found == producers.end()) {
      diagnostics.error(at, Code::kUnknownArtifact,
                        "no action makes the artifact " + quote(inputs[i]) +
                            suggestion(inputs[i], names_of(producers)));
    } else {
      needs.push_back(
          {found->second, user, at, Code::kLateArtifact,
           "artifact " + quote(inputs[i]) + " is made by " + describe(draft, found->second)});
    }
  }
}

}  // namespace

void check_artifacts(const Draft& draft, std::vector<Need>& needs, Diagnostics& diagnostics) {
  const auto producers = collect(draft, diagnostics);
  const auto& stages = draft.declaration.stages;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    const auto& places = draft.stages[s];
    for (std::size_t a = 0; a < stages[s].actions.size(); ++a) {
      check_inputs(draft, producers, stages[s].actions[a].input_artifacts, places.actions[a].node,
                   spot_of(draft, s, a), needs, diagnostics);
    }
    for_each_rule(
        draft, s,
        [&](const RuleDeclaration& rule, const TypedPlace& where, const ActionSpot& user) {
          check_inputs(draft, producers, rule.input_artifacts, where.node, user, needs,
                       diagnostics);
        });
  }
}

}  // namespace sluice::definition
