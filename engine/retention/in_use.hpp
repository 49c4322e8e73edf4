// What the live state of a pipeline needs: gathered on the engine's thread, kept by a collection.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_set>

#include "engine/core/pipeline.hpp"

namespace sluice::retention {

struct InUse {
  std::uint32_t version = 0;  // the current one; 0: there is no such pipeline any more
  std::size_t stages = 0;     // of it
  std::set<ExecutionNumber> in_flight;
  std::set<ExecutionNumber> kept;     // for retry and rollback
  std::set<ExecutionNumber> entered;  // the newest of each stage, which `status` shows
  std::set<std::uint32_t> versions;
  std::unordered_set<std::string> digests;
  std::set<Uuid> ids;  // of in_flight and kept
  // When the longest running call began; none if nothing runs. What it has packed nobody knows yet.
  Instant oldest_call;
};

[[nodiscard]] InUse in_use(const Pipeline& pipeline);

}  // namespace sluice::retention
