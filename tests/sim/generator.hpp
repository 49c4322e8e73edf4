// Random pipelines in the notation of tests/core/notation.hpp, with every feature that it has.
#pragma once

#include <string>

#include "tests/sim/dice.hpp"

namespace sluice::sim {

[[nodiscard]] std::string random_pipeline(Dice& dice);

}  // namespace sluice::sim
