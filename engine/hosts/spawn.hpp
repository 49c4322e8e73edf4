// Starts a program in a session of its own, from a process of any size, with nothing inherited that
// is not named here.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/core/result.hpp"

namespace sluice {

// The number under which a started program finds the socket that it was given.
inline constexpr int kSocketNumber = 3;

struct SpawnRequest {
  std::vector<std::string> arguments;    // the program's path first
  std::vector<std::string> environment;  // NAME=value
  std::string output;  // its standard output and error are appended to this file; "": thrown away
  int socket = -1;     // stays the caller's; -1: none
};
struct SpawnedProcess {
  pid_t pid = -1;
  int pidfd = -1;  // the caller's
};
// kUnavailable: it cannot be started.
[[nodiscard]] Result<SpawnedProcess> spawn_detached(const SpawnRequest& request);

}  // namespace sluice
