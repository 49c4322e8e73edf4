// One execution as it goes on in a server, drawn as `sluice run` draws its own.
#pragma once

#include <string>

#include "engine/core/ids.hpp"

namespace sluice {

// Until the execution has ended (then 0 if it succeeded, else 1), or an interrupt, which leaves it
// running (130). Reads the data directory's store; the bus only wakes it earlier.
int watch_execution(const std::string& data, Uuid id);

}  // namespace sluice
