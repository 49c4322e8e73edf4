#include "engine/runtime/recovered.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "engine/core/core.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kPage = 10'000;  // facts read at once
// With more facts than these behind the cursor, the snapshots of pipelines that little happened to
// save more than one pass does.
constexpr Sequence kMostOfOnePass = 1'000'000;

// Retention removes facts behind the newest snapshot alone: if that is still the one that was read,
// every fact after it was there.
Result<bool> is_outdated(const Store& store, const std::string& pipeline, Sequence folded) {
  const auto last = store.last_sequence();
  if (!last) return last.error();
  const auto removed = store.removed_between(folded, *last);
  if (!removed) return removed.error();
  if (*removed == 0) return false;
  const auto newest = store.snapshot(pipeline);
  if (!newest) return newest.error();
  return (*newest ? (*newest)->sequence : 0) != folded;
}

using States = std::unordered_map<std::string, Recovered>;

Result<States> read_snapshots(const Store& store, const std::vector<std::string>& names) {
  States states;
  for (const std::string& name : names) {
    auto snapshot = store.snapshot(name);
    if (!snapshot) return snapshot.error();
    Recovered& recovered = states[name];
    if (!*snapshot) continue;
    recovered.state = std::move((*snapshot)->pipeline);
    recovered.last = (*snapshot)->sequence;
  }
  return states;
}

void fold(Recovered& recovered, const StoredFact& stored) {
  if (stored.sequence <= recovered.last) return;
  apply(recovered.state, stored.fact, stored.at);
  recovered.last = stored.sequence;
  if (recovered.facts_since_snapshot++ == 0) recovered.first_unsaved = stored.sequence;
}

// Nothing if history was removed meanwhile: then a fact may be missing that no snapshot has which
// was read.
Result<std::optional<States>> recover_in_one_pass(const Store& store,
                                                  const std::vector<std::string>& names,
                                                  Sequence saved, Sequence last) {
  const auto removed = store.removed_between(0, last);
  if (!removed) return removed.error();
  auto states = read_snapshots(store, names);
  if (!states) return states.error();
  while (true) {
    const auto page = store.facts_after(saved, kPage);
    if (!page) return page.error();
    if (page->empty()) break;
    saved = page->back().sequence;
    for (const StoredFact& stored : *page) {
      const auto at = states->find(stored.pipeline);
      if (at != states->end()) fold(at->second, stored);
    }
  }
  const auto removed_by_now = store.removed_between(0, last);
  if (!removed_by_now) return removed_by_now.error();
  if (*removed_by_now != *removed) return std::optional<States>();
  return std::optional(std::move(*states));
}

}  // namespace

Result<Recovered> recover_state(const Store& store, const std::string& pipeline) {
  while (true) {
    auto snapshot = store.snapshot(pipeline);
    if (!snapshot) return snapshot.error();
    Recovered recovered;
    const Sequence folded = *snapshot ? (*snapshot)->sequence : 0;
    recovered.last = folded;
    if (*snapshot) recovered.state = std::move((*snapshot)->pipeline);
    std::vector<StoredFact> facts;
    while (true) {
      auto page = store.pipeline_facts(pipeline, recovered.last, kPage);
      if (!page) return page.error();
      if (page->empty()) break;
      recovered.last = page->back().sequence;
      facts.insert(facts.end(), std::make_move_iterator(page->begin()),
                   std::make_move_iterator(page->end()));
    }
    auto again = is_outdated(store, pipeline, folded);
    if (!again) return again.error();
    if (*again) continue;
    for (const StoredFact& stored : facts) apply(recovered.state, stored.fact, stored.at);
    recovered.facts_since_snapshot = static_cast<std::uint32_t>(facts.size());
    if (!facts.empty()) recovered.first_unsaved = facts.front().sequence;
    return recovered;
  }
}

Result<States> recover_all(const Store& store) {
  const auto names = store.pipelines();
  if (!names) return names.error();
  const auto saved = store.cursor(kSavedCursor);
  if (!saved) return saved.error();
  const auto last = store.last_sequence();
  if (!last) return last.error();
  if (*last - std::min(*saved, *last) <= kMostOfOnePass) {
    auto states = recover_in_one_pass(store, *names, *saved, *last);
    if (!states) return states.error();
    if (*states) return std::move(**states);
  }
  States states;
  for (const std::string& name : *names) {
    auto recovered = recover_state(store, name);
    if (!recovered) return recovered.error();
    states.emplace(name, std::move(*recovered));
  }
  return states;
}

}  // namespace sluice
