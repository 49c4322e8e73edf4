#include "engine/api/declarations.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/condition.hpp"
#include "engine/definition/declaration_json.hpp"
#include "engine/definition/workflow.hpp"

namespace sluice::api {
namespace {

using definition::Code;
using definition::Severity;

constexpr const char* kMask = "****";
constexpr const char* kStructure = "InvalidStructureException";
constexpr const char* kStage = "InvalidStageDeclarationException";
constexpr const char* kAction = "InvalidActionDeclarationException";
constexpr const char* kValidation = "ValidationException";

// The rows of facts 1.7; every other code is a broken shape (row 1).
struct ErrorRow {
  Code code;
  const char* error;
};
constexpr ErrorRow kErrors[] = {{Code::kArtifactStore, kStructure},
                                {Code::kStageCount, kStructure},
                                {Code::kDuplicateStage, kStructure},
                                {Code::kEmptyStage, kStage},
                                {Code::kSourceStage, kStructure},
                                {Code::kLateSource, kStructure},
                                {Code::kDuplicateAction, kAction},
                                {Code::kUnknownActionType, kAction},
                                {Code::kArtifactCount, kAction},
                                {Code::kDuplicateArtifact, kStructure},
                                {Code::kUnknownArtifact, kStructure},
                                {Code::kLateArtifact, kStructure},
                                {Code::kCircle, kStructure},
                                {Code::kMissingConfiguration, kAction},
                                {Code::kUnknownConfiguration, kAction},
                                {Code::kBadConfiguration, kAction},
                                {Code::kArtifactPath, kAction},
                                {Code::kNamespace, kStructure},
                                {Code::kDuplicateVariable, kStructure},
                                {Code::kUnknownVariable, kStructure},
                                {Code::kVariableInSource, kStructure},
                                {Code::kUnknownNamespace, kAction},
                                {Code::kLateNamespace, kAction},
                                {Code::kUnknownOutput, kAction},
                                {Code::kCrossRegion, kAction},
                                {Code::kNeedsV2, kStructure},
                                {Code::kRollbackInParallel, kStructure},
                                {Code::kSkip, kStage},
                                {Code::kConditionResult, kStage},
                                {Code::kRetryWithConditions, kStage},
                                {Code::kComputeOnly, kAction},
                                {Code::kMultiLineCommand, kAction},
                                {Code::kNotificationArn, kAction},
                                {Code::kActionCount, kStructure},
                                {Code::kTrigger, kStructure}};

const char* error_of_text(const std::string& code) {
  for (const definition::CodeRow& row : definition::code_rows())
    if (row.text == code) return error_of(row.code);
  return kValidation;
}

Rejected refusal_of(const std::vector<definition::Diagnostic>& diagnostics) {
  std::vector<const definition::Diagnostic*> errors;
  for (const auto& diagnostic : diagnostics)
    if (diagnostic.severity == Severity::kError) errors.push_back(&diagnostic);
  // A broken shape first, as the cloud service has it; then by place.
  const auto broken = std::find_if(errors.begin(), errors.end(), [](const auto* one) {
    return std::string_view(error_of_text(one->code)) == kValidation;
  });
  const std::string type = broken != errors.end()
                               ? kValidation
                               : (errors.empty() ? kValidation : error_of_text(errors[0]->code));
  std::string text;
  std::size_t count = 0;
  for (const auto* error : errors) {
    if (error_of_text(error->code) != type) continue;
    text += (count++ == 0 ? "" : "; ") + error->message;
  }
  if (type != kValidation) return {type, text};
  return {type,
          std::to_string(count) +
              (count == 1 ? " validation error detected: " : " validation errors detected: ") +
              text};
}

const ActionDeclaration* find_action(const PipelineDeclaration& pipeline, const std::string& stage,
                                     const std::string& action) {
  for (const StageDeclaration& one : pipeline.stages) {
    if (one.name != stage) continue;
    for (const ActionDeclaration& declared : one.actions)
      if (declared.name == action) return &declared;
  }
  return nullptr;
}

void drop(Json& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys) json.erase(key);
}

// As the API knows conditions: rules go by the cloud's names (decision 0027), and by its owner.
void make_the_clouds(Json& stage, const char* hook) {
  if (!stage.contains(hook) || !stage[hook].contains("conditions")) return;
  for (Json& condition : stage[hook]["conditions"]) {
    for (Json& rule : condition["rules"]) {
      drop(rule, {"timeout"});
      rule["ruleTypeId"]["owner"] = "AWS";
    }
  }
}

}  // namespace

const char* error_of(Code code) {
  for (const ErrorRow& row : kErrors)
    if (row.code == code) return row.error;
  return kValidation;
}

ReadDeclaration read_declaration(const Ground& ground, const Json& json) {
  auto parsed = parse_workflow(json.dump(-1, ' ', false, Json::error_handler_t::replace),
                               "pipeline.json", ground.parts.catalogue);
  if (!parsed.declaration) return {std::nullopt, refusal_of(parsed.diagnostics)};
  apply_defaults(*parsed.declaration, ground.parts.catalogue);
  if (const std::string& base = parsed.declaration->base_directory;
      !base.empty() && base.front() != '/')
    return {std::nullopt, {kValidation, "The baseDirectory " + base + " is not an absolute path."}};
  return {std::move(parsed.declaration), {}};
}

