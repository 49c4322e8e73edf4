#include "engine/retention/in_use.hpp"

#include "engine/core/artifacts_in_use.hpp"

namespace sluice::retention {

InUse in_use(const Pipeline& pipeline) {
  InUse use;
  use.version = pipeline.version;
  for (const auto& [version, declaration] : pipeline.versions) use.versions.insert(version);
  const auto current = pipeline.versions.find(pipeline.version);
  if (current != pipeline.versions.end()) use.stages = current->second->stages.size();
  for (const auto& [number, e] : pipeline.executions) {
    use.in_flight.insert(number);
    use.ids.insert(e.id);
    for (const ActionRun& action : e.actions) {
      if (action.status == ActionStatus::kRunning &&
          (use.oldest_call.ms == 0 || action.started < use.oldest_call))
        use.oldest_call = action.started;
    }
  }
  for (const auto& [number, e] : pipeline.finished) {
    use.kept.insert(number);
    use.ids.insert(e.id);
  }
  for (const ExecutionNumber number : pipeline.entered)
    if (number != 0) use.entered.insert(number);
  artifacts_in_use(pipeline, [&](const std::string& digest) { use.digests.insert(digest); });
  return use;
}

}  // namespace sluice::retention
