#include "engine/core/draft.hpp"

#include "engine/core/assert.hpp"

namespace sluice {

void Draft::reject(std::string code, std::string why) {
  SLUICE_ASSERT(decision_.facts.empty(), "a refused input changes nothing");
  decision_.refusal = Rejected{std::move(code), std::move(why)};
}

Live& Draft::live(ExecutionNumber number) {
  for (Live& e : lives_) {
    if (e.number == number) return e;
  }
  auto found = pipeline_.executions.find(number);
  if (found == pipeline_.executions.end()) found = pipeline_.finished.find(number);
  SLUICE_ASSERT(found != pipeline_.finished.end(), "an execution in flight, or one that is kept");
  const Execution& before = found->second;
  const auto version = pipeline_.versions.find(before.version);
  SLUICE_ASSERT(version != pipeline_.versions.end(), "an execution's version is kept");
  Live& e = lives_.emplace_back();
  e.before = &before;
  e.declaration = version->second.get();
  e.number = before.number;
  e.id = before.id;
  e.version = before.version;
  e.type = before.type;
  e.status = before.status;
  e.abandon = before.abandon;
  e.stage = before.stage;
  e.stage_status = before.stage_status;
  e.stage_started = before.stage_started;
  e.actions.reserve(before.actions.size());
  for (const ActionRun& run : before.actions) {
    e.actions.push_back({run.status, run.attempt, run.turn, run.started});
  }
  e.failure = before.failure;
  e.retries = before.retries;
  e.automatic_retries = before.automatic_retries;
  e.hook = before.condition.hook;
  e.condition = before.condition.status;
  e.entry_passed = before.entry_passed;
  for (const ActionRun& run : before.condition.rules) {
    e.rules.push_back({run.status, run.attempt, run.turn, run.started});
  }
  return e;
}

Live& Draft::live(const Execution& execution) {
  return live(execution.number);
}

// Whether the cell lets the input through; if not, the decision is the cell's refusal.
bool Draft::accepts(const Cell& cell) {
  SLUICE_ASSERT(cell.outcome != Outcome::kImpossible, "a cause that can occur in this status");
  if (cell.outcome == Outcome::kRejected) reject(std::string(cell.code), std::string(cell.why));
  return cell.outcome == Outcome::kMove;
}

void Draft::move(Live& e, ExecutionCause cause, Fact fact) {
  const Cell& to = cell(e.status, cause);
  SLUICE_ASSERT(to.outcome == Outcome::kMove && to.fact == fact.index(), "a row of the table");
  e.status = static_cast<ExecutionStatus>(to.to);
  decision_.rows.set(to.row);
  say(std::move(fact));
}

void Draft::move(Live& e, StageCause cause, Fact fact) {
  const Cell& to = cell(e.stage_status, cause);
  SLUICE_ASSERT(to.outcome == Outcome::kMove && to.fact == fact.index(), "a row of the table");
  e.stage_status = static_cast<StageStatus>(to.to);
  decision_.rows.set(to.row);
  say(std::move(fact));
}

void Draft::move(Live& e, Index action, ActionCause cause, Fact fact) {
  Mark& mark = e.run(action);
  const Cell& to = action >= kFirstRule ? rule_cell(mark.status, cause) : cell(mark.status, cause);
  SLUICE_ASSERT(to.outcome == Outcome::kMove && to.fact == fact.index(), "a row of the table");
  mark.status = static_cast<ActionStatus>(to.to);
  decision_.rows.set(to.row);
  say(std::move(fact));
}

void Draft::move(Live& e, ConditionCause cause, Fact fact) {
  const Cell& to = cell(e.condition, cause);
  SLUICE_ASSERT(to.outcome == Outcome::kMove && to.fact == fact.index(), "a row of the table");
  e.condition = static_cast<ConditionStatus>(to.to);
  decision_.rows.set(to.row);
  say(std::move(fact));
}

const Execution* Draft::find(Uuid id) const {
  for (const auto& [number, execution] : pipeline_.executions) {
    if (execution.id == id) return &execution;
  }
  return nullptr;
}

// The execution that a report's key names, if the key is that of its present attempt and turn.
const Execution* Draft::current(const ActionKey& key) const {
  const auto found = pipeline_.executions.find(key.execution);
  if (found == pipeline_.executions.end()) return nullptr;
  return find_run(found->second, key) != nullptr ? &found->second : nullptr;
}

// Whether an update ends this execution (facts 2.8): PARALLEL ones run on.
bool Draft::outdated(const Live& e) const {
  return ends_by_update(*e.declaration, e.version, version_);
}

// Whether any version in use has a stage of that name.
bool Draft::knows_stage(const std::string& name) const {
  for (const auto& [version, declaration] : pipeline_.versions) {
    for (const StageDeclaration& stage : declaration->stages) {
      if (stage.name == name) return true;
    }
  }
  return false;
}

ActionKey Draft::key(const Live& e, Index action) const {
  return {e.number, e.stage, action, e.run(action).attempt, e.run(action).turn};
}

Scope Draft::scope(const Live& e, std::uint32_t run_order) const {
  static const std::vector<ActionOutput> kNone;
  const auto* inherited = e.before == nullptr && decision_.facts.size() > e.born + 1
                              ? std::get_if<OutputsInherited>(&decision_.facts[e.born + 1])
                              : nullptr;
  const Texts& variables = e.before != nullptr
                               ? e.before->variables
                               : std::get<ExecutionStarted>(decision_.facts[e.born]).variables;
  return {.declaration = *e.declaration,
          .execution_id = e.id,
          .execution = e.number,
          .variables = variables,
          .outputs = e.before != nullptr    ? e.before->outputs
                     : inherited != nullptr ? inherited->outputs
                                            : kNone,
          .fresh = &decision_.facts,
          .stage = e.stage,
          .run_order = run_order};
}

std::string Draft::label(const Live& e, Index action) const {
  const StageDeclaration& stage = e.declared_stage();
  return stage.name + "." + stage.actions[action].name;
}

}  // namespace sluice
