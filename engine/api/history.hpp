// One execution with every attempt it made, folded from its facts: what the lists of executed
// actions and rules and the state of a pipeline show. Private to engine/api.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine/store/store.hpp"

namespace sluice::api {

// One attempt at an action, or at a rule of a condition.
struct Attempt {
  ActionKey key;
  Uuid id;
  ActionStatus status = ActionStatus::kNotStarted;
  Instant started, updated;
  Account account;
  Failure failure;
  bool failed = false;
  std::int32_t percent = -1;
  Texts variables;
  std::vector<ArtifactRef> inputs, outputs;
  std::string by;
};

struct HookRun {
  ConditionStatus status = ConditionStatus::kNone;
  Instant changed;
  std::string summary;
};

struct StageRun {
  StageStatus status = StageStatus::kNotEntered;
  std::array<HookRun, 4> hooks;  // by Hook
  std::uint32_t automatic_retries = 0, manual_retries = 0;
  bool last_retry_automatic = false;
};

struct History {
  Uuid id;
  ExecutionNumber number = 0;
  std::uint32_t version = 0;
  ExecutionType type = ExecutionType::kStandard;
  Texts variables;
  std::vector<StageRun> stages;
  std::vector<Attempt> attempts;  // in order of start

  // The newest attempt at an action or rule; null if it was never started.
  [[nodiscard]] const Attempt* latest(Index stage, Index action) const;
};

// `facts` are those of one execution of a pipeline of `declaration`'s version, oldest first.
[[nodiscard]] History fold_history(std::span<const StoredFact> facts,
                                   const PipelineDeclaration& declaration);

}  // namespace sluice::api
