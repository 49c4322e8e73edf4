// Executions that have ended, and removals of them.
#pragma once

#include "tests/store/both_stores.hpp"

namespace sluice {

// Executions 1 to `count` of one pipeline, whose facts lie between each other's, ended; then one
// fact more, so that the last of them is not the newest.
inline void commit_ended(Store& store, const std::string& pipeline, ExecutionNumber count) {
  Facts facts = {version_of(pipeline, 1)};
  std::vector<ExecutionRow> rows;
  for (int round = 0; round < 3; ++round)
    for (ExecutionNumber number = 1; number <= count; ++number)
      facts.push_back(StageStarted{number, Index(round)});
  for (ExecutionNumber number = 1; number <= count; ++number)
    rows.push_back(samples::row(pipeline, number, ExecutionStatus::kSucceeded));
  commit(store, {append_of(pipeline, facts, rows)});
  REQUIRE(store.save_snapshot(pipeline, {*store.last_sequence(), {}}));
  commit(store, {append_of(pipeline, {StageStarted{count + 1, 0}}, {samples::row(pipeline, 99)})});
}
inline Removal removal_of(const std::string& pipeline, const Numbers& numbers,
                          Sequence upto = 1000) {
  Removal removal;
  removal.upto = upto;
  for (const ExecutionNumber number : numbers)
    removal.executions.push_back({pipeline, number, samples::uuid(number)});
  return removal;
}

}  // namespace sluice
