#include "engine/runtime/recovered.hpp"

#include "engine/core/core.hpp"

namespace sluice {
namespace {
constexpr std::uint32_t kPage = 10'000;  // facts read at once
}

Result<Recovered> recover_state(const Store& store, const std::string& pipeline) {
  auto snapshot = store.snapshot(pipeline);
  if (!snapshot) return snapshot.error();
  Recovered recovered;
  Sequence after = 0;
  if (*snapshot) {
    after = (*snapshot)->sequence;
    recovered.state = std::move((*snapshot)->pipeline);
  }
  while (true) {
    auto facts = store.pipeline_facts(pipeline, after, kPage);
    if (!facts) return facts.error();
    if (facts->empty()) return recovered;
    for (const StoredFact& stored : *facts) {
      apply(recovered.state, stored.fact, stored.at);
      after = stored.sequence;
      ++recovered.facts_since_snapshot;
    }
  }
}

}  // namespace sluice
