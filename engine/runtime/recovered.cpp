#include "engine/runtime/recovered.hpp"

#include <iterator>
#include <utility>
#include <vector>

#include "engine/core/core.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kPage = 10'000;  // facts read at once

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
    return recovered;
  }
}

}  // namespace sluice
