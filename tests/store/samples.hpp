// Facts and rows for the store's tests: every alternative, every member set to something.
#pragma once

#include <string>

#include "engine/store/store.hpp"

namespace sluice::samples {

inline Uuid uuid(std::uint64_t number) {
  return {0x1122334455660000 + number, 0x99aabbccddee0000 + number};
}

inline PipelineDeclaration declaration(const std::string& name, std::uint32_t version) {
  ActionDeclaration action;
  action.name = "Compile";
  action.type = {Category::kBuild, "Sluice", "Buildspec", "1"};
  action.run_order = 3;
  action.configuration = {{"buildspec", "ci.yml"}, {"privileged", "false"}};
  action.commands = {"make", "make check"};
  action.input_artifacts = {"app"};
  action.output_artifacts = {{"bin", {"out/*", "!out/tmp"}}};
  action.output_variables = {"VERSION"};
  action.environment_variables = {{"TOKEN", "vault", true}, {"PLAIN", "", false}};
  action.name_space = "build";
  action.timeout_ms = 1'800'000;
  action.runs_on = {"linux"};
  action.secret_keys = {"token"};
  action.idempotent = true;
  StageDeclaration stage;
  stage.name = "Build";
  stage.actions = {action, {}};
  stage.before_entry = {ConditionResult::kFail,
                        {RuleDeclaration{"Window", {}, {}, {}, {}, {}, {}, 5}}};
  stage.on_failure.result = ConditionResult::kRollback;
  stage.on_failure.max_retries = 0;
  PipelineDeclaration result;
  result.name = name;
  result.version = version;
  result.mode = ExecutionMode::kParallel;
  result.variables = {{"ENV", "staging", "where to", true}};
  result.stages = {stage, {}};
  result.triggers = {
      {"CodeStarSourceConnection", "Checkout", {{{"CREATED"}, {{"v*"}, {}}, {}, {}}}, {}}};
  return result;
}

// One of each, all of execution `number`; the definition is of version `number`.
inline Facts one_of_each(const std::string& pipeline, ExecutionNumber number) {
  const ActionKey key{number, 1, 2, 3, 4};
  const Account account{"job-7", "http://ci/7", "3 of 4", R"({"tests": 4})"};
  const std::vector<ArtifactRef> artifacts = {{"app", "00ff", "abc", "Fix it", "http://git/abc"}};
  const Texts texts = {{"A", "1"}, {"B", std::string("\0\xff", 2)}};
  const Instant then{1'700'000'000'123};
  return {
      DefinitionAdopted{declaration(pipeline, number)},
      ExecutionStarted{number,
                       uuid(number),
                       7,
                       ExecutionType::kRollback,
                       {"Webhook", "push"},
                       texts,
                       {{"Checkout", "COMMIT_ID", "abc"}},
                       "token",
                       5,
                       2},
      ExecutionSucceeded{number},
      ExecutionFailed{number, "tests failed"},
      ExecutionStopping{number, true, "wrong branch", "ann"},
      ExecutionStopped{number},
      ExecutionSuperseded{number, number + 1},
      ExecutionCancelled{number, "no"},
      ExecutionResumed{number},
      StageStarted{number, 1},
      StageSucceeded{number, 1, then},
      StageFailed{number, 1, then},
      StageStopping{number, 1, then},
      StageStopped{number, 1, then},
      ActionStarted{key, uuid(99), then, artifacts},
      ActionProgressed{key, -1, account},
      ActionContinued{key, "later", then, account},
      ActionResumed{key, "approved"},
      ActionSucceeded{key, then, account, texts, artifacts, "bob"},
      ActionFailed{key, then, account, {FailureKind::kRejected, "NO", "not today"}, "eve"},
      ActionAbandoned{key, then},
  };
}

inline ExecutionRow row(const std::string& pipeline, ExecutionNumber number,
                        ExecutionStatus status = ExecutionStatus::kInProgress) {
  return {pipeline,
          number,
          uuid(number),
          1,
          ExecutionType::kStandard,
          status,
          {1000 + number},
          {2000 + number},
          {"StartPipelineExecution", "ann"},
          ""};
}

}  // namespace sluice::samples
