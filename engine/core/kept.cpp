#include "engine/core/kept.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t kMostKept = 50;  // failures of a PARALLEL pipeline

bool goes_back(const Pipeline& pipeline, const Execution& e, Index stage) {
  return e.version == pipeline.version && e.type == ExecutionType::kStandard &&
         succeeded_in(e, stage);
}

// Whether it is the newest ended one that some stage could be rolled back to.
bool target(const Pipeline& pipeline, const Execution& e) {
  if (pipeline.versions.at(pipeline.version)->mode == ExecutionMode::kParallel) return false;
  for (Index stage = 1; stage <= e.stage; ++stage) {
    if (!goes_back(pipeline, e, stage)) continue;
    const auto newer = pipeline.finished.upper_bound(e.number);
    if (std::none_of(newer, pipeline.finished.end(),
                     [&](const auto& entry) { return goes_back(pipeline, entry.second, stage); })) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool succeeded_in(const Execution& e, Index stage) {
  if (e.type == ExecutionType::kRollback && stage != e.stage) return false;
  if (std::find(e.skipped.begin(), e.skipped.end(), stage) != e.skipped.end()) return false;
  return stage < e.stage || (stage == e.stage && e.stage_status == StageStatus::kSucceeded);
}

bool retryable(const Pipeline& pipeline, const Execution& e) {
  if (e.version != pipeline.version) return false;
  if (e.stage_status != StageStatus::kFailed && e.stage_status != StageStatus::kStopped)
    return false;
  if (pipeline.versions.at(e.version)->mode == ExecutionMode::kParallel) return true;
  return pipeline.entered[e.stage] <= e.number;
}

const Execution* latest_success(const Pipeline& pipeline, Index stage, ExecutionNumber except) {
  const Execution* latest = nullptr;
  for (const auto* kept : {&pipeline.executions, &pipeline.finished}) {
    for (auto entry = kept->rbegin(); entry != kept->rend(); ++entry) {
      const Execution& e = entry->second;
      if (e.number == except || !goes_back(pipeline, e, stage)) continue;
      if (latest == nullptr || e.number > latest->number) latest = &e;
      break;
    }
  }
  return latest;
}

void prune(Pipeline& pipeline) {
  for (auto at = pipeline.finished.begin(); at != pipeline.finished.end();) {
    const bool keep = retryable(pipeline, at->second) || target(pipeline, at->second);
    at = keep ? std::next(at) : pipeline.finished.erase(at);
  }
  while (pipeline.finished.size() > std::max(kMostKept, 2 * pipeline.entered.size())) {
    pipeline.finished.erase(pipeline.finished.begin());
  }
}

}  // namespace sluice
