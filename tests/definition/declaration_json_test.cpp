// Declarations as JSON: what GetPipeline returns, and a store that loses nothing.
#include "engine/definition/declaration_json.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/definition/sample_catalogue.hpp"

namespace sluice::test {
namespace {

// An export of the cloud service: every field that it writes, wrapped, with metadata beside it.
constexpr const char* kExported = R"({
    "pipeline": {
        "name": "exported",
        "roleArn": "arn:aws:iam::123456789012:role/service-role/pipeline",
        "artifactStore": {"type": "S3", "location": "bucket-1",
            "encryptionKey": {"id": "arn:aws:kms:eu-west-1:123456789012:key/1", "type": "KMS"}},
        "stages": [
            {"name": "Source", "actions": [
                {"name": "Source", "actionTypeId": {"category": "Source", "owner": "Sluice",
                        "provider": "Git", "version": "1"},
                    "runOrder": 1, "configuration": {"BranchName": "main", "Repository": "r",
                        "token": "\ud83d\ude80 secret"},
                    "outputArtifacts": [{"name": "SourceArtifact"}], "inputArtifacts": [],
                    "region": "eu-west-1", "namespace": "SourceVariables"}]},
            {"name": "Build", "actions": [
                {"name": "Approve", "actionTypeId": {"category": "Approval", "owner": "AWS",
                        "provider": "Manual", "version": "1"},
                    "runOrder": 1, "configuration": {"CustomData": "#{SourceVariables.CommitId}"},
                    "outputArtifacts": [], "inputArtifacts": [], "region": "eu-west-1",
                    "timeoutInMinutes": 60}]}],
        "version": 7, "executionMode": "SUPERSEDED", "pipelineType": "V1"},
    "metadata": {"pipelineArn": "arn:aws:codepipeline:eu-west-1:123456789012:exported",
        "created": "2024-01-01T00:00:00+00:00"}
})";

TEST_CASE("a declaration exported from the cloud service loads") {
  const auto parsed = parse(kExported, "exported.json");
  INFO(report(parsed));
  REQUIRE(parsed.declaration);
  const auto& pipeline = *parsed.declaration;
  CHECK(pipeline.version == 7);
  CHECK(pipeline.type == PipelineType::kV1);
  const auto& source = pipeline.stages[0].actions[0];
  CHECK(source.configuration == std::map<std::string, std::string>{{"branch", "main"},
                                                                   {"repository", "r"},
                                                                   {"token", "🚀 secret"}});
  const auto& approve = pipeline.stages[1].actions[0];
  CHECK(approve.type == ActionTypeId{Category::kApproval, "Sluice", "Manual", "1"});
  CHECK(approve.timeout_ms == 3'600'000);
}

TEST_CASE("JSON for people has the defaults of GetPipeline and masks secrets") {
  const auto parsed = parse(kExported, "exported.json");
  REQUIRE(parsed.declaration);
  const auto shown = to_json(*parsed.declaration, JsonForm::kShown);
  CHECK(
      shown ==
      R"({"name":"exported","roleArn":"arn:aws:iam::123456789012:role/service-role/pipeline",)"
      R"("stages":[{"name":"Source","actions":[{"name":"Source","actionTypeId":{"category":)"
      R"("Source","owner":"Sluice","provider":"Git","version":"1"},"runOrder":1,"configuration":)"
      R"({"branch":"main","repository":"r","token":"****"},"outputArtifacts":[{"name":)"
      R"("SourceArtifact"}],"inputArtifacts":[],"region":"eu-west-1","namespace":)"
      R"("SourceVariables"}]},{"name":"Build","actions":[{"name":"Approve","actionTypeId":)"
      R"({"category":"Approval","owner":"Sluice","provider":"Manual","version":"1"},"runOrder":1,)"
      R"("configuration":{"customData":"#{SourceVariables.CommitId}"},"outputArtifacts":[],)"
      R"("inputArtifacts":[],"region":"eu-west-1","timeoutInMinutes":60}]}],"version":7,)"
      R"("executionMode":"SUPERSEDED","pipelineType":"V1"})");
  const auto again = parse(shown, "shown.json");
  INFO(report(again));
  REQUIRE(again.declaration);
  CHECK(to_json(*again.declaration, JsonForm::kShown) == shown);
}

