#include <vector>

#include "tests/definition/rule_cases.hpp"

namespace sluice::test {
namespace {

constexpr const char* kSource = R"(stages:
- name: Source
  actions:
  - {name: Get, uses: source/git, configuration: {repository: .}, outputArtifacts: [app], namespace: src}
)";
constexpr const char* kDeploy = "{name: Go, uses: deploy/appspec, inputArtifacts: [app]}";

std::string deploy(const std::string& before, const std::string& after = "") {
  return build_stage("  - {name: Go, " + before + "uses: deploy/appspec, inputArtifacts: [app]" +
                     after + "}\n");
}

}  // namespace

std::string pipeline(const std::string& rest, const std::string& head) {
  return head + kSource + rest;
}

std::string build_stage(const std::string& actions, const std::string& head) {
  return pipeline("- name: Build\n  actions:\n" + actions, head);
}

std::span<const RuleCase> structure_cases() {
  static const std::string kGo = std::string("  - ") + kDeploy + "\n";
  static const std::vector<RuleCase> kCases = {
      {"2", "artifactStore and artifactStores", "artifact-store",
       build_stage(kGo,
                   "name: p\nartifactStore: {type: S3, location: bucket}\n"
                   "artifactStores:\n  >>eu-west-1: {type: S3, location: bucket}\n"),
       "exclude each other"},
      {"3", "one stage", "stage-count",
       "name: p\nstages:\n>>- name: S\n  actions: [{name: G, uses: source/git, configuration: "
       "{repository: .}, outputArtifacts: [app]}]\n",
       "it needs 2 to 50"},
      {"3", "no stage at all", "stage-count", "name: p\nstages: >>[]\n", "has 0 stages"},
      {"4", "two stages of one name", "duplicate-stage",
       pipeline("- name: Build\n  actions: [" + std::string(kDeploy) +
                "]\n- name: >>Build\n  actions: [" + kDeploy + "]\n"),
       "is used in line 6 already"},
      {"5", "a stage without actions", "empty-stage", pipeline("- >>name: Build\n  actions: []\n"),
       "has no action"},
      {"6", "no source action in the first stage", "source-stage",
       "name: p\nstages:\n- name: A\n  actions: >>[{name: X, uses: compute/commands, commands: "
       "[a]}]\n"
       "- name: B\n  actions: [{name: Y, uses: compute/commands, commands: [a]}]\n",
       "has no Source action"},
      {"6", "another action beside the source", "source-stage",
       "name: p\nstages:\n- name: A\n  actions:\n"
       "  - {name: G, uses: source/git, configuration: {repository: .}, outputArtifacts: [app]}\n"
       "  - {name: X, uses: >>compute/commands, commands: [a]}\n"
       "- {name: B, actions: [{name: Y, uses: compute/commands, commands: [a]}]}\n",
       "move it to a later stage"},
      {"7", "a source action in a later stage", "late-source",
       build_stage("  - {name: G, uses: >>source/git, configuration: {repository: .}, "
                   "outputArtifacts: [b]}\n"),
       "move it to the first stage"},
      {"9", "two actions of one name", "duplicate-action",
       build_stage(kGo + "  - {name: >>Go, uses: deploy/appspec, inputArtifacts: [app]}\n"),
       "of the same stage"},
      {"14", "runOrder 0", "bad-number", deploy("runOrder: >>0, "), "1 to 999"},
      {"14", "runOrder 1000", "bad-number", deploy("runOrder: >>1000, "), "1 to 999"},
      {"14", "runOrder 1.5", "bad-number", deploy("runOrder: >>1.5, "), "whole number"},
      {"14", "runOrder in words", "bad-number", deploy("runOrder: >>first, "), "`first`"},
      {"23", "a source action elsewhere", "cross-region",
       "name: p\nstages:\n- name: A\n  actions:\n"
       "  - {name: G, uses: source/git, region: eu-west-1, configuration: {repository: .}, "
       "outputArtifacts: [a]}\n"
       "  - {name: H, uses: source/git, region: >>us-east-1, configuration: {repository: .}, "
       "outputArtifacts: [b]}\n"
       "- {name: B, actions: [{name: Y, uses: compute/commands, commands: [a]}]}\n",
       "own region, eu-west-1"},
      {"23", "a region without a store", "cross-region",
       build_stage(
           "  - {name: Go, region: >>us-east-1, uses: deploy/appspec, inputArtifacts: [app]}\n",
           "name: p\nartifactStores: {eu-west-1: {type: S3, location: bucket}}\n"),
       "no artifact store"},
      {"24", "QUEUED in a V1 pipeline", "needs-v2",
       build_stage(kGo, "name: p\npipelineType: V1\nexecutionMode: >>QUEUED\n"),
       "pipelineType: V2"},
      {"24", "variables in a V1 pipeline", "needs-v2",
       build_stage(kGo, "name: p\npipelineType: V1\nvariables: >>[{name: A}]\n"),
       "Pipeline variable can only be used with V2 pipelines"},
      {"24", "a compute action in a V1 pipeline", "needs-v2",
       build_stage("  - >>{name: C, uses: compute/commands, commands: [a]}\n",
                   "name: p\npipelineType: V1\n"),
       "compute action C"},
  };
  return kCases;
}

