// The token that an approver gives back with the answer (facts/codepipeline.md 2.13).
#pragma once

#include "engine/core/pipeline.hpp"

namespace sluice {

// Of the run's present attempt; a retry has another one.
[[nodiscard]] Uuid approval_token(const ActionRun& run);

}  // namespace sluice