TEST_CASE("JSON for people masks the secrets of rules, and exact JSON keeps them") {
  PipelineDeclaration pipeline;
  pipeline.name = "shop";
  StageDeclaration& stage = pipeline.stages.emplace_back();
  stage.name = "Deploy";
  RuleDeclaration& rule = stage.on_success.rules.emplace_back();
  rule.name = "Look";
  rule.configuration = {{"key", "hush"}, {"url", "open"}};
  rule.secret_keys = {"key"};
  const std::string shown = to_json(pipeline, JsonForm::kShown);
  CHECK(shown.find("hush") == std::string::npos);
  CHECK(shown.find("open") != std::string::npos);
  CHECK(to_json(pipeline, JsonForm::kExact).find("hush") != std::string::npos);
}

// A declaration in which every field that a coin chooses has a value of its own.
class RandomDeclaration {
 public:
  explicit RandomDeclaration(std::uint32_t seed) : random_(seed) {}

  PipelineDeclaration pipeline() {
    PipelineDeclaration p;
    p.name = text();
    p.version = number(1000);
    p.mode = static_cast<ExecutionMode>(number(3));
    p.type = static_cast<PipelineType>(number(2));
    p.role_arn = maybe();
    repeat([&] { p.variables.push_back(variable()); });
    repeat([&] { p.stages.push_back(stage()); });
    repeat([&] {
      p.triggers.push_back({maybe(),
                            maybe(),
                            filters(),
                            filters(),
                            timeout(),
                            maybe(),
                            maybe(),
                            maybe(),
                            texts(),
                            maybe(),
                            {maybe(), maybe(), maybe(), maybe()}});
    });
    p.finish_on_own_version = coin();
    p.supersede_waiting_approval = coin();
    p.max_executions = number(3);
    p.max_parallel_actions = number(3);
    return p;
  }

 private:
  std::uint32_t number(std::uint32_t below) {
    return static_cast<std::uint32_t>(random_() % below);
  }
  bool coin() { return number(2) == 1; }
  std::string text() { return "t" + std::to_string(number(1000)) + (coin() ? "\"ü\n" : ""); }
  std::string maybe() { return coin() ? text() : ""; }
  std::vector<std::string> texts() {
    std::vector<std::string> list;
    repeat([&] { list.push_back(text()); });
    return list;
  }
  template <class Do>
  void repeat(Do act) {
    for (auto i = number(3); i > 0; --i) act();
  }
  std::int64_t timeout() {
    constexpr std::int64_t kTimeouts[] = {0, 1, 1500, 1000, 60'000, 300'000, 3'600'000};
    return kTimeouts[number(std::size(kTimeouts))];
  }
  ActionTypeId type() { return {static_cast<Category>(1 + number(8)), text(), text(), text()}; }
  std::map<std::string, std::string> settings() {
    std::map<std::string, std::string> map;
    repeat([&] { map[text()] = maybe(); });
    return map;
  }
  VariableDeclaration variable() {
    const bool has_default = coin();
    return {text(), has_default ? maybe() : "", maybe(), has_default};
  }
  ActionDeclaration action() {
    ActionDeclaration a;
    a.name = text();
    a.type = type();
    a.run_order = static_cast<std::uint16_t>(1 + number(999));
    a.configuration = settings();
    a.commands = texts();
    a.input_artifacts = texts();
    repeat([&] { a.output_artifacts.push_back({text(), texts()}); });
    a.output_variables = texts();
    repeat([&] { a.environment_variables.push_back({text(), maybe(), coin()}); });
    a.role_arn = maybe();
    a.region = maybe();
    a.name_space = maybe();
    a.timeout_ms = timeout();
    a.runs_on = texts();
    a.secret_keys = texts();
    a.idempotent = coin();
    a.required_approvals = static_cast<std::uint16_t>(1 + number(3));
    return a;
  }
  ConditionDeclaration condition() {
    ConditionDeclaration c;
    c.result = static_cast<ConditionResult>(number(5));
    repeat([&] {
      c.rules.push_back(
          {text(), type(), settings(), texts(), texts(), maybe(), maybe(), timeout(), texts()});
    });
    return c;
  }
  StageDeclaration stage() {
    StageDeclaration s;
    s.name = text();
    repeat([&] { s.actions.push_back(action()); });
    s.before_entry = condition();
    s.on_success = condition();
    s.on_failure = {static_cast<ConditionResult>(number(5)), static_cast<RetryMode>(number(2)),
                    static_cast<std::uint16_t>(1 + number(3)), condition()};
    return s;
  }
  std::vector<GitFilter> filters() {
    std::vector<GitFilter> list;
    const auto patterns = [&] { return GlobFilter{texts(), texts()}; };
    repeat([&] { list.push_back({texts(), patterns(), patterns(), patterns()}); });
    return list;
  }

