#include "engine/simulation/values.hpp"

#include <functional>
#include <set>

namespace sluice::simulation {
namespace {

using Look = std::function<void(const std::string& text)>;

void look_at(const RuleDeclaration& rule, const Look& look) {
  for (const auto& [key, value] : rule.configuration) look(value);
  for (const std::string& command : rule.commands) look(command);
}

void look_at(const StageDeclaration& stage, const Look& look) {
  for (const ActionDeclaration& action : stage.actions) {
    for (const auto& [key, value] : action.configuration) look(value);
    for (const std::string& command : action.commands) look(command);
    for (const EnvironmentVariable& variable : action.environment_variables) look(variable.value);
  }
  for (const auto* condition :
       {&stage.before_entry, &stage.on_success, &stage.on_failure.condition}) {
    for (const RuleDeclaration& rule : condition->rules) look_at(rule, look);
  }
}

}  // namespace

Texts output_values(const PipelineDeclaration& pipeline, const ActionDeclaration& action) {
  std::set<std::string> keys(action.output_variables.begin(), action.output_variables.end());
  const std::string prefix = "#{" + action.name_space + ".";
  const Look look = [&](const std::string& text) {
    if (action.name_space.empty()) return;
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
      const auto end = text.find('}', at);
      if (end == std::string::npos) return;
      keys.insert(text.substr(at + prefix.size(), end - at - prefix.size()));
    }
  };
  for (const StageDeclaration& stage : pipeline.stages) look_at(stage, look);
  Texts values;
  for (const std::string& key : keys) values.emplace_back(key, "<" + key + ">");
  return values;
}

}  // namespace sluice::simulation
