#include <vector>

#include "tests/definition/rule_cases.hpp"

namespace sluice::test {
namespace {

std::string action(const std::string& rest, const std::string& head = "name: p\n") {
  return build_stage("  - {name: D, uses: deploy/appspec, inputArtifacts: [app]" + rest + "}\n",
                     head);
}

std::string commands(const std::string& rest) {
  return build_stage("  - {name: C, uses: compute/commands, commands: [a]" + rest + "}\n");
}

std::string list(int count, const std::string& item) {
  std::string text = "[" + item;
  for (int i = 1; i < count; ++i) text += ", " + item;
  return text + "]";
}

}  // namespace

std::span<const RuleCase> shape_cases() {
  static const std::vector<RuleCase> kCases = {
      {"", "an unknown key of the pipeline", "unknown-key", action("", "name: p\n>>stage: []\n"),
       "did you mean `stages`?"},
      {"", "an unknown key of an action", "unknown-key", action(", >>runorder: 1"),
       "did you mean `runOrder`?"},
      {"", "an unknown key far from all others", "unknown-key", action(", >>quux: 1"),
       "known here: "},
      {"", "an unknown key beside `pipeline`", "unknown-key",
       "pipeline:\n  name: p\n  stages:\n  - {name: S, actions: [{name: G, uses: source/git, "
       "configuration: {repository: .}, outputArtifacts: [app]}]}\n  - {name: B, actions: [{name: "
       "D, "
       "uses: deploy/appspec, inputArtifacts: [app]}]}\n>>metdata: {}\n",
       "did you mean `metadata`?"},
      {"1", "no name", "missing-key",
       ">>stages:\n- {name: S, actions: [{name: G, uses: source/git, configuration: {repository: "
       ".}, "
       "outputArtifacts: [app]}]}\n- {name: B, actions: [{name: D, uses: deploy/appspec, "
       "inputArtifacts: [app]}]}\n",
       "needs the key `name`"},
      {"1", "no stages", "missing-key", ">>name: p\n", "needs the key `stages`"},
      {"1", "a name of 101 characters", "bad-length",
       action("", "name: >>" + std::string(101, 'n') + "\n"), "101 characters; it takes 1 to 100"},
      {"1", "an empty name", "bad-length", action("", "name: >>\"\"\n"), "0 characters"},
      {"1", "a name with a space", "bad-format", action("", "name: >>my pipeline\n"),
       "use letters, digits and . @ - _"},
      {"1", "a namespace with a period", "bad-format", action(", namespace: >>a.b"),
       "use letters, digits and @ - _"},
      {"1", "an artifact name with a period", "bad-format",
       build_stage("  - {name: B, uses: build/buildspec, inputArtifacts: [app], outputArtifacts: "
                   "[>>a.b]}\n"),
       "use letters, digits and - _"},
      {"1", "a role that is no ARN", "bad-format", action("", "name: p\nroleArn: >>me\n"),
       "arn:aws:iam::ACCOUNT:role/NAME"},
      {"1", "a mode that does not exist", "bad-choice",
       action("", "name: p\nexecutionMode: >>QUEUD\n"), "did you mean `QUEUED`?"},
      {"1", "a list where text stands", "wrong-type", action("", "name: >>[p]\n"),
       "`name` takes text, not a list"},
      {"1", "a text where a list stands", "wrong-type",
       build_stage(
           "  - {name: D, uses: build/buildspec, inputArtifacts: [app], outputArtifacts: >>bin}\n"),
       "takes a list, not a single value"},
      {"1", "a list where the configuration stands", "wrong-type", action(", configuration: >>[a]"),
       "takes a map of settings, not a list"},
      {"1", "an action that is no map", "wrong-type", build_stage("  - >>Deploy\n"),
       "takes a map, not a single value"},
      {"1", "a key without value", "wrong-type", action(", >>namespace: "), "has no value"},
      {"1", "a timeout of 4 minutes", "bad-number", action(", timeoutInMinutes: >>4"),
       "5 to 86400"},
      {"1", "a duration without unit", "bad-format", action(", timeout: >>30"), "no duration"},
      {"1", "a duration of 61 days", "bad-format", action(", timeout: >>61d"), "at most 60d"},
      {"1", "51 commands", "bad-count",
       build_stage("  - {name: C, uses: compute/commands, commands: >>" + list(51, "a") + "}\n"),
       "has 51 entries; it takes 1 to 50"},
      {"1", "16 output variables", "bad-count", commands(", outputVariables: >>" + list(16, "A")),
       "1 to 15"},
      {"1", "an environment variable with a dash", "bad-format",
       commands(", environmentVariables: [{name: >>A-B, value: c}]"), "letters, digits and _"},
      {"1", "the same as a map", "bad-format", commands(", environmentVariables: {>>A-B: c}"),
       "letters, digits and _"},
      {"1", "an environment variable without value", "missing-key",
       commands(", environmentVariables: [>>{name: A}]"), "needs the key `value`"},
      {"1", "an artifact store of another type", "bad-choice",
       action("", "name: p\nartifactStore: {type: >>GCS, location: bucket}\n"), "known here: S3"},
      {"1", "a variable without a legal name", "bad-format",
       action("", "name: p\nvariables: [{name: >>a.b}]\n"), "letters, digits and @ - _"},
      {"1", "a default that is empty", "bad-length",
       action("", "name: p\nvariables: {A: >>\"\"}\n"), "1 to 1000"},
      {"1", "text for a boolean", "wrong-type", action("", "name: p\nfinishOnOwnVersion: >>yes\n"),
       "true or false"},
  };
  return kCases;
}

}  // namespace sluice::test
