#include <algorithm>
#include <type_traits>

#include "engine/core/assert.hpp"
#include "engine/core/draft.hpp"

namespace sluice {
namespace {

std::string comma_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return list;
}

const std::string* find_text(const Texts& texts, const std::string& key) {
  const auto found = std::find_if(texts.begin(), texts.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == texts.end() ? nullptr : &found->second;
}

// What is wrong with the variables of a start request, or "".
std::string duplicate_variable(const Texts& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (given[i].first == given[j].first) return given[i].first;
    }
  }
  return "";
}

std::string bad_variable(const PipelineDeclaration& declaration, const Texts& given) {
  for (const auto& [name, value] : given) {
    const auto declared =
        std::find_if(declaration.variables.begin(), declaration.variables.end(),
                     [&n = name](const VariableDeclaration& v) { return v.name == n; });
    if (declared == declaration.variables.end()) {
      return "The pipeline " + declaration.name + " declares no variable " + name + ".";
    }
    if (value.empty()) return "The variable " + name + " must not be empty.";
  }
  return "";
}

std::string bad_revision(const PipelineDeclaration& declaration,
                         const std::vector<SourceRevision>& revisions) {
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    const SourceRevision& revision = revisions[i];
    const auto& sources = declaration.stages.front().actions;
    const auto source = std::find_if(sources.begin(), sources.end(), [&](const auto& action) {
      return action.name == revision.action && action.type.category == Category::kSource;
    });
    if (source == sources.end()) {
      return "The pipeline " + declaration.name + " has no source action " + revision.action + ".";
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (revisions[j].action == revision.action && revisions[j].type == revision.type) {
        return "The source revision " + revision.type + " of " + revision.action +
               " is given twice.";
      }
    }
  }
  return "";
}

}  // namespace

void Draft::take(AdoptDefinition& input) {
  if (input.declaration.stages.empty() || input.declaration.name.empty()) {
    return reject("InvalidStructureException", "A pipeline has a name and at least one stage.");
  }
  if (pipeline_.version != 0) {
    const std::string& name = pipeline_.versions.at(pipeline_.version)->name;
    if (name != input.declaration.name) {
      return reject("ValidationException", "The name of a pipeline cannot change: it is " + name +
                                               ", not " + input.declaration.name + ".");
    }
  }
  version_ = pipeline_.versions.empty() ? 1 : pipeline_.versions.rbegin()->first + 1;
  input.declaration.version = version_;
  say(DefinitionAdopted{std::move(input.declaration)});
  // Facts 2.8: those that wait are cancelled now, those inside a stage when their actions are done.
  std::vector<ExecutionNumber> numbers;
  for (const auto& [number, execution] : pipeline_.executions) numbers.push_back(number);
  for (const ExecutionNumber number : numbers) {
    Live& e = live(number);
    if (!outdated(e) || e.in_stage()) continue;
    end(e, ExecutionCause::kUpdated,
        ExecutionCancelled{number, "The pipeline was updated while it waited."});
  }
  for (const ExecutionNumber number : numbers) {
    Live& e = live(number);
    if (!outdated(e) || !e.in_stage() || e.status != ExecutionStatus::kInProgress) continue;
    abandon_actions(e, true, "The pipeline was updated.");
    drop_condition(e, ConditionCause::kUpdated, "The pipeline was updated.");
    settle(e);
  }
}

void Draft::take(StartExecution& input) {
  if (pipeline_.version == 0) {
    return reject("PipelineNotFoundException", "No definition has been adopted.");
  }
  const std::string twice = duplicate_variable(input.variables);
  if (!twice.empty()) {
    return reject("ValidationException", "The variable " + twice + " is given twice.");
  }
  if (!input.client_token.empty()) {
    for (const auto& [token, number] : pipeline_.recent_tokens) {
      if (token == input.client_token) {
        decision_.replay_of = number;
        return;
      }
    }
  }
  const PipelineDeclaration& declaration = *pipeline_.versions.at(pipeline_.version);
  std::string wrong = bad_variable(declaration, input.variables);
  if (wrong.empty()) wrong = bad_revision(declaration, input.source_revisions);
  if (!wrong.empty()) return reject("ValidationException", std::move(wrong));
  if (input.id.empty()) return reject("ValidationException", "The execution has no id.");
  if (full(declaration)) {
    return reject("ConcurrentPipelineExecutionsLimitExceededException",
                  std::to_string(pipeline_.executions.size()) +
                      " executions are in progress, the most that the pipeline "
                      "allows in this mode.");
  }
  begin(input, declaration);
}

// The execution exists from here on; a required variable without a value ends it at once (2.2).
void Draft::begin(StartExecution& input, const PipelineDeclaration& declaration) {
  Texts bound;
  std::vector<std::string> missing;
  bound.reserve(declaration.variables.size());
  for (const VariableDeclaration& variable : declaration.variables) {
    if (const std::string* given = find_text(input.variables, variable.name)) {
      bound.emplace_back(variable.name, *given);
    } else if (variable.has_default) {
      bound.emplace_back(variable.name, variable.default_value);
    } else {
      missing.push_back(variable.name);
    }
  }
  Live& e = lives_.emplace_back();
  e.born = decision_.facts.size();
  e.declaration = &declaration;
  e.number = ++last_number_;
  e.id = input.id;
  e.version = pipeline_.version;
  ExecutionStarted started;
  started.execution = e.number;
  started.id = e.id;
  started.version = e.version;
  started.trigger = std::move(input.trigger);
  started.variables = std::move(bound);
  started.source_revisions = std::move(input.source_revisions);
  started.client_token = std::move(input.client_token);
  say(std::move(started));
  if (missing.empty()) return arrive(e);
  end(e, ExecutionCause::kVariablesMissing,
      ExecutionFailed{
          e.number, "Values for required variables haven't been provided: " + comma_list(missing)});
}

void Draft::take(const StopExecution& input) {
  const Execution* found = find(input.execution);
  if (found == nullptr) {
    return reject("PipelineExecutionNotStoppableException",
                  "The execution " + to_text(input.execution) + " is not in progress.");
  }
  const ExecutionCause cause = input.abandon ? ExecutionCause::kAbandon : ExecutionCause::kStop;
  if (!accepts(cell(found->status, cause))) return;
  Live& e = live(*found);
  ExecutionStopping stopping{e.number, input.abandon, input.reason, input.by};
  if (!e.in_stage()) {
    move(e, cause, std::move(stopping));
    return end(e, ExecutionCause::kDrained, ExecutionStopped{e.number});
  }
  // Facts 6.1: the stage is told before the pipeline.
  if (cell(e.stage_status, StageCause::kStop).outcome == Outcome::kMove) {
    move(e, StageCause::kStop, StageStopping{e.number, e.stage, e.stage_started});
  }
  move(e, cause, std::move(stopping));
  drop_condition(e, ConditionCause::kAbandon, "The execution was stopped.");
  if (input.abandon) abandon_actions(e, false, "The approval action has been canceled.");
  settle(e);
}

Decision decide(const Pipeline& pipeline, Input&& input, Instant now) {
  Decision decision;
  decision.facts.reserve(4);
  Draft draft(pipeline, now, decision);
  std::visit([&](auto& asked) { draft.take(asked); }, input);
  if (!decision.facts.empty()) draft.fill_freed();
  return decision;
}

Decision decide(const Pipeline& pipeline, const Input& input, Instant now) {
  return decide(pipeline, Input(input), now);
}

}  // namespace sluice
