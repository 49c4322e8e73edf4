// Processes that a run leaves behind. The host is a subreaper, so orphaned descendants become its
// children, wherever they have moved themselves.
#pragma once

namespace sluice::host {

void become_subreaper();

// Reaps what has ended, and counts it; true if children are still alive. One system call if there
// are none.
[[nodiscard]] bool children_alive(int* reaped = nullptr);

// Kills and reaps every descendant, for `limit_ms` at most; returns how many were killed. Safe in a
// signal handler.
int end_children(int limit_ms);

// Threads of this process.
[[nodiscard]] long thread_count();

}  // namespace sluice::host