namespace {

// Puts the stored values back for those that came as the mask; the key of one that has none, or "".
template <class Declared>
std::string restore(Declared& declared, const Declared* before) {
  for (const std::string& key : declared.secret_keys) {
    const auto value = declared.configuration.find(key);
    if (value == declared.configuration.end() || value->second != kMask) continue;
    if (before == nullptr || !before->configuration.contains(key)) return key;
    value->second = before->configuration.at(key);
  }
  return "";
}

const RuleDeclaration* find_rule_named(const PipelineDeclaration* stored, const std::string& stage,
                                       Hook hook, const std::string& rule) {
  if (stored == nullptr) return nullptr;
  for (const StageDeclaration& one : stored->stages) {
    if (one.name != stage) continue;
    for (const RuleDeclaration& declared : condition_of(one, hook).rules)
      if (declared.name == rule) return &declared;
  }
  return nullptr;
}

}  // namespace

std::string restore_secrets(PipelineDeclaration& declaration, const PipelineDeclaration* stored) {
  for (StageDeclaration& stage : declaration.stages) {
    for (ActionDeclaration& action : stage.actions) {
      const ActionDeclaration* before =
          stored == nullptr ? nullptr : find_action(*stored, stage.name, action.name);
      const std::string missing = restore(action, before);
      if (!missing.empty()) return stage.name + "." + action.name + ": " + missing;
    }
    const auto restore_rules = [&](ConditionDeclaration& condition, Hook hook) -> std::string {
      for (RuleDeclaration& rule : condition.rules) {
        const std::string missing =
            restore(rule, find_rule_named(stored, stage.name, hook, rule.name));
        if (!missing.empty()) return stage.name + "." + rule.name + ": " + missing;
      }
      return "";
    };
    std::string missing = restore_rules(stage.before_entry, Hook::kBeforeEntry);
    if (missing.empty()) missing = restore_rules(stage.on_success, Hook::kOnSuccess);
    if (missing.empty()) missing = restore_rules(stage.on_failure.condition, Hook::kOnFailure);
    if (!missing.empty()) return missing;
  }
  return "";
}

namespace {

// A timeout that the API cannot say (it has whole minutes, five at least) stays as it was.
template <class Declared>
void keep_timeout(Declared& declared, const Declared& before) {
  constexpr std::int64_t kMinute = 60'000;
  const bool sayable = before.timeout_ms % kMinute == 0 && before.timeout_ms >= 5 * kMinute;
  if (!sayable) declared.timeout_ms = before.timeout_ms;
}

void keep_rules(ConditionDeclaration& condition, const ConditionDeclaration& stored) {
  for (RuleDeclaration& rule : condition.rules)
    for (const RuleDeclaration& before : stored.rules)
      if (before.name == rule.name) keep_timeout(rule, before);
}

}  // namespace

void keep_own_options(PipelineDeclaration& declaration, const PipelineDeclaration& stored) {
  declaration.finish_on_own_version = stored.finish_on_own_version;
  declaration.supersede_waiting_approval = stored.supersede_waiting_approval;
  declaration.max_executions = stored.max_executions;
  declaration.max_parallel_actions = stored.max_parallel_actions;
  declaration.base_directory = stored.base_directory;
  for (StageDeclaration& stage : declaration.stages) {
    for (const StageDeclaration& before : stored.stages) {
      if (before.name != stage.name) continue;
      if (stage.on_failure.result == ConditionResult::kRetry)
        stage.on_failure.max_retries = before.on_failure.max_retries;
      keep_rules(stage.before_entry, before.before_entry);
      keep_rules(stage.on_success, before.on_success);
      keep_rules(stage.on_failure.condition, before.on_failure.condition);
    }
    for (ActionDeclaration& action : stage.actions) {
      const ActionDeclaration* before = find_action(stored, stage.name, action.name);
      if (before == nullptr) continue;
      action.runs_on = before->runs_on;
      action.required_approvals = before->required_approvals;
      keep_timeout(action, *before);
    }
  }
}

Json declaration_json(const Ground& ground, const PipelineDeclaration& declaration, bool whole) {
  Json json = Json::parse(to_json(declaration, JsonForm::kShown));
  if (whole) return json;
  if (!json.contains("roleArn"))
    json["roleArn"] = "arn:aws:iam::" + ground.parts.realm.account + ":role/sluice";
  drop(json, {"finishOnOwnVersion", "supersedeWaitingApproval", "maxExecutions",
              "maxParallelActions", "baseDirectory"});
  for (Json& stage : json["stages"]) {
    for (Json& action : stage["actions"]) drop(action, {"timeout", "runsOn", "requiredApprovals"});
    for (const char* hook : {"beforeEntry", "onSuccess", "onFailure"}) make_the_clouds(stage, hook);
    if (stage.contains("onFailure") && stage["onFailure"].contains("retryConfiguration"))
      drop(stage["onFailure"]["retryConfiguration"], {"maxRetries"});
  }
  return json;
}

}  // namespace sluice::api
