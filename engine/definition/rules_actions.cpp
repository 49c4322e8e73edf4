// facts/codepipeline.md 1.7 rows 11, 16, 29-31: what an action may have, by its type.
#include <algorithm>

#include "engine/definition/configuration.hpp"
#include "engine/definition/draft.hpp"
#include "engine/definition/order.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

class ActionCheck {
 public:
  ActionCheck(const TypedPlace& where, Diagnostics& diagnostics)
      : node_(where.node), type_(where.type), diagnostics_(diagnostics) {}

  void action(const ActionDeclaration& action) {
    commands(action.commands);
    if (type_ == nullptr) return;
    artifact_count(action.name, "input", action.input_artifacts.size(), type_->min_inputs,
                   type_->max_inputs);
    artifact_count(action.name, "output", action.output_artifacts.size(), type_->min_outputs,
                   type_->max_outputs);
    compute_keys(action);
    artifact_paths(action);
    notification_arn(action);
  }

  void rule(const RuleDeclaration& rule) {
    commands(rule.commands);
    if (type_ == nullptr) return;
    artifact_count(rule.name, "input", rule.input_artifacts.size(), type_->min_inputs,
                   type_->max_inputs);
    if (rule.type.provider == "Commands") {
      needs_commands(rule.commands, "this rule");
    } else if (node_->find("commands") != nullptr) {
      error({"commands"}, Code::kComputeOnly,
            "rule " + quote(rule.name) + " cannot have `commands`; use a Commands rule");
    }
  }

 private:
  void error(std::initializer_list<Step> path, Code code, std::string message) {
    diagnostics_.error(place(node_, path), code, std::move(message));
  }

  void commands(const std::vector<std::string>& commands) {
    for (std::size_t i = 0; i < commands.size(); ++i) {
      if (commands[i].find('\n') == std::string::npos) continue;
      error({"commands", i}, Code::kMultiLineCommand,
            "a command is a single line; write one list item a line, or call a script");
    }
  }

  void artifact_count(const std::string& name, const std::string& direction, std::size_t count,
                      std::uint32_t min, std::uint32_t max) {
    if (count >= min && count <= max) return;
    const bool few = count < min;
    error({direction + "Artifacts"}, Code::kArtifactCount,
          "Action " + name + " declares " + std::to_string(count) + " " + direction +
              " artifacts which is " + (few ? "less than the minimum" : "more than the maximum") +
              " count (" + std::to_string(few ? min : max) + "); " +
              (few ? "add to" : "remove from") + " its `" + direction + "Artifacts`");
  }

  void needs_commands(const std::vector<std::string>& commands, const std::string& who) {
    if (!commands.empty() || node_->find("commands") != nullptr) return;
    error({}, Code::kMissingKey, who + " needs the key `commands`: what to run, one line an item");
  }

  void compute_keys(const ActionDeclaration& action) {
    const auto category = action.type.category;
    if (category == Category::kCompute) {
      if (action.type.provider == "Commands") needs_commands(action.commands, "this action");
    } else {
      compute_only(action, "commands");
      compute_only(action, "outputVariables");
      for (std::size_t i = 0; i < action.output_artifacts.size(); ++i) {
        if (!action.output_artifacts[i].files.empty()) {
          error({"outputArtifacts", i, "files"}, Code::kComputeOnly, compute_text(action, "files"));
        }
      }
    }
    // Ours takes environment variables wherever something runs in an environment.
    const bool cloud = action.type.owner == "AWS" || action.type.owner == "ThirdParty";
    const bool has_environment = category != Category::kSource && category != Category::kApproval &&
                                 (!cloud || category == Category::kCompute);
    if (!has_environment) compute_only(action, "environmentVariables");
    if (category != Category::kApproval && node_->find("requiredApprovals") != nullptr) {
      error(
          {"requiredApprovals"}, Code::kUnknownKey,
          "`requiredApprovals` belongs to approval actions; remove it from " + quote(action.name));
    }
  }

