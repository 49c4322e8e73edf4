#include "engine/workers/worker_process.hpp"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include "engine/hosts/spawn.hpp"
#include "engine/store/lease.hpp"

extern char** environ;

namespace sluice::workers {
namespace {
constexpr std::uintmax_t kMostLogBytes = 1u << 20;
}

Result<std::optional<WorkerProcess>> WorkerProcess::find(const std::filesystem::path& leases) {
  const auto holder = Lease::holder(leases, "worker");
  if (!holder) return holder.error();
  if (!*holder || (*holder)->pid <= 0) return std::optional<WorkerProcess>();
  const auto pid = static_cast<pid_t>((*holder)->pid);
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) return std::optional<WorkerProcess>();
  return std::optional<WorkerProcess>(WorkerProcess(pid, pidfd, false));
}

Result<WorkerProcess> WorkerProcess::start(const std::vector<std::string>& command,
                                           const std::filesystem::path& log) {
  std::error_code ignored;
  if (std::filesystem::file_size(log, ignored) > kMostLogBytes && !ignored)
    std::filesystem::remove(log, ignored);
  SpawnRequest request;
  request.arguments = command;
  for (char** item = environ; *item; ++item) request.environment.emplace_back(*item);
  request.output = log;
  const auto process = spawn_detached(request);
  if (!process) return process.error();
  return WorkerProcess(process->pid, process->pidfd, true);
}

WorkerProcess::WorkerProcess(WorkerProcess&& from) noexcept
    : pid_(from.pid_), pidfd_(std::exchange(from.pidfd_, -1)), ours_(from.ours_) {}

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& from) noexcept {
  std::swap(pid_, from.pid_);
  std::swap(pidfd_, from.pidfd_);
  std::swap(ours_, from.ours_);
  return *this;
}

WorkerProcess::~WorkerProcess() {
  if (pidfd_ >= 0) close(pidfd_);
}

std::string WorkerProcess::reap() {
  siginfo_t info = {};
  if (!ours_ || waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0) return "";
  if (info.si_code == CLD_EXITED)
    return info.si_status == 0 ? "" : "it ended with status " + std::to_string(info.si_status);
  const char* const name = sigdescr_np(info.si_status);
  return "it was ended by signal " + std::to_string(info.si_status) +
         (name ? std::string(" (") + name + ")" : "");
}

void WorkerProcess::kill() const {
  (void)syscall(SYS_pidfd_send_signal, pidfd_, SIGKILL, nullptr, 0);
}

}  // namespace sluice::workers
