// A pipeline's live state as its store has it: the newest snapshot and the facts after it.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "engine/core/pipeline.hpp"
#include "engine/core/result.hpp"
#include "engine/store/store.hpp"

namespace sluice {

struct Recovered {
  Pipeline state;  // version 0 if the store has no such pipeline
  std::uint32_t facts_since_snapshot = 0;
  Sequence first_unsaved = 0;  // the first of these; 0 if there are none
  Sequence last = 0;           // of the facts that made `state`
};
// Any thread. The store's error if it cannot be read. Facts that do not follow each other abort, as
// in apply().
[[nodiscard]] Result<Recovered> recover_state(const Store& store, const std::string& pipeline);

// The cursor up to which every fact of every pipeline is in a snapshot, or behind one.
inline constexpr char kSavedCursor[] = "saved";
// All pipelines of the store, by name, in one pass over the facts behind kSavedCursor. While nobody
// else writes; otherwise the same as recover_state().
[[nodiscard]] Result<std::unordered_map<std::string, Recovered>> recover_all(const Store& store);

}  // namespace sluice
