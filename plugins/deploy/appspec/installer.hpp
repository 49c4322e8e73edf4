// Carries out the instructions of a plan, in order, and keeps the cleanup list true all the while:
// a copy is listed before it is made, a directory after.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugins/deploy/appspec/fault.hpp"
#include "plugins/deploy/appspec/instruction.hpp"

namespace sluice::appspec {

// Faults: those of disk.hpp and tools.hpp; DIRECTORY_EXISTS; CANCELLED when `cancelled` (asked
// before every step; may be empty) says so. After a fault the list names what was put there so far.
[[nodiscard]] Check install(const std::vector<Instruction>& instructions,
                            const std::string& cleanup_list,
                            const std::function<bool()>& cancelled);

}  // namespace sluice::appspec
