#include "engine/runtime/reconciler.hpp"

#include <algorithm>
#include <iterator>

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
  const ActionDeclaration& action = *resolved->declaration;
  const ActionRun& run = execution.actions.at(key.action);

  Job job;
  job.pipeline = pipeline;
  job.key = key;
  job.id = run.id;
  job.execution_id = to_text(execution.id);
  job.stage = stage.name;
  job.action = action.name;
  job.type = action.type;
  job.configuration = std::move(resolved->configuration);
  job.secret_keys = action.secret_keys;
  job.commands = std::move(resolved->commands);
  job.output_variables = action.output_variables;
  job.environment = std::move(resolved->environment);
  job.inputs = std::move(resolved->inputs);
  job.outputs = action.output_artifacts;
  job.has_continuation = key.turn > 1;
  job.continuation = run.token;
  job.signal = run.signal;
  job.source_revision = std::move(resolved->source_revision);
  job.deadline = run.deadline;
  job.base_directory = settings.base_directory;
  job.region = action.region.empty() ? settings.region : action.region;
  job.account = settings.account;
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

void Reconciler::reconcile(const Pipeline& state, const JobSettings& settings) {
  const std::vector<Want> wanted = wants(state);
  std::set<ActionKey> runs;
  std::vector<Want> deadlines;
  for (const Want& want : wanted) {
    if (want.kind == WantKind::kDeadline)
      deadlines.push_back(want);
    else
      runs.insert(want.key);
  }

  for (auto at = running_.begin(); at != running_.end();) {
    if (runs.contains(*at)) {
      ++at;
    } else {
      hosts_.cancel(pipeline_, *at);
      at = running_.erase(at);
    }
  }
  for (const ActionKey& key : runs) {
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
  recovered_.clear();

  std::vector<Want> fewer, more;
  std::set_difference(armed_.begin(), armed_.end(), deadlines.begin(), deadlines.end(),
                      std::back_inserter(fewer));
  std::set_difference(deadlines.begin(), deadlines.end(), armed_.begin(), armed_.end(),
                      std::back_inserter(more));
  for (const Want& want : fewer) timers_.disarm({want.at, pipeline_, want.key});
  for (const Want& want : more) timers_.arm({want.at, pipeline_, want.key});
  armed_ = std::move(deadlines);
}

}  // namespace sluice
