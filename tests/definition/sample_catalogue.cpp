#include "tests/definition/sample_catalogue.hpp"

namespace sluice::test {
namespace {

ActionTypeDescription type(Category category, std::string provider, std::string uses,
                           std::string schema, std::uint32_t min_inputs, std::uint32_t max_inputs,
                           std::uint32_t min_outputs, std::uint32_t max_outputs) {
  ActionTypeDescription result;
  result.id = {category, "Sluice", std::move(provider), "1"};
  result.uses = std::move(uses);
  result.summary = "Does the work of " + result.uses + ".";
  result.configuration_schema = std::move(schema);
  result.min_inputs = min_inputs;
  result.max_inputs = max_inputs;
  result.min_outputs = min_outputs;
  result.max_outputs = max_outputs;
  return result;
}

std::vector<ActionTypeDescription> make() {
  std::vector<ActionTypeDescription> all;
  all.push_back(type(Category::kSource, "Git", "source/git",
                     R"({"type":"object","required":["repository"],"properties":{
      "repository":{"type":"string","description":"Path or URL.","x-aliases":["Repository"]},
      "branch":{"type":"string","default":"main","x-aliases":["BranchName"]},
      "depth":{"type":"integer","minimum":0,"maximum":100},
      "submodules":{"type":"boolean","default":"false"},
      "token":{"type":"string","x-secret":true}}})",
                     0, 0, 1, 1));
  all.back().output_variables = {"CommitId", "BranchName", "CommitMessage"};
  all.back().idempotent = true;
  all.push_back(type(Category::kBuild, "Buildspec", "build/buildspec",
                     R"({"type":"object","properties":{
      "buildspec":{"type":"string","default":"buildspec.yml"},
      "environment":{"type":"object"},
      "mounts":{"type":"array"},
      "logLevel":{"type":"string","enum":["debug","info"]},
      "template":{"type":"string","x-artifact-path":true}}})",
                     1, 5, 0, 5));
  all.push_back(all.back());
  all.back().id.version = "2";
  all.push_back(type(Category::kTest, "Buildspec", "test/buildspec", "", 1, 5, 0, 5));
  all.push_back(type(Category::kDeploy, "Appspec", "deploy/appspec",
                     R"({"type":"object","properties":{"target":{"type":"string"}}})", 1, 1, 0, 0));
  all.push_back(type(Category::kCompute, "Commands", "compute/commands",
                     R"({"type":"object","properties":{}})", 0, 10, 0, 1));
  all.push_back(type(Category::kApproval, "Manual", "approval/manual",
                     R"({"type":"object","properties":{
      "customData":{"type":"string","x-aliases":["CustomData"]},
      "notificationArn":{"type":"string","x-aliases":["NotificationArn"]}}})",
                     0, 0, 0, 0));
  all.push_back(type(Category::kInvoke, "Exec", "invoke/exec",
                     R"({"type":"object","additionalProperties":true,"required":["command"],
      "properties":{"command":{"type":"string"}}})",
                     0, 5, 0, 5));
  all.push_back(type(Category::kRule, "DeploymentWindow", "rule/deployment-window",
                     R"({"type":"object","required":["Cron"],"properties":{
      "Cron":{"type":"string"},"TimeZone":{"type":"string"}}})",
                     0, 5, 0, 0));
  all.push_back(type(Category::kRule, "CloudWatchAlarm", "rule/alarm",
                     R"({"type":"object","required":["AlarmName"],"properties":{
      "AlarmName":{"type":"string"},"AlarmStates":{"type":"string"},
      "WaitTime":{"type":"integer","default":"0"}}})",
                     0, 5, 0, 0));
  all.back().default_timeout_ms = 3'600'000;
  all.push_back(type(Category::kRule, "LambdaInvoke", "rule/exec",
                     R"({"type":"object","required":["FunctionName"],"properties":{
      "FunctionName":{"type":"string"},"UserParameters":{"type":"string"}}})",
                     0, 5, 0, 0));
  all.push_back(type(Category::kRule, "VariableCheck", "rule/variable-check",
                     R"({"type":"object","required":["Variable","Value","Operator"],"properties":{
      "Variable":{"type":"string"},"Value":{"type":"string"},
      "Operator":{"type":"string","enum":["EQ","NE","CONTAINS","MATCHES"]}}})",
                     0, 5, 0, 0));
  all.push_back(type(Category::kRule, "CodeBuild", "rule/buildspec",
                     R"({"type":"object","required":["ProjectName"],"properties":{
      "ProjectName":{"type":"string"},"PrimarySource":{"type":"string"}}})",
                     1, 5, 0, 0));
  all.push_back(type(Category::kRule, "Commands", "rule/commands",
                     R"({"type":"object","properties":{}})", 0, 5, 0, 0));
  all.push_back(type(Category::kBuild, "Compiler", "build/compiler", "", 0, 1, 0, 1));
  all.back().id.owner = "Custom";
  return all;
}

}  // namespace

const std::vector<ActionTypeDescription>& sample_catalogue() {
  static const auto kCatalogue = make();
  return kCatalogue;
}

ParsedWorkflow parse(const std::string& text, const std::string& file) {
  return parse_workflow(text, file, sample_catalogue());
}

std::vector<std::string> places(const ParsedWorkflow& parsed) {
  std::vector<std::string> found;
  for (const auto& d : parsed.diagnostics) {
    found.push_back(std::to_string(d.line) + ":" + std::to_string(d.column) + " " + d.code);
  }
  return found;
}

std::string report(const ParsedWorkflow& parsed) {
  std::string text;
  for (const auto& diagnostic : parsed.diagnostics) text += diagnostic.text() + "\n";
  return text;
}

}  // namespace sluice::test
