#include "engine/core/variables.hpp"

#include <algorithm>

#include "engine/core/assert.hpp"
#include "engine/core/condition.hpp"

namespace sluice {
namespace {

struct Reference {
  std::size_t begin = 0, end = 0;  // of the whole "#{...}" in the text
  std::string_view inside;
};

// The next "#{...}" without braces inside, from `from` on.
std::optional<Reference> next_reference(std::string_view text, std::size_t from) {
  for (;;) {
    const std::size_t begin = text.find("#{", from);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t end = text.find_first_of("{}", begin + 2);
    if (end == std::string_view::npos) return std::nullopt;
    if (text[end] == '}' && end > begin + 2) {
      return Reference{begin, end + 1, text.substr(begin + 2, end - begin - 2)};
    }
    from = begin + 2;
  }
}

const std::string* find_text(const Texts& texts, std::string_view key) {
  for (const auto& [name, value] : texts) {
    if (name == key) return &value;
  }
  return nullptr;
}

bool is_earlier(const Scope& scope, Index stage, Index action) {
  if (stage != scope.stage) return stage < scope.stage;
  return scope.declaration.stages[stage].actions[action].run_order < scope.run_order;
}

// The last success of an action in the decision that is being made.
const ActionSucceeded* find_fresh(const Scope& scope, Index stage, Index action) {
  if (scope.fresh == nullptr) return nullptr;
  for (auto fact = scope.fresh->rbegin(); fact != scope.fresh->rend(); ++fact) {
    const auto* done = std::get_if<ActionSucceeded>(&*fact);
    if (done != nullptr && done->key.execution == scope.execution && done->key.stage == stage &&
        done->key.action == action) {
      return done;
    }
  }
  return nullptr;
}

const ActionOutput* find_output(const Scope& scope, Index stage, Index action) {
  for (const ActionOutput& output : scope.outputs) {
    if (output.stage == stage && output.action == action) return &output;
  }
  return nullptr;
}

const Texts* variables_of(const Scope& scope, Index stage, Index action) {
  if (const ActionSucceeded* done = find_fresh(scope, stage, action)) return &done->variables;
  if (const ActionOutput* output = find_output(scope, stage, action)) return &output->variables;
  return nullptr;
}

const std::vector<ArtifactRef>* artifacts_of(const Scope& scope, Index stage, Index action) {
  if (const ActionSucceeded* done = find_fresh(scope, stage, action)) return &done->outputs;
  if (const ActionOutput* output = find_output(scope, stage, action)) return &output->artifacts;
  return nullptr;
}

Error cannot(const std::string& message) {
  return {ErrorKind::kBadInput, "", message};
}

Error no_namespace(std::string_view reference) {
  return cannot(
      "Valid format for a pipeline execution variable reference is a namespace and a key separated "
      "by a period (.). The following pipeline execution variables are referencing a namespace "
      "that "
      "does not exist. " +
      std::string(reference));
}

Result<std::string> action_variable(const Scope& scope, std::string_view reference,
                                    std::string_view name_space, std::string_view key) {
  for (Index stage = 0; stage < scope.declaration.stages.size(); ++stage) {
    const auto& actions = scope.declaration.stages[stage].actions;
    for (Index action = 0; action < actions.size(); ++action) {
      if (actions[action].name_space != name_space) continue;
      const std::string producer =
          scope.declaration.stages[stage].name + "." + actions[action].name;
      if (!is_earlier(scope, stage, action)) {
        return cannot("The variable #{" + std::string(reference) + "} comes from the action " +
                      producer + ", which is not guaranteed to finish earlier.");
      }
      const Texts* texts = variables_of(scope, stage, action);
      if (const std::string* value = texts ? find_text(*texts, key) : nullptr) return *value;
      return cannot("The variable #{" + std::string(reference) + "} has no value: the action " +
                    producer + " did not produce " + std::string(key) + ".");
    }
  }
  return no_namespace(reference);
}

Result<std::string> look_up(const Scope& scope, std::string_view reference) {
  const std::size_t dot = reference.find('.');
  if (dot == std::string_view::npos) return no_namespace(reference);
  const std::string_view name_space = reference.substr(0, dot), key = reference.substr(dot + 1);
  if (name_space == "codepipeline") {
    if (key == "PipelineExecutionId") return to_text(scope.execution_id);
    return cannot("The variable #{" + std::string(reference) +
                  "} does not exist: the namespace codepipeline has only PipelineExecutionId.");
  }
  if (name_space == "variables" && !scope.declaration.variables.empty()) {
    if (const std::string* value = find_text(scope.variables, key)) return *value;
    return cannot("The referenced variables haven't been declared: " + std::string(reference));
  }
  return action_variable(scope, reference, name_space, key);
}

// Every text of an action or a rule that may hold references, until one visit fails.
template <class Declared, class Visit>
std::optional<Error> each_text(const Declared& declared, Visit visit) {
  for (const auto& [key, value] : declared.configuration) {
    if (auto error = visit(value)) return error;
  }
  for (const std::string& command : declared.commands) {
    if (auto error = visit(command)) return error;
  }
  if constexpr (requires { declared.environment_variables; }) {
    for (const EnvironmentVariable& variable : declared.environment_variables) {
      if (auto error = visit(variable.value)) return error;
    }
  }
  return std::nullopt;
}

// Whether all texts can be resolved: why not, or nothing. Cheap when there are no references.
template <class Declared>
std::optional<Error> unresolvable(const Scope& scope, const Declared& declared) {
  std::size_t bytes = 0;
  return each_text(declared, [&](const std::string& text) -> std::optional<Error> {
    if (!next_reference(text, 0)) {
      bytes += text.size();
    } else {
      const Result<std::string> value = substitute(scope, text);
      if (!value) return value.error();
      bytes += value.value().size();
    }
    if (bytes <= kMostConfigurationBytes) return std::nullopt;
    return cannot(
        "The configuration is larger than 100 KB once its variables are resolved; pass large "
        "values as artifacts.");
  });
}

// What actions and rules have in common, with its variables resolved.
template <class Declared>
std::optional<Error> resolve_common(const Scope& scope, const Declared& declared,
                                    ResolvedAction& resolved) {
  for (const auto& [key, text] : declared.configuration) {
    Result<std::string> value = substitute(scope, text);
    if (!value) return value.error();
    resolved.configuration.emplace(key, std::move(*value));
  }
  for (const std::string& text : declared.commands) {
    Result<std::string> value = substitute(scope, text);
    if (!value) return value.error();
    resolved.commands.push_back(std::move(*value));
  }
  Result<std::vector<ArtifactRef>> inputs = find_artifacts(scope, declared.input_artifacts);
  if (!inputs) return inputs.error();
  resolved.inputs = std::move(*inputs);
  return std::nullopt;
}

template <class Declared>
Result<std::vector<ArtifactRef>> inputs_of(const Scope& scope, const Declared& declared) {
  if (auto trouble = unresolvable(scope, declared)) return std::move(*trouble);
  if (declared.input_artifacts.empty()) return std::vector<ArtifactRef>{};
  return find_artifacts(scope, declared.input_artifacts);
}

}  // namespace

Result<std::vector<ArtifactRef>> find_inputs(const Scope& scope, const ActionDeclaration& action) {
  return inputs_of(scope, action);
}
Result<std::vector<ArtifactRef>> find_inputs(const Scope& scope, const RuleDeclaration& rule) {
  return inputs_of(scope, rule);
}

Result<std::string> substitute(const Scope& scope, const std::string& text) {
  std::string out;
  std::size_t copied = 0;
  while (const auto reference = next_reference(text, copied)) {
    Result<std::string> value = look_up(scope, reference->inside);
    if (!value) return value.error();
    out.append(text, copied, reference->begin - copied).append(*value);
    copied = reference->end;
  }
  return out.append(text, copied);
}

Result<std::vector<ArtifactRef>> find_artifacts(const Scope& scope,
                                                const std::vector<std::string>& names) {
  std::vector<ArtifactRef> found;
  found.reserve(names.size());
  const auto& stages = scope.declaration.stages;
  for (const std::string& name : names) {
    const std::size_t before = found.size();
    for (Index stage = 0; stage <= scope.stage && found.size() == before; ++stage) {
      for (Index action = 0; action < stages[stage].actions.size(); ++action) {
        if (!is_earlier(scope, stage, action)) continue;
        const auto* artifacts = artifacts_of(scope, stage, action);
        if (artifacts == nullptr) continue;
        const auto artifact = std::find_if(artifacts->begin(), artifacts->end(),
                                           [&](const ArtifactRef& a) { return a.name == name; });
        if (artifact != artifacts->end()) {
          found.push_back(*artifact);
          break;
        }
      }
    }
    if (found.size() == before) {
      return cannot("The input artifact " + name + " was not produced by any earlier action.");
    }
  }
  return found;
}

Result<ResolvedAction> resolve(const Pipeline& pipeline, const Execution& execution, Index stage,
                               Index index) {
  const auto version = pipeline.versions.find(execution.version);
  SLUICE_ASSERT(version != pipeline.versions.end(), "an execution's version is kept");
  const PipelineDeclaration& declaration = *version->second;
  SLUICE_ASSERT(stage < declaration.stages.size(), "a stage that the declaration has");
  const StageDeclaration& declared = declaration.stages[stage];
  Scope scope{.declaration = declaration,
              .execution_id = execution.id,
              .execution = execution.number,
              .variables = execution.variables,
              .outputs = execution.outputs,
              .stage = stage};
  ResolvedAction resolved;
  if (const RuleDeclaration* rule = find_rule(declared, index)) {
    resolved.rule = rule;
    scope.run_order = readable_order(hook_of(index));
    if (auto error = resolve_common(scope, *rule, resolved)) return std::move(*error);
    return resolved;
  }
  SLUICE_ASSERT(index < declared.actions.size(), "an action or a rule that the declaration has");
  const ActionDeclaration& action = declared.actions[index];
  resolved.action = &action;
  scope.run_order = action.run_order;
  if (auto error = resolve_common(scope, action, resolved)) return std::move(*error);
  for (const EnvironmentVariable& variable : action.environment_variables) {
    Result<std::string> value = substitute(scope, variable.value);
    if (!value) return value.error();
    resolved.environment.push_back({variable.name, std::move(*value), variable.secret});
  }
  for (const SourceRevision& revision : execution.source_revisions) {
    if (revision.action == action.name) resolved.source_revision = revision.value;
  }
  return resolved;
}

}  // namespace sluice
