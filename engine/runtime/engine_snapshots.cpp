// What of an engine's state is in snapshots, so that the next engine has little to fold.
#include <algorithm>
#include <utility>

#include "engine/runtime/engine.hpp"
#include "engine/runtime/recovered.hpp"

namespace sluice {
namespace {

// With many pipelines each gets its snapshot less often, so that writing them stays a small part of
// the work.
constexpr Sequence kFactsOfPipeline = 32;
constexpr int kSavedAtOnce = 128;  // snapshots after one commit, for those who wait for the next

}  // namespace

Result<void> Engine::load_all() {
  auto recovered = recover_all(store_);
  if (!recovered) return recovered.error();
  for (auto& [name, state] : *recovered) {
    if (live_.contains(name)) continue;
    Live& live = begin(name, options_.settings);
    adopt(name, live, std::move(state));
    live.reconciler.recovered(live.state);
  }
  for (const auto& [name, live] : live_)
    if (live.first_unsaved != 0) unsaved_.emplace_back(live.first_unsaved, name);
  std::sort(unsaved_.begin(), unsaved_.end());
  has_all_ = true;
  return {};
}

bool Engine::ask_saved(const std::string& pipeline, Question question) {
  return ask(pipeline, [this, pipeline, question = std::move(question)](const Pipeline* state) {
    if (state != nullptr) save(pipeline, live_.at(pipeline));
    question(state);
  });
}

// A snapshot only shortens recovery: if it cannot be written now, the next one will be.
bool Engine::save(const std::string& pipeline, Live& live) {
  if (live.facts_since_snapshot == 0) return true;
  if (!store_.save_snapshot(pipeline, {live.last, live.state})) return false;
  live.facts_since_snapshot = 0;
  live.first_unsaved = 0;
  return true;
}

void Engine::snapshot_if_due(const std::string& pipeline, Live& live) {
  // The name of a removed pipeline is free: a snapshot would be taken for the next one's state.
  if (!live.removed && live.facts_since_snapshot >= options_.facts_per_snapshot)
    save(pipeline, live);
}

void Engine::note_unsaved(const std::string& pipeline, Live& live, Sequence first) {
  live.first_unsaved = first;
  if (has_all_) unsaved_.emplace_back(first, pipeline);
}

// Pipelines that little happens to are saved, too, once so much has happened to others that the
// next engine would read all that for the sake of a few facts.
void Engine::shorten_recovery(Sequence last) {
  if (!has_all_) return;
  const Sequence bound =
      std::max<Sequence>(options_.facts_to_recover, kFactsOfPipeline * live_.size());
  int saved = 0;
  while (!unsaved_.empty() && saved < kSavedAtOnce) {
    const auto& [first, pipeline] = unsaved_.front();
    const auto at = live_.find(pipeline);
    const bool counts =
        at != live_.end() && !at->second.removed && at->second.first_unsaved == first;
    if (counts && last - first < bound) break;
    if (counts && !save(pipeline, at->second)) break;
    saved += counts;
    unsaved_.pop_front();
  }
  if (saved == 0) return;
  const Sequence upto = unsaved_.empty() ? last : unsaved_.front().first - 1;
  static_cast<void>(store_.set_cursor(kSavedCursor, upto));
}

}  // namespace sluice