std::span<const RuleCase> condition_cases() {
  static const auto kStage = [](const std::string& hooks, const std::string& head = "name: p\n") {
    return pipeline("- name: Build\n" + hooks + "  actions:\n  - " + kDeploy + "\n", head);
  };
  static const std::string kCheck =
      "{name: r, uses: rule/variable-check, configuration: {Variable: \"#{src.CommitId}\", Value: "
      "a, "
      "Operator: EQ}}";
  static const auto kOne = [](const std::string& result, const std::string& rule) {
    return "{conditions: [{result: " + result + ", rules: [" + rule + "]}]}\n";
  };
  static const std::vector<RuleCase> kCases = {
      {"25", "ROLLBACK in a PARALLEL pipeline", "rollback-in-parallel",
       kStage("  onFailure: {result: >>ROLLBACK}\n", "name: p\nexecutionMode: PARALLEL\n"),
       "cannot roll back"},
      {"25", "onSuccess ROLLBACK in a PARALLEL pipeline", "rollback-in-parallel",
       kStage("  onSuccess: " + kOne(">>ROLLBACK", kCheck), "name: p\nexecutionMode: PARALLEL\n"),
       "cannot roll back"},
      {"26", "SKIP after success", "skip", kStage("  onSuccess: " + kOne(">>SKIP", kCheck)),
       "`beforeEntry` only"},
      {"26", "SKIP decided by a Commands rule", "skip",
       kStage("  beforeEntry: " +
              kOne("SKIP", ">>{name: r, uses: rule/commands, commands: [make check]}")),
       "VariableCheck or LambdaInvoke"},
      {"27", "RETRY before entry", "condition-result",
       kStage("  beforeEntry: " + kOne(">>RETRY", kCheck)), "FAIL or SKIP"},
      {"27", "RETRY after success", "condition-result",
       kStage("  onSuccess: " + kOne(">>RETRY", kCheck)), "ROLLBACK or FAIL"},
      {"27", "RETRY in a failure condition", "condition-result",
       kStage("  onFailure: " + kOne(">>RETRY", kCheck)), "`result: ROLLBACK`"},
      {"27", "a condition without a result", "condition-result",
       kStage("  beforeEntry: {conditions: [>>{rules: [" + kCheck + "]}]}\n"), "FAIL or SKIP"},
      {"27", "onFailure that says nothing", "condition-result", kStage("  onFailure: >>{}\n"),
       "needs `result: ROLLBACK`"},
      {"27", "retryConfiguration without RETRY", "condition-result",
       kStage("  onFailure: {result: ROLLBACK, retryConfiguration: >>{retryMode: ALL_ACTIONS}}\n"),
       "needs `result: RETRY`"},
      {"27", "FAIL as the result of a failure", "bad-choice",
       kStage("  onFailure: {result: >>FAIL}\n"), "ROLLBACK, RETRY"},
      {"27", "rollback of the source stage", "condition-result",
       "name: p\nstages:\n- name: S\n  onFailure: {result: >>ROLLBACK}\n  actions: [{name: G, "
       "uses: "
       "source/git, configuration: {repository: .}, outputArtifacts: [app]}]\n"
       "- name: B\n  actions: [" +
           std::string(kDeploy) + "]\n",
       "source stage"},
      {"28", "RETRY with conditions", "retry-with-conditions",
       kStage("  onFailure: {result: RETRY, conditions: >>[{result: ROLLBACK, rules: [" + kCheck +
              "]}]}\n"),
       "exclude each other"},
      {"1", "two conditions", "bad-count",
       kStage("  onSuccess: {conditions: >>[{result: FAIL, rules: [" + kCheck +
              "]}, {result: FAIL, "
              "rules: [" +
              kCheck + "]}]}\n"),
       "exactly 1"},
      {"10", "an unknown rule", "unknown-action-type",
       kStage("  beforeEntry: " + kOne("FAIL", "{name: r, uses: >>rule/variabel-check}")),
       "did you mean `rule/variable-check`"},
      {"10", "an unknown rule by its four fields", "unknown-action-type",
       kStage("  beforeEntry: " +
              kOne("FAIL", "{name: r, ruleTypeId: >>{category: Rule, provider: VariableChek}}")),
       "Rule/Sluice/VariableCheck@1"},
      {"15", "a rule without its setting", "missing-configuration",
       kStage("  beforeEntry: " + kOne("FAIL",
                                       "{name: r, uses: rule/deployment-window, "
                                       "configuration: >>{TimeZone: UTC}}")),
       "`Cron`"},
      {"15", "a window that is no cron expression", "bad-configuration",
       kStage("  beforeEntry: " + kOne("FAIL",
                                       "{name: r, uses: rule/deployment-window, "
                                       "configuration: {Cron: >>'* * 25 ? * MON'}}")),
       "`Cron`: at character 5: hours: '25' is not allowed; it takes 0-23"},
      {"15", "a window in a zone that is none", "bad-configuration",
       kStage("  onSuccess: " + kOne("FAIL",
                                     "{name: r, uses: rule/deployment-window, configuration: "
                                     "{Cron: '* * 9-16 ? * MON-FRI', TimeZone: >>Mars/Base}}")),
       "'Mars/Base' is no time zone"},
      {"15", "a rule with a setting that it does not have", "unknown-configuration",
       kStage("  beforeEntry: " + kOne("FAIL",
                                       "{name: r, uses: rule/variable-check, configuration: "
                                       "{Variable: a, Value: a, Operator: EQ, >>Valeu: b}}")),
       "Valeu"},
      {"15", "a comparison that does not exist", "bad-configuration",
       kStage("  beforeEntry: " + kOne("FAIL",
                                       "{name: r, uses: rule/variable-check, configuration: "
                                       "{Variable: a, Value: a, Operator: >>LIKE}}")),
       "EQ, NE, CONTAINS, MATCHES"},
      {"29", "commands on another rule", "compute-only",
       kStage("  beforeEntry: " +
              kOne("FAIL",
                   "{name: r, uses: rule/exec, configuration: {FunctionName: f}, "
                   "commands: >>[ls]}")),
       "use a Commands rule"},
      {"13", "a rule reads an artifact made in its own stage", "late-artifact",
       pipeline(
           "- name: Build\n  beforeEntry: " +
           kOne("FAIL", "{name: r, uses: rule/commands, commands: [ls], inputArtifacts: [>>bin]}") +
           "  actions:\n  - {name: B, uses: build/buildspec, inputArtifacts: [app], "
           "outputArtifacts: [bin]}\n"),
       "runs after this condition"},
  };
  return kCases;
}

