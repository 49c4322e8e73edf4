#include <algorithm>

#include "engine/definition/action_types.hpp"
#include "engine/definition/configuration.hpp"
#include "engine/definition/workflow.hpp"

namespace sluice {

std::int64_t default_timeout_ms(const ActionTypeId& type) {
  constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
  if (type.category == Category::kApproval) return 7 * kDay;
  if (type.owner == "Custom") return 24 * kHour;
  if (type.category == Category::kTest) return 8 * kHour;
  if (type.category == Category::kBuild) return 36 * kHour;
  if (type.category == Category::kCompute) return 55 * kMinute;
  if (type.category == Category::kInvoke) return 24 * kHour;
  return kHour;
}

void apply_defaults(ActionDeclaration& action, const ActionTypeDescription& type) {
  const auto schema = definition::parse_configuration_schema(type.configuration_schema);
  action.secret_keys.clear();
  for (const auto& setting : schema.settings) {
    if (setting.default_value) action.configuration.emplace(setting.key, *setting.default_value);
    if (setting.secret) action.secret_keys.push_back(setting.key);
  }
  std::sort(action.secret_keys.begin(), action.secret_keys.end());
  action.idempotent = type.idempotent;
  if (action.timeout_ms == 0) {
    action.timeout_ms =
        type.default_timeout_ms > 0 ? type.default_timeout_ms : default_timeout_ms(type.id);
  }
}

namespace {

void apply_defaults(ConditionDeclaration& condition, const definition::ActionTypes& types,
                    bool on_failure) {
  for (auto& rule : condition.rules) {
    const auto* type = types.find(rule.type);
    if (type == nullptr) continue;
    // facts 2.15: after a failure an alarm is what the condition waits for, elsewhere what bars it.
    if (on_failure && rule.type.provider == "CloudWatchAlarm")
      rule.configuration.emplace("AlarmStates", "ALARM");
    // The same of a function: what it finds is an error.
    if (on_failure && rule.type.provider == "LambdaInvoke")
      rule.configuration.emplace("passesOn", "error");
    const auto schema = definition::parse_configuration_schema(type->configuration_schema);
    rule.secret_keys.clear();
    for (const auto& setting : schema.settings) {
      if (setting.default_value) rule.configuration.emplace(setting.key, *setting.default_value);
      if (setting.secret) rule.secret_keys.push_back(setting.key);
    }
    std::sort(rule.secret_keys.begin(), rule.secret_keys.end());
    if (rule.timeout_ms == 0) rule.timeout_ms = type->default_timeout_ms;
  }
}

}  // namespace

void apply_defaults(PipelineDeclaration& pipeline,
                    const std::vector<ActionTypeDescription>& catalogue) {
  const definition::ActionTypes types(catalogue);
  for (auto& stage : pipeline.stages) {
    for (auto& action : stage.actions) {
      if (const auto* type = types.find(action.type)) apply_defaults(action, *type);
    }
    apply_defaults(stage.before_entry, types, false);
    apply_defaults(stage.on_success, types, false);
    apply_defaults(stage.on_failure.condition, types, true);
  }
}

}  // namespace sluice
