#include <algorithm>
#include <charconv>

#include "engine/definition/configuration.hpp"
#include "engine/definition/draft.hpp"
#include "engine/definition/shapes.hpp"

namespace sluice::definition {
namespace {

// Readers of one value. The shape was checked before, so what does not fit is already reported and
// reads as absent.
std::string text_of(const Node* node) {
  return node != nullptr && node->is_scalar() ? node->text : std::string();
}

std::string text_at(const Node& map, std::string_view key) {
  return text_of(map.find(key));
}

std::int64_t integer_at(const Node& map, std::string_view key, std::int64_t absent) {
  const auto text = text_at(map, key);
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  return !text.empty() && std::from_chars(text.data(), end, number).ptr == end ? number : absent;
}

bool flag_at(const Node& map, std::string_view key) {
  return text_at(map, key) == "true";
}

const std::vector<const Node*>& items_at(const Node& map, std::string_view key) {
  static const std::vector<const Node*> kNone;
  const auto* node = map.find(key);
  return node != nullptr && node->is_list() ? node->items : kNone;
}

std::vector<std::string> texts_at(const Node& map, std::string_view key) {
  std::vector<std::string> texts;
  for (const auto* item : items_at(map, key)) texts.push_back(text_of(item));
  return texts;
}

// "app" or {name: app}
std::string name_of(const Node& node) {
  return node.is_map() ? text_at(node, "name") : text_of(&node);
}

std::vector<std::string> names_at(const Node& map, std::string_view key) {
  std::vector<std::string> names;
  for (const auto* item : items_at(map, key)) names.push_back(name_of(*item));
  return names;
}

// YAML's block style ends a text with a line break that nobody meant.
std::vector<std::string> commands_at(const Node& map) {
  auto commands = texts_at(map, "commands");
  for (auto& command : commands) {
    while (command.ends_with('\n')) command.pop_back();
  }
  return commands;
}

ConditionResult result_of(const Node& map) {
  return result_from(text_at(map, "result")).value_or(ConditionResult::kNone);
}

class Builder {
 public:
  Builder(const ActionTypes& types, const BuildOptions& options, Diagnostics& diagnostics)
      : types_(types), options_(options), diagnostics_(diagnostics) {}

  Draft build(const Node& root) {
    draft_.root = &root;
    auto& pipeline = draft_.declaration;
    pipeline.name = text_at(root, "name");
    pipeline.role_arn = text_at(root, "roleArn");
    pipeline.version = static_cast<std::uint32_t>(integer_at(root, "version", 1));
    pipeline.mode = mode_from(text_at(root, "executionMode")).value_or(ExecutionMode::kSuperseded);
    pipeline.finish_on_own_version = flag_at(root, "finishOnOwnVersion");
    pipeline.supersede_waiting_approval = flag_at(root, "supersedeWaitingApproval");
    pipeline.max_executions = static_cast<std::uint32_t>(integer_at(root, "maxExecutions", 0));
    pipeline.max_parallel_actions =
        static_cast<std::uint32_t>(integer_at(root, "maxParallelActions", 0));
    pipeline.base_directory = text_at(root, "baseDirectory");
    if (pipeline.mode != ExecutionMode::kSuperseded) {
      needs_v2("executionMode " + text_at(root, "executionMode"), place(&root, {"executionMode"}));
    }
    variables(root);
    for (const auto* item : items_at(root, "stages")) stage(*item);
    for (const auto* item : items_at(root, "triggers")) trigger(*item);
    // facts 0: without a pipelineType, V1 unless a V2-only feature is present.
    const auto declared = text_at(root, "pipelineType");
    const bool v1 =
        declared == "V1" || (declared.empty() && draft_.v2_features.empty() && !own_notation_);
    pipeline.type = v1 ? PipelineType::kV1 : PipelineType::kV2;
    return std::move(draft_);
  }

