// Facts as lines of plain text, names instead of indices: what tests, golden files and the
// simulator show. "action 1 Build.Compile FAILED JobFailed: exit status 2".
#pragma once

#include <string>

#include "engine/core/pipeline.hpp"

namespace sluice {

// The fact must be the next one of this pipeline (not yet applied), or one whose execution is still
// in flight.
[[nodiscard]] std::string narrate(const Pipeline& pipeline, const Fact& fact);

}  // namespace sluice
