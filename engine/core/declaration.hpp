// What a workflow file declares: CodePipeline's PipelineDeclaration (facts/codepipeline.md 1.1-1.4)
// as plain data. engine/definition makes one from a file and checks it; the core only reads it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sluice {

enum class ExecutionMode : std::uint8_t { kSuperseded, kQueued, kParallel };
enum class PipelineType : std::uint8_t { kV1, kV2 };
enum class Category : std::uint8_t {
  kSource = 1,
  kBuild,
  kTest,
  kDeploy,
  kInvoke,
  kApproval,
  kCompute,
  kRule
};
enum class ConditionResult : std::uint8_t { kNone, kRollback, kFail, kRetry, kSkip };
enum class RetryMode : std::uint8_t { kFailedActions, kAllActions };

struct ActionTypeId {
  Category category = Category::kBuild;
  std::string owner, provider, version;  // owner: Sluice, Custom, AWS, ThirdParty
  auto operator<=>(const ActionTypeId&) const = default;
};

struct OutputArtifactDeclaration {
  std::string name;
  std::vector<std::string> files;
  bool operator==(const OutputArtifactDeclaration&) const = default;
};

struct EnvironmentVariable {
  std::string name, value;
  bool secret = false;  // type SECRETS_MANAGER
  bool operator==(const EnvironmentVariable&) const = default;
};

struct ActionDeclaration {
  std::string name;
  ActionTypeId type;
  std::uint16_t run_order = 1;
  std::map<std::string, std::string> configuration;  // keys in the action type's own spelling
  std::vector<std::string> commands;
  std::vector<std::string> input_artifacts;
  std::vector<OutputArtifactDeclaration> output_artifacts;
  std::vector<std::string> output_variables;
  std::vector<EnvironmentVariable> environment_variables;
  std::string role_arn, region, name_space;
  std::int64_t timeout_ms = 0;           // 0: the action type's default
  std::vector<std::string> runs_on;      // worker labels
  std::vector<std::string> secret_keys;  // configuration keys whose values are masked everywhere
  bool idempotent = false;               // from the action type: may run again after a lost worker
  std::uint16_t required_approvals = 1;  // ours: different people who must approve
  bool operator==(const ActionDeclaration&) const = default;
};

struct RuleDeclaration {
  std::string name;
  ActionTypeId type;
  std::map<std::string, std::string> configuration;
  std::vector<std::string> commands, input_artifacts;
  std::string role_arn, region;
  std::int64_t timeout_ms = 0;
  std::vector<std::string> secret_keys;  // as an action's
  bool operator==(const RuleDeclaration&) const = default;
};

struct ConditionDeclaration {
  ConditionResult result = ConditionResult::kNone;
  std::vector<RuleDeclaration> rules;  // empty: no condition is declared
  bool operator==(const ConditionDeclaration&) const = default;
};

struct FailureDeclaration {
  ConditionResult result = ConditionResult::kNone;  // kRollback, kRetry or kNone
  RetryMode retry_mode = RetryMode::kFailedActions;
  std::uint16_t max_retries =
      1;  // an option of ours; CodePipeline's automatic retry is exactly one
  ConditionDeclaration condition;
  bool operator==(const FailureDeclaration&) const = default;
};

struct StageDeclaration {
  std::string name;
  std::vector<ActionDeclaration> actions;
  ConditionDeclaration before_entry, on_success;
  FailureDeclaration on_failure;
  bool operator==(const StageDeclaration&) const = default;
};

struct VariableDeclaration {
  std::string name, default_value, description;
  bool has_default = false;
  bool operator==(const VariableDeclaration&) const = default;
};

struct GlobFilter {
  std::vector<std::string> includes, excludes;
  bool operator==(const GlobFilter&) const = default;
};
struct GitFilter {
  std::vector<std::string> events;  // pull requests only
  GlobFilter tags, branches, file_paths;
  bool operator==(const GitFilter&) const = default;
};
struct WebhookDeclaration {
  std::string name, form;                    // form: GITHUB, GITEA or HMAC
  std::string secret_variable, secret_file;  // where the server finds the secret: one of the two
  bool operator==(const WebhookDeclaration&) const = default;
};
// One of: a git trigger (source_action), and what follows of ours: a schedule, another pipeline, an
// event pattern, or a webhook alone.
struct TriggerDeclaration {
  std::string provider_type, source_action;
  std::vector<GitFilter> push, pull_request;
  std::int64_t poll_interval_ms = 0;  // git; 0: the service's default
  std::string schedule, time_zone;
  std::string pipeline;                      // that starts this one
  std::vector<std::string> pipeline_states;  // in which; empty: SUCCEEDED
  std::string event_pattern;                 // JSON text
  WebhookDeclaration webhook;                // of a git trigger, or alone
  bool operator==(const TriggerDeclaration&) const = default;
};

struct PipelineDeclaration {
  std::string name;
  std::uint32_t version = 1;
  ExecutionMode mode = ExecutionMode::kSuperseded;
  PipelineType type = PipelineType::kV2;
  std::string role_arn;
  std::vector<VariableDeclaration> variables;
  std::vector<StageDeclaration> stages;
  std::vector<TriggerDeclaration> triggers;
  // Options of ours, off by default.
  bool finish_on_own_version = false;  // an update lets running executions finish
  bool supersede_waiting_approval =
      false;                         // a newer execution replaces one that waits at an approval
  std::uint32_t max_executions = 0;  // QUEUED and PARALLEL; 0: CodePipeline's 50
  std::uint32_t max_parallel_actions = 0;  // of a PARALLEL execution; 0: CodePipeline's 5
  std::string base_directory;  // where relative paths of actions start; "": the server's default
  bool operator==(const PipelineDeclaration&) const = default;
};

}  // namespace sluice
