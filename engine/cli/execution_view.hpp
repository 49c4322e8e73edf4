// One execution as a person looks at it: stages and actions with their latest attempt, folded from
// the facts. `run` folds facts as they are committed, `show` those of the store.
#pragma once

#include <string>
#include <vector>

#include "engine/store/store.hpp"

namespace sluice {

struct ActionView {
  std::string name, type;  // type: "Build/Buildspec"
  std::uint16_t run_order = 1;
  ActionStatus status = ActionStatus::kNotStarted;
  ActionKey key;
  Uuid id;
  Instant started, ended, resume_at;
  Account account;
  Failure failure;
  Texts variables;
  std::vector<ArtifactRef> inputs, outputs;
  std::string by;
  // Of the worker, while it runs; not from facts.
  std::int32_t percent = -1;
  std::string last_line;
};

// A condition that the stage declares; its rules are looked at like actions, under the names
// "beforeEntry.NAME" and so on.
struct ConditionView {
  Hook hook = Hook::kNone;
  ConditionStatus status = ConditionStatus::kNone;
  ConditionResult result = ConditionResult::kNone;  // what it brought about
  std::string summary, by;
  std::vector<ActionView> rules;
};

struct StageView {
  std::string name;
  StageStatus status = StageStatus::kNotEntered;
  Instant started, ended;
  std::vector<ActionView> actions;
  std::vector<ConditionView> conditions;

  // Actions and rules as they come: rules of beforeEntry, actions, other rules. Owned by the stage.
  [[nodiscard]] std::vector<const ActionView*> runs() const;
  // By an ActionKey's index; null if there is none.
  [[nodiscard]] ActionView* run(Index index);
  [[nodiscard]] const ActionView* run(Index index) const;
  [[nodiscard]] ConditionView* condition(Hook hook);
};

struct ExecutionView {
  std::string pipeline;
  ExecutionNumber number = 0;
  Uuid id;
  std::uint32_t version = 0;
  ExecutionStatus status = ExecutionStatus::kInProgress;
  Instant started, ended;
  Trigger trigger;
  Texts variables;
  std::string summary;  // why it ended as it did, or the reason of a stop
  std::vector<StageView> stages;

  [[nodiscard]] bool finished() const {
    return status != ExecutionStatus::kInProgress && status != ExecutionStatus::kStopping;
  }
};

// An execution before its first fact.
[[nodiscard]] ExecutionView view_of(const std::string& pipeline,
                                    const PipelineDeclaration& declaration);
// Folds one fact of this execution; facts of others leave it as it is. The first must be
// ExecutionStarted.
void fold(ExecutionView& view, const Fact& fact, Instant at);

// "InProgress", "Succeeded" ... as the API spells them (facts/codepipeline.md 2.1).
[[nodiscard]] const char* status_text(ExecutionStatus status);
[[nodiscard]] const char* status_text(StageStatus status);
[[nodiscard]] const char* status_text(ActionStatus status);

}  // namespace sluice