  std::mt19937 random_;
};

TEST_CASE("exact JSON loses nothing") {
  const auto first = std::random_device{}();
  for (std::uint32_t i = 0; i < 500; ++i) {
    const auto seed = first + i;
    const auto pipeline = RandomDeclaration(seed).pipeline();
    const auto json = to_json(pipeline, JsonForm::kExact, i % 2 == 0 ? -1 : 2);
    const auto read = from_json(json);
    INFO("seed " << seed << "\n" << json);
    if (!read) FAIL(read.error().text());
    CHECK(*read == pipeline);
  }
}

TEST_CASE("JSON that to_json did not write is refused") {
  for (const char* json :
       {"", "{", "[]", "{}", R"({"name": 1})",
        R"({"name":"p","stages":[],"executionMode":"FAST","pipelineType":"V1"})",
        R"({"name":"p","stages":[],"executionMode":"QUEUED","pipelineType":"V3"})",
        R"({"name":"p","stages":{},"executionMode":"QUEUED","pipelineType":"V2","version":"x"})",
        R"({"name":"p","stages":[{"name":"S","onFailure":{"conditions":[]}}],"executionMode":)"
        R"("QUEUED","pipelineType":"V2"})"}) {
    INFO(json);
    const auto read = from_json(json);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::kCorrupt);
  }
}

TEST_CASE("defaults are the action type's, and a value given stays") {
  auto parsed = parse(kExported, "exported.json");
  REQUIRE(parsed.declaration);
  auto& source = parsed.declaration->stages[0].actions[0];
  auto& approve = parsed.declaration->stages[1].actions[0];
  apply_defaults(*parsed.declaration, sample_catalogue());
  CHECK(source.configuration.at("branch") == "main");
  CHECK(source.configuration.at("submodules") == "false");
  CHECK(source.configuration.count("depth") == 0);
  CHECK(source.timeout_ms == 3'600'000);
  CHECK(approve.timeout_ms == 3'600'000);
  approve.timeout_ms = 0;
  apply_defaults(*parsed.declaration, sample_catalogue());
  CHECK(approve.timeout_ms == std::int64_t{7} * 86'400'000);
}

TEST_CASE("defaults of a rule are the rule type's; what an alarm waits for depends on the hook") {
  const auto alarm = [](const std::string& settings) {
    return "{conditions: [{result: ROLLBACK, rules: [{name: r, uses: rule/alarm, configuration: "
           "{AlarmName: errors" +
           settings + "}}]}]}\n";
  };
  auto parsed = parse(
      "name: p\nstages:\n- name: S\n  actions: [{name: G, uses: source/git, configuration: "
      "{repository: .}, outputArtifacts: [app]}]\n- name: B\n  onSuccess: " +
      alarm("") + "  onFailure: " + alarm("") +
      "  actions: [{name: D, uses: deploy/appspec, inputArtifacts: [app]}]\n- name: C\n"
      "  onFailure: " +
      alarm(", AlarmStates: OK, WaitTime: 7") +
      "  actions: [{name: D, uses: deploy/appspec, inputArtifacts: [app]}]\n");
  INFO(report(parsed));
  REQUIRE(parsed.declaration);
  apply_defaults(*parsed.declaration, sample_catalogue());
  const auto& stages = parsed.declaration->stages;
  const auto& barring = stages[1].on_success.rules[0];
  const auto& waiting = stages[1].on_failure.condition.rules[0];
  const auto& given = stages[2].on_failure.condition.rules[0];
  CHECK(barring.configuration.count("AlarmStates") == 0);
  CHECK(barring.configuration.at("WaitTime") == "0");
  CHECK(barring.timeout_ms == 3'600'000);
  CHECK(waiting.configuration.at("AlarmStates") == "ALARM");
  CHECK(given.configuration.at("AlarmStates") == "OK");
  CHECK(given.configuration.at("WaitTime") == "7");
}

}  // namespace
}  // namespace sluice::test