 private:
  void needs_v2(std::string name, Position at) {
    draft_.v2_features.push_back({std::move(name), at});
  }

  void variables(const Node& root) {
    const auto* node = root.find("variables");
    if (node == nullptr) return;
    needs_v2("variables", place(&root, {"variables"}));
    if (node->is_map()) {
      for (const auto& entry : node->entries) variable(entry.key, *entry.value);
    }
    for (const auto* item : node->items) variable(text_at(*item, "name"), *item);
  }

  // `node`: {defaultValue, description}, the default alone, or nothing.
  void variable(const std::string& name, const Node& node) {
    VariableDeclaration variable;
    variable.name = name;
    const auto* value = node.is_map() ? node.find("defaultValue") : &node;
    variable.has_default = value != nullptr && value->is_scalar();
    variable.default_value = text_of(value);
    variable.description = text_at(node, "description");
    draft_.declaration.variables.push_back(std::move(variable));
  }

  void stage(const Node& node) {
    StageDeclaration stage;
    StagePlace places;
    places.node = &node;
    stage.name = text_at(node, "name");
    for (const auto* item : items_at(node, "actions")) {
      stage.actions.emplace_back();
      places.actions.push_back(action(*item, stage.actions.back()));
    }
    if (const auto* hook = node.find("beforeEntry")) {
      needs_v2("beforeEntry", place(&node, {"beforeEntry"}));
      condition(*hook, stage.before_entry, places.before_entry);
    }
    if (const auto* hook = node.find("onSuccess")) {
      needs_v2("onSuccess", place(&node, {"onSuccess"}));
      condition(*hook, stage.on_success, places.on_success);
    }
    if (const auto* hook = node.find("onFailure")) {
      needs_v2("onFailure", place(&node, {"onFailure"}));
      stage.on_failure.result = result_of(*hook);
      condition(*hook, stage.on_failure.condition, places.on_failure);
      if (const auto* retry = hook->find("retryConfiguration")) {
        stage.on_failure.retry_mode =
            retry_from(text_at(*retry, "retryMode")).value_or(RetryMode::kFailedActions);
        stage.on_failure.max_retries =
            static_cast<std::uint16_t>(integer_at(*retry, "maxRetries", 1));
      }
    }
    draft_.declaration.stages.push_back(std::move(stage));
    draft_.stages.push_back(std::move(places));
  }

  void condition(const Node& hook, ConditionDeclaration& condition,
                 std::vector<TypedPlace>& places) {
    const auto& conditions = items_at(hook, "conditions");
    if (conditions.empty()) return;
    condition.result = result_of(*conditions.front());
    for (const auto* item : items_at(*conditions.front(), "rules")) {
      condition.rules.emplace_back();
      places.push_back(rule(*item, condition.rules.back()));
    }
  }

  TypedPlace rule(const Node& node, RuleDeclaration& rule) {
    rule.name = text_at(node, "name");
    rule.commands = commands_at(node);
    rule.input_artifacts = names_at(node, "inputArtifacts");
    rule.role_arn = text_at(node, "roleArn");
    rule.region = text_at(node, "region");
    rule.timeout_ms = timeout_of(node);
    const auto* type = type_of(node, "ruleTypeId", rule.type);
    auto configuration = configuration_of(node, type);
    rule.configuration = std::move(configuration.values);
    rule.secret_keys = std::move(configuration.secret_keys);
    return {&node, type};
  }

