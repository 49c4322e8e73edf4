// One execution as its own facts tell it: for executions that the live state no longer keeps, and
// for what the live state does not remember of those that it has (who stopped it, since when it
// waits, how an action failed).
#pragma once

#include <map>
#include <span>
#include <string>

#include "engine/core/pipeline.hpp"

namespace sluice {

// A fact and when it happened; borrowed.
struct DatedFact {
  Instant at;
  const Fact* fact = nullptr;
};

// What an action, or a rule of a condition, said last.
struct ActionMemory {
  Instant ended;  // none while it runs
  std::int32_t percent = -1;
  Account account;
  Failure failure;  // of its latest attempt, or of the worker that it lost; code "" if none
  std::string by;   // who answered an approval
};

struct Recollection {
  Execution execution;  // as the facts leave it; number 0 if they do not begin with its start
  DeclarationPtr declaration;
  Instant updated;  // the last fact
  Instant arrived;  // when it came to the place before its present stage
  Instant stopped;  // when somebody asked it to stop
  bool over = false;
  std::string summary;               // of the failure or the cancellation
  std::string stop_reason, stop_by;  // of the stop request
  ExecutionNumber superseded_by = 0;
  ConditionStatus condition = ConditionStatus::kNone;  // the last one that was evaluated
  Hook hook = Hook::kNone;
  std::string condition_summary;
  std::map<Index, ActionMemory> actions;  // of the present stage, by index or rule_index()
  std::map<Index, Instant> passed;        // stages that succeeded, and when
};

// `declaration` is the version on which it runs; `facts` are all of one execution, oldest first, as
// the store has them. Pure; any thread.
[[nodiscard]] Recollection recall(const DeclarationPtr& declaration,
                                  std::span<const DatedFact> facts);

}  // namespace sluice
