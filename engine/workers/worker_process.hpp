// The process of a data directory's worker, as an engine sees it: looked for, started, watched.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"

namespace sluice::workers {

class WorkerProcess {
 public:
  // The one that has the lease "worker"; none if nobody does.
  [[nodiscard]] static Result<std::optional<WorkerProcess>> find(
      const std::filesystem::path& leases);
  // Starts one, in a session of its own, so that it outlives its parent and its parent's process
  // group. `log` takes what it prints; it begins anew when it has become larger than 1 MiB.
  [[nodiscard]] static Result<WorkerProcess> start(const std::vector<std::string>& command,
                                                   const std::filesystem::path& log);
  WorkerProcess(WorkerProcess&& from) noexcept;
  WorkerProcess& operator=(WorkerProcess&& from) noexcept;
  // Leaves the process to itself.
  ~WorkerProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool is_ours() const { return ours_; }
  // Readable once it has ended.
  [[nodiscard]] int pidfd() const { return pidfd_; }
  // After its end: what it died of, "" if it ended by itself without an error or is not ours.
  [[nodiscard]] std::string reap();
  void kill() const;

 private:
  WorkerProcess(pid_t pid, int pidfd, bool ours) : pid_(pid), pidfd_(pidfd), ours_(ours) {}

  pid_t pid_;
  int pidfd_;
  bool ours_;
};

}  // namespace sluice::workers