  TypedPlace action(const Node& node, ActionDeclaration& action) {
    action.name = text_at(node, "name");
    action.run_order = static_cast<std::uint16_t>(integer_at(node, "runOrder", 1));
    action.commands = commands_at(node);
    action.input_artifacts = names_at(node, "inputArtifacts");
    for (const auto* item : items_at(node, "outputArtifacts")) {
      action.output_artifacts.push_back({name_of(*item), texts_at(*item, "files")});
    }
    action.output_variables = texts_at(node, "outputVariables");
    environment(node, action);
    action.role_arn = text_at(node, "roleArn");
    action.region = text_at(node, "region");
    action.name_space = text_at(node, "namespace");
    action.runs_on = texts_at(node, "runsOn");
    action.timeout_ms = timeout_of(node);
    action.required_approvals =
        static_cast<std::uint16_t>(integer_at(node, "requiredApprovals", 1));
    const auto* type = type_of(node, "actionTypeId", action.type);
    auto configuration = configuration_of(node, type);
    action.configuration = std::move(configuration.values);
    action.secret_keys = std::move(configuration.secret_keys);
    action.idempotent = type != nullptr && type->idempotent;
    if (action.type.category == Category::kCompute) {
      needs_v2("the compute action " + action.name, place(&node, {"actionTypeId"}));
    }
    return {&node, type};
  }

  static void environment(const Node& node, ActionDeclaration& action) {
    const auto* list = node.find("environmentVariables");
    if (list == nullptr) return;
    const auto add = [&](std::string name, const Node& item) {
      const auto value = item.is_map() ? text_at(item, "value") : text_of(&item);
      const bool secret = text_at(item, "type") == "SECRETS_MANAGER";
      action.environment_variables.push_back({std::move(name), value, secret});
    };
    for (const auto& entry : list->entries) add(entry.key, *entry.value);
    for (const auto* item : list->items) add(text_at(*item, "name"), *item);
  }

  std::int64_t timeout_of(const Node& node) {
    constexpr std::int64_t kMinuteMs = 60'000;
    const auto* duration = node.entry("timeout");
    if (duration == nullptr) return integer_at(node, "timeoutInMinutes", 0) * kMinuteMs;
    own_notation_ = true;
    if (node.find("timeoutInMinutes") != nullptr) {
      diagnostics_.error(
          duration->at, Code::kConflictingKeys,
          "`timeout` and `timeoutInMinutes` say the same thing; keep one of the two");
    }
    return duration_ms(text_of(duration->value));
  }

  const ActionTypeDescription* type_of(const Node& node, std::string_view id_key,
                                       ActionTypeId& id) {
    const bool rule = id_key == "ruleTypeId";
    if (rule) id.category = Category::kRule;
    const auto* uses = node.entry("uses");
    const auto* fields = node.entry(id_key);
    if (uses != nullptr && fields != nullptr) {
      diagnostics_.error(
          uses->at, Code::kConflictingKeys,
          "`uses` and `" + std::string(id_key) + "` say the same thing; keep one of the two");
      return nullptr;
    }
    if (uses == nullptr && fields == nullptr) {
      if (node.is_map()) {
        diagnostics_.error(node.at, Code::kMissingKey,
                           std::string(rule ? "this rule" : "this action") +
                               " needs the key `uses` (or `" + std::string(id_key) +
                               "`), which says what it does");
      }
      return nullptr;
    }
    const auto* type = uses != nullptr ? type_by_uses(*uses->value, rule)
                                       : type_by_fields(*fields->value, rule, id);
    if (type != nullptr) id = type->id;
    return type;
  }

  const ActionTypeDescription* type_by_uses(const Node& node, bool rule) {
    own_notation_ = true;
    if (!node.is_scalar() || node.text.empty()) return nullptr;
    const auto* type = types_.find(node.text, rule);
    if (type == nullptr) {
      diagnostics_.error(node.at, Code::kUnknownActionType,
                         types_.explain_unknown(node.text, rule));
    }
    return type;
  }

