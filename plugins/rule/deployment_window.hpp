// The rule DeploymentWindow (facts/codepipeline.md 2.15): waits until a window of time is open.
#pragma once

#include <cstdint>
#include <sluice/action.hpp>

namespace sluice::rule {

// now_ms: milliseconds since 1970 UTC. Outside the window it asks to be called again when the
// window opens, and so holds no process while it waits; the rule's timeout ends a wait.
Outcome deployment_window_at(Run& run, std::int64_t now_ms);

// The same, now.
Outcome deployment_window(Run& run);

}  // namespace sluice::rule
