// The core: three pure functions over the live state of one pipeline (no clock, thread, random,
// I/O, throw).
//
//   decide(state, input, now) -> facts or a refusal      never changes anything
//   apply(state, fact, at)                               the only function that changes state
//   wants(state)                                         what should be running or armed now
//
// Effects are not listed anywhere: whoever runs the core starts what is wanted and not running, and
// cancels what runs and is not wanted. All functions may be called from any thread, for one
// pipeline by one thread at a time.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/core/input.hpp"
#include "engine/core/lifecycle.hpp"
#include "engine/core/pipeline.hpp"
#include "engine/core/result.hpp"

namespace sluice {

// Appends to `facts` what the input makes happen, including all that follows at the same instant
// (the next group, the next stage, whoever waits for the stage that became free). Returns no
// refusal, or why; then nothing was appended.
struct Decision {
  Facts facts;
  std::variant<std::monostate, Rejected> refusal;
  // StartExecution with a client token seen before: no facts, and the execution that it started
  // then.
  ExecutionNumber replay_of = 0;
  RowSet rows;  // the rows of the lifecycle tables that were taken, for tests and simulation
  [[nodiscard]] const Rejected* rejected() const { return std::get_if<Rejected>(&refusal); }
};
[[nodiscard]] Decision decide(const Pipeline& pipeline, const Input& input, Instant now);
// The same; the facts take over the input's texts instead of copying them.
[[nodiscard]] Decision decide(const Pipeline& pipeline, Input&& input, Instant now);

// Folds one fact. Facts come from decide() or from the store, in order; a fact that cannot follow
// is a corrupt store and aborts (SLUICE_ASSERT).
void apply(Pipeline& pipeline, const Fact& fact, Instant at);

// Sorted and without duplicates.
[[nodiscard]] std::vector<Want> wants(const Pipeline& pipeline);
// Of one execution; nothing if it is not in flight. What a decision touched is in its facts, so
// that a caller with many executions need not ask for all.
[[nodiscard]] std::vector<Want> wants(const Pipeline& pipeline, ExecutionNumber execution);

// The run that a key names, an action's or a rule's of the condition under evaluation, if the key
// is that of its present attempt and turn; else null. Owned by the execution.
[[nodiscard]] const ActionRun* find_run(const Execution& execution, const ActionKey& key);
// The same without looking at attempt and turn.
[[nodiscard]] const ActionRun* find_place(const Execution& execution, const ActionKey& key);

// What a worker needs to run one call: the declaration with variables resolved
// (facts/codepipeline.md 3).
struct ResolvedAction {
  const ActionDeclaration* action = nullptr;  // what it is, owned by the pipeline's version: either
  const RuleDeclaration* rule = nullptr;
  std::map<std::string, std::string> configuration;
  std::vector<std::string> commands;
  std::vector<EnvironmentVariable> environment;
  std::vector<ArtifactRef> inputs;
  std::string source_revision;  // override from the start request, or ""
};
// index: of an action, or rule_index() of a rule (ids.hpp). Fails with the text of facts 1.7 row 21
// or 3 when a reference cannot be resolved.
[[nodiscard]] Result<ResolvedAction> resolve(const Pipeline& pipeline, const Execution& execution,
                                             Index stage, Index index);

}  // namespace sluice