  const ActionTypeDescription* type_by_fields(const Node& node, bool rule, ActionTypeId& id) {
    const auto category = category_from(text_at(node, "category"));
    if (!category || (*category == Category::kRule) != rule) return nullptr;
    id.category = *category;
    id.owner = text_at(node, "owner");
    id.provider = text_at(node, "provider");
    id.version = text_at(node, "version");
    if (rule && id.owner.empty()) id.owner = "AWS";
    if (rule && id.version.empty()) id.version = "1";
    if (id.owner.empty() || id.provider.empty() || id.version.empty()) return nullptr;
    const auto* type = types_.find(id);
    if (type == nullptr) {
      diagnostics_.error(node.at, Code::kUnknownActionType, types_.explain_unknown(id));
    }
    return type;
  }

  Configuration configuration_of(const Node& node, const ActionTypeDescription* type) {
    const auto* configuration = node.find("configuration");
    if (type == nullptr) return read_configuration(configuration);
    return read_configuration(configuration, node.at, *type, options_.max_configuration_value,
                              diagnostics_);
  }

  void trigger(const Node& node) {
    needs_v2("triggers", place(draft_.root, {"triggers"}));
    TriggerDeclaration trigger;
    trigger.provider_type = text_at(node, "providerType");
    const auto* git_node = node.find("gitConfiguration");
    if (git_node != nullptr && trigger.provider_type.empty())
      trigger.provider_type = "CodeStarSourceConnection";
    own_trigger(node, trigger);
    if (const auto* git = git_node) {
      trigger.source_action = text_at(*git, "sourceActionName");
      for (const auto* item : items_at(*git, "push")) trigger.push.push_back(filter(*item));
      for (const auto* item : items_at(*git, "pullRequest")) {
        trigger.pull_request.push_back(filter(*item));
      }
    }
    draft_.declaration.triggers.push_back(std::move(trigger));
  }

  static void own_trigger(const Node& node, TriggerDeclaration& trigger) {
    trigger.poll_interval_ms = duration_ms(text_at(node, "pollInterval"));
    trigger.schedule = text_at(node, "schedule");
    trigger.time_zone = text_at(node, "timeZone");
    if (const auto* pipeline = node.find("pipeline")) {
      trigger.pipeline = text_at(*pipeline, "name");
      trigger.pipeline_states = texts_at(*pipeline, "states");
    }
    if (const auto* pattern = node.find("eventPattern"))
      trigger.event_pattern = pattern->is_scalar() ? pattern->text : json_text(*pattern);
    if (const auto* webhook = node.find("webhook")) {
      trigger.webhook = {text_at(*webhook, "name"), text_at(*webhook, "form"),
                         text_at(*webhook, "secretVariable"), text_at(*webhook, "secretFile")};
      if (trigger.webhook.form.empty()) trigger.webhook.form = "GITHUB";
    }
  }

  static GitFilter filter(const Node& node) {
    const auto patterns = [&](std::string_view key) -> GlobFilter {
      const auto* criteria = node.find(key);
      if (criteria == nullptr) return {};
      return {texts_at(*criteria, "includes"), texts_at(*criteria, "excludes")};
    };
    return {texts_at(node, "events"), patterns("tags"), patterns("branches"),
            patterns("filePaths")};
  }

  const ActionTypes& types_;
  const BuildOptions& options_;
  Diagnostics& diagnostics_;
  Draft draft_;
  bool own_notation_ = false;  // the file was written for this engine, not exported from the cloud
};

}  // namespace

Draft build_draft(const Node& root, const ActionTypes& types, const BuildOptions& options,
                  Diagnostics& diagnostics) {
  return Builder(types, options, diagnostics).build(root);
}

Position place(const Node* node, std::initializer_list<Step> path) {
  if (node == nullptr) return {};
  auto at = node->at;
  for (const auto& step : path) {
    if (step.is_index) {
      if (step.index >= node->items.size()) return at;
      node = node->items[step.index];
      at = node->at;
    } else {
      const auto* entry = node->entry(step.key);
      if (entry == nullptr) return at;
      node = entry->value;
      at = node->kind == Node::Kind::kNull ? entry->at : node->at;
    }
  }
  return at;
}

}  // namespace sluice::definition
