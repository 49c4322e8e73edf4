#include <vector>

#include "tests/definition/rule_cases.hpp"

namespace sluice::test {
namespace {

const std::string kVariables = "name: p\nvariables: {ENV: staging}\n";

std::string build(const std::string& rest) {
  return build_stage("  - {name: B, uses: build/buildspec, inputArtifacts: [app]" + rest + "}\n");
}

std::string git(const std::string& configuration) {
  return "name: p\nstages:\n- name: S\n  actions: [{name: G, uses: source/git, outputArtifacts: "
         "[app], "
         "configuration: " +
         configuration +
         "}]\n- name: B\n  actions: [{name: D, uses: "
         "deploy/appspec, inputArtifacts: [app]}]\n";
}

std::string typed(const std::string& type) {
  return build_stage("  - {name: B, inputArtifacts: [app], " + type + "}\n");
}

std::string approval(const std::string& configuration) {
  return build_stage("  - {name: A, uses: approval/manual, configuration: " + configuration +
                     "}\n");
}

}  // namespace

std::span<const RuleCase> action_cases() {
  static const std::vector<RuleCase> kCases = {
      {"10", "a slip in `uses`", "unknown-action-type", typed("uses: >>build/buildpsec"),
       "did you mean `build/buildspec`?"},
      {"10", "nothing like it", "unknown-action-type", typed("uses: >>cloud/thing"),
       "known here: approval/manual"},
      {"10", "a version that is not there", "unknown-action-type",
       typed("uses: >>build/buildspec@3"), "it has 1, 2"},
      {"10", "a stage rule as an action", "unknown-action-type", typed("uses: >>rule/commands"),
       "no plugin provides `rule/commands`"},
      {"10", "a slip in the four fields", "unknown-action-type",
       typed("actionTypeId: >>{category: Build, owner: Sluice, provider: Buildspek, version: 1}"),
       "near are Build/Sluice/Buildspec@"},
      {"10", "a cloud provider with an equivalent", "unknown-action-type",
       typed("actionTypeId: >>{category: Build, owner: AWS, provider: CodeBuild, version: \"1\"}"),
       "here `uses: build/buildspec` does its work"},
      {"11", "too few inputs", "artifact-count",
       build_stage("  - >>{name: D, uses: deploy/appspec}\n"),
       "Action D declares 0 input artifacts which is less than the minimum count (1)"},
      {"11", "too many outputs", "artifact-count",
       build_stage(
           "  - {name: D, uses: deploy/appspec, inputArtifacts: [app], outputArtifacts: >>[x]}\n"),
       "Action D declares 1 output artifacts which is more than the maximum count (0)"},
      {"15", "a missing key", "missing-configuration", git(">>{branch: main}"),
       "`repository`: Path or URL."},
      {"15", "no configuration at all", "missing-configuration",
       "name: p\nstages:\n- name: S\n  actions: [>>{name: G, uses: source/git, outputArtifacts: "
       "[app]}]\n- name: B\n  actions: [{name: D, uses: deploy/appspec, inputArtifacts: [app]}]\n",
       "source/git needs the configuration key `repository`"},
      {"15", "an unknown key", "unknown-configuration", git("{repository: ., >>branhc: main}"),
       "did you mean `branch`?"},
      {"15", "a key of a type without settings", "unknown-configuration",
       build_stage(
           "  - {name: C, uses: compute/commands, commands: [a], configuration: {>>x: 1}}\n"),
       "takes no configuration"},
      {"15", "a number that is none", "bad-configuration", git("{repository: ., depth: >>deep}"),
       "a whole number, not `deep`"},
      {"15", "a number out of range", "bad-configuration", git("{repository: ., depth: >>101}"),
       "at most 100"},
      {"15", "a boolean that is none", "bad-configuration", git("{repository: ., submodules: >>1}"),
       "true or false, not `1`"},
      {"15", "a word not in the list", "bad-configuration",
       build(", configuration: {logLevel: >>loud}"), "one of debug, info, not `loud`"},
      {"15", "a list for a map", "bad-configuration",
       build(", configuration: {environment: >>[a]}"), "a map"},
      {"15", "a text for a list", "bad-configuration", build(", configuration: {mounts: >>a}"),
       "a list"},
      {"15", "a key without value", "bad-configuration", git("{repository: ., >>branch: }"),
       "has no value"},
      {"15", "a key in two spellings", "conflicting-keys",
       git("{repository: ., branch: main, >>BranchName: main}"), "another spelling of `branch`"},
      {"1", "a value of 1001 characters", "bad-length",
       git("{repository: ., branch: >>" + std::string(1001, 'x') + "}"), "at most 1000"},
      {"16", "a path in an artifact that is no input", "artifact-path",
       build(", configuration: {template: >>\"ap::t.yml\"}"), "did you mean `app`?"},
      {"29", "commands on a build action", "compute-only", build(", commands: >>[make]"),
       "The following action cannot contain a commands field: B. To use the commands field, use a "
       "compute action"},
      {"29", "files on a build action's output", "compute-only",
       build(", outputArtifacts: [{name: bin, files: >>[\"*\"]}]"),
       "cannot contain a files field: B"},
      {"29", "outputVariables on a build action", "compute-only", build(", outputVariables: >>[A]"),
       "outputVariables field"},
      {"29", "environment of an approval", "compute-only",
       build_stage("  - {name: A, uses: approval/manual, environmentVariables: >>{X: y}}\n"),
       "environmentVariables field"},
      {"", "requiredApprovals of a build", "unknown-key", build(", requiredApprovals: >>2"),
       "belongs to approval actions"},
      {"30", "a command of two lines", "multi-line-command",
       build_stage("  - name: C\n    uses: compute/commands\n    commands:\n    - make\n    - >>|\n"
                   "      a\n      b\n"),
       "a single line"},
      {"", "a Commands action without commands", "missing-key",
       build_stage("  - >>{name: C, uses: compute/commands}\n"), "needs the key `commands`"},
      {"31", "a topic that is no ARN", "notification-arn", approval("{NotificationArn: >>topic}"),
       "is no ARN"},
      {"31", "an ARN of another service", "notification-arn",
       approval("{notificationArn: >>\"arn:aws:sqs:eu-west-1:123456789012:q\"}"),
       "is no SNS topic"},
      {"", "uses and actionTypeId", "conflicting-keys",
       typed(">>uses: build/buildspec, actionTypeId: {category: Build, owner: Sluice, provider: "
             "Buildspec, version: 1}"),
       "keep one of the two"},
      {"", "neither uses nor actionTypeId", "missing-key", build_stage("  - >>{name: B}\n"),
       "needs the key `uses`"},
      {"", "timeout and timeoutInMinutes", "conflicting-keys",
       build(", timeoutInMinutes: 5, >>timeout: 5m"), "say the same thing"},
  };
  return kCases;
}

std::span<const RuleCase> flow_cases() {
  static const auto kApprove = [](const std::string& text) {
    return build_stage(
        "  - {name: A, uses: approval/manual, configuration: {customData: >>\"" + text + "\"}}\n",
        kVariables);
  };
  static const auto kSpace = [](const std::string& name) {
    return build_stage(
        "  - {name: B, uses: build/buildspec, inputArtifacts: [app], namespace: >>" + name + "}\n",
        kVariables);
  };
  static const std::vector<RuleCase> kCases = {
      {"12", "an artifact made twice", "duplicate-artifact",
       build(", outputArtifacts: [bin, >>app]"), "made by action `Get` of stage `Source` already"},
      {"13", "an artifact that nobody makes", "unknown-artifact",
       build_stage("  - {name: D, uses: deploy/appspec, inputArtifacts: [>>apq]}\n"),
       "did you mean `app`?"},
      {"13", "an artifact of the same group", "late-artifact",
       build_stage(
           "  - {name: B, uses: build/buildspec, inputArtifacts: [app], outputArtifacts: [bin]}\n"
           "  - {name: D, uses: deploy/appspec, inputArtifacts: [>>bin]}\n"),
       "runs at the same time (runOrder 1); give this action a higher runOrder than `B`"},
      {"13", "an artifact of a later group", "late-artifact",
       build_stage("  - {name: B, runOrder: 2, uses: build/buildspec, inputArtifacts: [app], "
                   "outputArtifacts: [bin]}\n  - {name: D, uses: deploy/appspec, inputArtifacts: "
                   "[>>bin]}\n"),
       "runs later (runOrder 2)"},
      {"13", "an artifact of a later stage, in {name} form", "late-artifact",
       build_stage(
           "  - {name: D, uses: deploy/appspec, inputArtifacts: [>>{name: bin}]}\n"
           "- {name: Later, actions: [{name: B, uses: build/buildspec, inputArtifacts: [app], "
           "outputArtifacts: [bin]}]}\n"),
       "a later stage"},
      {"13", "its own output", "late-artifact",
       build_stage("  - {name: B, uses: build/buildspec, inputArtifacts: [>>bin], outputArtifacts: "
                   "[bin]}\n"),
       "this action itself"},
      {"17", "a namespace used twice", "namespace", kSpace("src"), "belongs to action `Get`"},
      {"17", "an artifact's name", "namespace", kSpace("app"), "the name of an artifact"},
      {"17", "the reserved namespace", "namespace", kSpace("codepipeline"), "is reserved"},
      {"17", "variables beside pipeline variables", "namespace", kSpace("variables"),
       "reserved for the pipeline's variables"},
      {"18", "a variable declared twice", "duplicate-variable",
       build_stage("  - {name: D, uses: deploy/appspec, inputArtifacts: [app]}\n",
                   "name: p\nvariables: [{name: A}, {name: >>A}]\n"),
       "Variable names must be unique. The following variable name is already in use: A"},
      {"19", "an undeclared variable", "unknown-variable", kApprove("#{variables.ENVI}"),
       "The referenced variables haven't been declared."},
      {"20", "a pipeline variable in a source action", "variable-in-source",
       "name: p\nvariables: {ENV: staging}\nstages:\n- name: S\n  actions: [{name: G, uses: "
       "source/git, "
       "outputArtifacts: [app], configuration: {repository: >>\"#{variables.ENV}\"}}]\n- name: B\n "
       " "
       "actions: [{name: D, uses: deploy/appspec, inputArtifacts: [app]}]\n",
       "cannot be used in source actions. StageName=[S], ActionName=[G], "
       "ActionConfigurationKey=[repository], VariableReferenceText=[#{variables.ENV}]"},
      {"21", "an unknown namespace", "unknown-namespace", kApprove("#{srcs.CommitId}"),
       "did you mean `src`?"},
      {"21", "a reference without a period", "unknown-namespace", kApprove("#{CommitId}"),
       "Valid format for a pipeline execution variable reference is a namespace and a key"},
      {"21", "a key of codepipeline that does not exist", "unknown-namespace",
       kApprove("#{codepipeline.PipelineName}"), "PipelineExecutionId alone"},
      {"21", "an unknown namespace in a command", "unknown-namespace",
       build_stage("  - {name: C, uses: compute/commands, commands: [>>\"echo #{a.b}\"]}\n"),
       "does not exist: `#{a.b}`"},
      {"21", "an unknown namespace in the environment", "unknown-namespace",
       build_stage("  - {name: C, uses: compute/commands, commands: [a], environmentVariables: {X: "
                   ">>\"#{a.b}\"}}\n"),
       "does not exist: `#{a.b}`"},
      {"21", "an unknown namespace deep in a setting", "unknown-namespace",
       build(", configuration: {environment: {X: [>>\"#{a.b}\"]}}"), "does not exist: `#{a.b}`"},
      {"22", "a namespace of the same group", "late-namespace",
       build_stage(
           "  - {name: B, uses: build/buildspec, inputArtifacts: [app], namespace: b}\n"
           "  - {name: A, uses: approval/manual, configuration: {customData: >>\"#{b.x}\"}}\n"),
       "runs at the same time"},
      {"22", "two actions that need each other's variables", "circle",
       build_stage(
           "  - {name: A, uses: compute/commands, namespace: a, commands: [>>\"echo #{b.x}\"]}\n"
           "  - {name: B, uses: compute/commands, namespace: b, commands: [\"echo #{a.x}\"]}\n"),
       "`A` -> `B` -> `A` of stage `Build`; take one of these"},
      {"13", "two actions that need each other's artifacts, one of them in time", "circle",
       build_stage("  - {name: A, uses: build/buildspec, inputArtifacts: [app, >>b], "
                   "outputArtifacts: [a]}\n"
                   "  - {name: B, uses: build/buildspec, runOrder: 2, inputArtifacts: [a], "
                   "outputArtifacts: [b]}\n"),
       "`A` -> `B` -> `A` of stage `Build`"},
      {"13", "three actions in a circle of artifacts and variables, over two stages", "circle",
       build_stage(
           "  - {name: A, uses: build/buildspec, inputArtifacts: [app, >>b], outputArtifacts: "
           "[a]}\n"
           "  - {name: C, uses: compute/commands, namespace: c, inputArtifacts: [a], commands: "
           "[x]}\n"
           "- name: Later\n  actions:\n"
           "  - {name: B, uses: build/buildspec, inputArtifacts: [app], outputArtifacts: [b], "
           "configuration: {buildspec: \"#{c.x}\"}}\n"),
       "`Build.A` -> `Later.B` -> `Build.C` -> `Build.A`; take"},
      {"13", "two circles, and an action outside that needs one of them", "circle",
       build_stage("  - {name: A, uses: compute/commands, namespace: a, commands: [>>\"#{b.x}\"]}\n"
                   "  - {name: B, uses: compute/commands, namespace: b, commands: [\"#{a.x}\"]}\n"
                   "  - {name: O, runOrder: 2, uses: compute/commands, commands: [\"#{a.x}\"]}\n"
                   "  - {name: C, uses: compute/commands, namespace: c, commands: [>>\"#{d.x}\"]}\n"
                   "  - {name: D, uses: compute/commands, namespace: d, commands: [\"#{c.x}\"]}\n"),
       "`A` -> `B` -> `A`"},
      {"22", "its own namespace", "late-namespace",
       build_stage(
           "  - {name: A, uses: compute/commands, namespace: a, commands: [>>\"echo #{a.x}\"]}\n"),
       "this action itself"},
      {"", "an output that the type does not list", "unknown-output", kApprove("#{src.CommitID}"),
       "did you mean `CommitId`?"},
  };
  return kCases;
}

}  // namespace sluice::test
