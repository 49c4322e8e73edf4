// The action approval/manual: the pipeline waits here until somebody says yes or no.
#pragma once

#include <sluice/action.hpp>

namespace sluice::approval {

// The first call says what is to be approved and asks to be called again by a signal alone; it then
// holds no process. The engine takes the answer itself (facts/codepipeline.md 2.13); where it hands
// the answer on as a signal, {"status": "Approved"|"Rejected", "summary": TEXT}, so does this.
Outcome manual_approval(Run& run);

}  // namespace sluice::approval
