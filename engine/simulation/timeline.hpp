// A simulation as a picture: a row an execution, its stages as segments over time.
#pragma once

#include <string>

#include "engine/simulation/simulate.hpp"

namespace sluice::simulation {

struct TimelineOptions {
  int width = 80;       // columns; what does not fit is cut, nothing wraps
  bool unicode = true;  // else ASCII
  bool color = false;
};

// Pure. At most 200 rows; a line says how many executions are not shown. Times between two changes
// keep their order but not their proportion, so that a minute is visible beside a week.
[[nodiscard]] std::string timeline(const Simulated& simulated, const TimelineOptions& options);

}  // namespace sluice::simulation
