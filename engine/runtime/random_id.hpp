// New ids from outside the core.
#pragma once

#include "engine/core/ids.hpp"

namespace sluice {

// A random UUID, version 4. Any thread.
[[nodiscard]] Uuid random_id();

}  // namespace sluice
