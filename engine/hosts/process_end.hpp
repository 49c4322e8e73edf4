// How a host process ends, with all that it started. Everything here blocks: for I/O threads.
#pragma once

#include <sys/types.h>

#include <string>

namespace sluice {

// The environment variable by which the processes of a host are known even after they have left its
// process group and its session.
inline constexpr const char* kHostVariable = "SLUICE_HOST_COOKIE";

struct ProcessEnd {
  bool signalled = false;
  int number = 0;  // exit status, or signal
};

// Waits for the host to end by itself for patience_ms, then kills it and its process group. With
// `sweep`, every process that it has left behind is killed too: its descendants, its session, and
// whatever carries its cookie. Reaps it and closes pidfd.
[[nodiscard]] ProcessEnd end_process(pid_t pid, int pidfd, const std::string& cookie,
                                     int patience_ms, bool sweep);

// Removes a directory with all that is in it, directories without permissions included. Does
// nothing if it is not there.
void remove_tree(const std::string& path);

}  // namespace sluice
