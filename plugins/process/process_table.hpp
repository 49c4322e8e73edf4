// Two questions to /proc.
#pragma once

#include <sys/types.h>

#include <string>

namespace sluice::process {

// True while a process of the group lives; zombies do not count.
[[nodiscard]] bool group_is_alive(pid_t group);

// Who, apart from this process, has the pipe behind `descriptor` open: "python3 (pid 4711)",
// several joined by commas, or "" when /proc does not tell.
[[nodiscard]] std::string processes_holding(int descriptor);

}  // namespace sluice::process