std::span<const RuleCase> trigger_cases() {
  static const std::string kGo = std::string("  - ") + kDeploy + "\n";
  static const auto kTrigger = [](const std::string& git) {
    return build_stage(kGo, "name: p\ntriggers:\n- gitConfiguration: " + git + "\n");
  };
  static const auto kOwn = [](const std::string& trigger) {
    return build_stage(kGo, "name: p\ntriggers:\n- " + trigger + "\n");
  };
  static const std::vector<RuleCase> kCases = {
      {"33", "an unknown source action", "trigger", kTrigger("{sourceActionName: >>Gte}"),
       "did you mean `Get`"},
      {"33", "two triggers of one action", "trigger",
       build_stage(kGo,
                   "name: p\ntriggers:\n- gitConfiguration: {sourceActionName: Get}\n"
                   "- gitConfiguration: {sourceActionName: >>Get}\n"),
       "has a trigger already"},
      {"33", "tags with branches", "trigger",
       kTrigger("{sourceActionName: Get, push: [>>{tags: {includes: [v*]}, branches: {includes: "
                "[m]}}]}"),
       "Make sure to choose valid filter combinations"},
      {"33", "files without branches", "trigger",
       kTrigger("{sourceActionName: Get, push: [>>{filePaths: {includes: [src/**]}}]}"),
       "`branches` with `filePaths`"},
      {"33", "a pull request without branches", "trigger",
       kTrigger("{sourceActionName: Get, pullRequest: [>>{events: [OPEN]}]}"), "`branches`"},
      {"33", "a filter given twice", "trigger",
       kTrigger("{sourceActionName: Get, push: [{branches: {includes: [m]}}, >>{branches: "
                "{includes: [m]}}]}"),
       "given twice"},
      {"33", "criteria without patterns", "trigger",
       kTrigger("{sourceActionName: Get, push: [{branches: {includes: [m]}, >>filePaths: {}}]}"),
       "`includes` or `excludes`"},
      {"33", "an empty pattern list", "bad-count",
       kTrigger("{sourceActionName: Get, push: [{branches: {includes: [m], excludes: >>[]}}]}"),
       "1 to 8"},
      {"33", "an unknown event", "bad-choice",
       kTrigger("{sourceActionName: Get, pullRequest: [{events: [>>MERGED], branches: {includes: "
                "[m]}}]}"),
       "OPEN, UPDATED, CLOSED"},
      {"33", "a pattern that is none", "trigger",
       kTrigger("{sourceActionName: Get, push: [{branches: {includes: [main, >>'a[b']}}]}"),
       "`a[b` is no pattern: at character 2: a `[` is not closed"},
      {"", "a trigger that is nothing", "trigger", kOwn(">>{}"), "write a trigger for each"},
      {"", "two triggers in one", "trigger",
       kOwn(">>{schedule: rate(1 hour), pipeline: {name: other}}"), "write a trigger for each"},
      {"", "a schedule with a webhook", "trigger",
       kOwn(">>{schedule: rate(1 hour), webhook: {name: w, secretFile: s}}"),
       "write a trigger for each"},
      {"", "a schedule that is none", "trigger", kOwn("{schedule: >>rate(5 seconds)}"),
       "a rate is `rate(N UNIT)`"},
      {"", "a schedule of Quartz", "trigger", kOwn("{schedule: >>'cron(0 0 2 * * ? *)'}"),
       "a cron expression of 7 fields; it has 6"},
      {"", "a schedule in no zone", "trigger",
       kOwn("{schedule: >>'cron(0 2 * * ? *)', timeZone: Mars/Base}"), "is no time zone"},
      {"", "a zone without a schedule", "trigger",
       kOwn("{pipeline: {name: other}, timeZone: >>UTC}"), "belongs to `schedule`"},
      {"", "an interval without a repository", "trigger",
       kOwn("{pipeline: {name: other}, pollInterval: >>5m}"), "belongs to `gitConfiguration`"},
      {"", "a pipeline that starts itself", "trigger", kOwn("{pipeline: {name: >>p}}"),
       "never ends"},
      {"", "a state that executions do not have", "bad-choice",
       kOwn("{pipeline: {name: other, states: [>>DONE]}}"), "SUCCEEDED"},
      {"", "an event pattern that is none", "trigger", kOwn("{eventPattern: >>{source: my.app}}"),
       "this is no event pattern"},
      {"", "a webhook without a secret", "trigger", kOwn("{webhook: >>{name: w}}"),
       "`secretVariable` or `secretFile`"},
      {"", "a webhook with two secrets", "trigger",
       kOwn("{webhook: >>{name: w, secretFile: f, secretVariable: V}}"), "one of the two"},
      {"", "a webhook given twice", "trigger",
       kOwn("{webhook: {name: w, secretFile: f}}\n- {webhook: {name: >>w, secretFile: f}}"),
       "already"},
      {"", "a form of webhook that there is not", "bad-choice",
       kOwn("{webhook: {name: w, form: >>PLAIN, secretFile: f}}"),
       "known here: GITHUB, GITEA, HMAC"},
  };
  return kCases;
}

}  // namespace sluice::test
