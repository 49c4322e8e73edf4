#include "engine/runtime/reconciler.hpp"

#include <algorithm>
#include <iterator>

#include "engine/core/condition.hpp"

namespace sluice {

Result<Job> make_job(const std::string& pipeline, const Pipeline& state, const ActionKey& key,
                     const JobSettings& settings) {
  const auto found = state.executions.find(key.execution);
  if (found == state.executions.end())
    return Error{ErrorKind::kNotFound, pipeline,
                 "the execution of a wanted action is not in flight"};
  const Execution& execution = found->second;
  auto resolved = resolve(state, execution, key.stage, key.action);
  if (!resolved) return resolved.error();
  const PipelineDeclaration& declaration = *state.versions.at(execution.version);
  const StageDeclaration& stage = declaration.stages.at(key.stage);
  const ActionRun* run = find_run(execution, key);
  if (run == nullptr)
    return Error{ErrorKind::kNotFound, pipeline, "the attempt of a wanted action is over"};

  Job job;
  job.pipeline = pipeline;
  job.key = key;
  job.id = run->id;
  job.execution_id = to_text(execution.id);
  job.stage = stage.name;
  job.configuration = std::move(resolved->configuration);
  job.commands = std::move(resolved->commands);
  job.environment = std::move(resolved->environment);
  job.inputs = std::move(resolved->inputs);
  job.has_continuation = key.turn > 1;
  job.continuation = run->token;
  job.signal = run->signal;
  job.source_revision = std::move(resolved->source_revision);
  job.deadline = run->deadline;
  job.base_directory =
      declaration.base_directory.empty() ? settings.base_directory : declaration.base_directory;
  job.account = settings.account;
  const auto describe = [&](const auto& declared) {
    job.type = declared.type;
    job.secret_keys = declared.secret_keys;
    job.region = declared.region.empty() ? settings.region : declared.region;
  };
  if (const RuleDeclaration* rule = resolved->rule) {
    describe(*rule);
    job.action = std::string(member_name(hook_of(key.action))) + "." + rule->name;
  } else {
    const ActionDeclaration& action = *resolved->action;
    describe(action);
    job.action = action.name;
    job.output_variables = action.output_variables;
    job.outputs = action.output_artifacts;
  }
  return job;
}

void Reconciler::recovered(const Pipeline& state) {
  for (const Want& want : wants(state))
    if (want.kind == WantKind::kRun) recovered_.insert(want.key);
}

void Reconciler::lost(const Pipeline& state) {
  recovered_.clear();
  for (const Want& want : wants(state))
    if (want.kind == WantKind::kRun) running_.insert(want.key);
}

void Reconciler::reconcile(const Pipeline& state, std::vector<ExecutionNumber> touched,
                           const JobSettings& settings) {
  if (std::exchange(whole_, false)) {
    for (const auto& [number, execution] : state.executions) touched.push_back(number);
    for (const ActionKey& key : running_) touched.push_back(key.execution);
    for (const auto& [key, at] : armed_) touched.push_back(key.execution);
  }
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const ExecutionNumber number : touched) reconcile_one(state, number, settings);
  recovered_.clear();
}

void Reconciler::reconcile_one(const Pipeline& state, ExecutionNumber execution,
                               const JobSettings& settings) {
  std::vector<ActionKey> runs;
  std::vector<std::pair<ActionKey, Instant>> deadlines;
  for (const Want& want : wants(state, execution)) {
    if (want.kind == WantKind::kDeadline)
      deadlines.emplace_back(want.key, want.at);
    else
      runs.push_back(want.key);
  }
  std::sort(runs.begin(), runs.end());
  std::sort(deadlines.begin(), deadlines.end());
  run(state, runs, execution, settings);
  arm(deadlines, execution);
}

void Reconciler::run(const Pipeline& state, const std::vector<ActionKey>& wanted,
                     ExecutionNumber execution, const JobSettings& settings) {
  const auto first = running_.lower_bound(ActionKey{execution});
  for (auto at = first; at != running_.end() && at->execution == execution;) {
    if (std::binary_search(wanted.begin(), wanted.end(), *at)) {
      ++at;
    } else {
      hosts_.cancel(pipeline_, *at);
      at = running_.erase(at);
    }
  }
  for (const ActionKey& key : wanted) {
    if (!running_.insert(key).second) continue;
    auto job = make_job(pipeline_, state, key, settings);
    // The core resolved the same action when it decided to start it, so this cannot fail for a
    // wanted run.
    if (!job) continue;
    if (recovered_.contains(key))
      hosts_.resume(std::move(*job));
    else
      hosts_.start(std::move(*job));
  }
}

void Reconciler::arm(const std::vector<std::pair<ActionKey, Instant>>& wanted,
                     ExecutionNumber execution) {
  const auto first = armed_.lower_bound({ActionKey{execution}, Instant{}});
  for (auto at = first; at != armed_.end() && at->first.execution == execution;) {
    if (std::binary_search(wanted.begin(), wanted.end(), *at)) {
      ++at;
    } else {
      timers_.disarm({at->second, pipeline_, at->first});
      at = armed_.erase(at);
    }
  }
  for (const auto& deadline : wanted)
    if (armed_.insert(deadline).second) timers_.arm({deadline.second, pipeline_, deadline.first});
}

}  // namespace sluice
