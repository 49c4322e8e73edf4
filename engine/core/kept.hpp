// Which executions outlive their end in Pipeline::finished, and what they are good for there.
#pragma once

#include "engine/core/pipeline.hpp"

namespace sluice {

// Whether it went through the stage without skipping it: a rollback may go back to it (facts 2.11).
[[nodiscard]] bool succeeded_in(const Execution& e, Index stage);

// Whether its stage ended so that it can be retried, and it is still the newest that entered it
// (facts 2.10). PARALLEL executions do not stand in each other's way.
[[nodiscard]] bool retryable(const Pipeline& pipeline, const Execution& e);

// The newest execution of the current version, in flight or ended, that a rollback of the stage may
// go back to; null if there is none. Never `except`.
[[nodiscard]] const Execution* latest_success(const Pipeline& pipeline, Index stage,
                                              ExecutionNumber except);

// Drops what nobody can come back to. Bounded by the number of stages; for PARALLEL by 50.
void prune(Pipeline& pipeline);

}  // namespace sluice