  void compute_only(const ActionDeclaration& action, const std::string& key) {
    if (node_->find(key) != nullptr) error({key}, Code::kComputeOnly, compute_text(action, key));
  }

  static std::string compute_text(const ActionDeclaration& action, const std::string& key) {
    return "The following action cannot contain a " + key + " field: " + action.name +
           ". To use the " + key + " field, use a compute action";
  }

  // "Artifact::path": CloudFormation's two keys, and whatever a schema marks.
  void artifact_paths(const ActionDeclaration& action) {
    const auto schema = parse_configuration_schema(type_->configuration_schema);
    for (const auto& [key, value] : action.configuration) {
      const auto* setting = schema.find(key);
      const bool path = key == "TemplatePath" || key == "TemplateConfiguration" ||
                        (setting != nullptr && setting->artifact_path);
      const auto separator = value.find("::");
      if (!path || separator == std::string::npos) continue;
      const auto artifact = value.substr(0, separator);
      const auto& inputs = action.input_artifacts;
      if (std::find(inputs.begin(), inputs.end(), artifact) != inputs.end()) continue;
      diagnostics_.error(setting_place(key, setting), Code::kArtifactPath,
                         "`" + key + "` names the artifact " + quote(artifact) +
                             ", which is no input artifact of this action; add it to "
                             "`inputArtifacts`" +
                             suggestion(artifact, inputs));
    }
  }

  [[nodiscard]] Position setting_place(const std::string& key, const Setting* setting) const {
    const auto* map = node_->find("configuration");
    std::vector<std::string> spellings{key};
    if (setting != nullptr) {
      spellings.insert(spellings.end(), setting->aliases.begin(), setting->aliases.end());
    }
    for (const auto& spelling : spellings) {
      if (map != nullptr && map->find(spelling) != nullptr) return place(map, {spelling});
    }
    return place(node_, {"configuration"});
  }

  void notification_arn(const ActionDeclaration& action) {
    if (action.type.category != Category::kApproval) return;
    const auto schema = parse_configuration_schema(type_->configuration_schema);
    const auto* setting = schema.find("NotificationArn");
    const auto key = setting == nullptr ? std::string("NotificationArn") : setting->key;
    const auto found = action.configuration.find(key);
    if (found == action.configuration.end() || found->second.find("#{") != std::string::npos)
      return;
    const auto wrong = arn_problem(found->second);
    if (wrong.empty()) return;
    diagnostics_.error(
        setting_place(key, setting), Code::kNotificationArn,
        quote(found->second) + " " + wrong + "; write arn:aws:sns:REGION:ACCOUNT:TOPIC");
  }

  static std::string arn_problem(std::string_view arn) {
    constexpr std::size_t kParts = 6;
    std::vector<std::string_view> parts;
    while (parts.size() + 1 < kParts && arn.find(':') != std::string_view::npos) {
      parts.push_back(arn.substr(0, arn.find(':')));
      arn.remove_prefix(parts.back().size() + 1);
    }
    parts.push_back(arn);
    const bool formed = parts.size() == kParts && parts[0] == "arn" &&
                        parts[1].starts_with("aws") &&
                        std::none_of(parts.begin(), parts.end(), [](auto p) { return p.empty(); });
    if (!formed) return "is no ARN";
    return parts[2] == "sns" ? "" : "is no SNS topic";
  }

  const Node* node_;
  const ActionTypeDescription* type_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_actions(const Draft& draft, Diagnostics& diagnostics) {
  const auto& stages = draft.declaration.stages;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    for (std::size_t a = 0; a < stages[s].actions.size(); ++a) {
      ActionCheck(draft.stages[s].actions[a], diagnostics).action(stages[s].actions[a]);
    }
    for_each_rule(draft, s,
                  [&](const RuleDeclaration& rule, const TypedPlace& where, const ActionSpot&) {
                    ActionCheck(where, diagnostics).rule(rule);
                  });
  }
}

}  // namespace sluice::definition
