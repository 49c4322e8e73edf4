// The schema in steps: what engine/store/schema/NNN.sql say, in order, from 001 on. A step that has
// been released is never changed; a change is a new step.
#pragma once

#include <span>

namespace sluice {

// schema_steps()[i] brings a database of version i to version i + 1.
std::span<const char* const> schema_steps();

}  // namespace sluice
