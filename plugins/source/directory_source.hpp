// The action source/directory: a working tree as it is, committed or not, as an output artifact.
#pragma once

#include <sluice/action.hpp>

namespace sluice::source {

Outcome directory_source(Run& run);

}  // namespace sluice::source
