#include "sdk/host/leftovers.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice::host {
namespace {

struct Entry {  // linux_dirent64
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t size;
  std::uint8_t type;
  char name[1];
};
constexpr std::size_t kNameOffset = 19;

// Kills the processes that the file /proc/self/task/TID/children names.
void kill_listed(int directory, const char* thread) {
  char path[64];
  std::size_t length = 0;
  for (; thread[length] && length < 20; ++length) path[length] = thread[length];
  std::memcpy(path + length, "/children", sizeof "/children");
  const int file = openat(directory, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  char text[4096];
  const ssize_t size = read(file, text, sizeof text);
  close(file);
  pid_t pid = 0;
  for (ssize_t i = 0; i < size; ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      pid = pid * 10 + (text[i] - '0');
    } else {
      if (pid > 0) kill(pid, SIGKILL);
      pid = 0;
    }
  }
}

void kill_children() {
  const int directory = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  alignas(Entry) char buffer[4096];
  for (;;) {
    const long size = syscall(SYS_getdents64, directory, buffer, sizeof buffer);
    if (size <= 0) break;
    for (long at = 0; at < size;) {
      std::uint16_t step;
      std::memcpy(&step, buffer + at + offsetof(Entry, size), sizeof step);
      const char* const name = buffer + at + kNameOffset;
      if (name[0] != '.') kill_listed(directory, name);
      at += step;
    }
  }
  close(directory);
}

std::int64_t now_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

}  // namespace

void become_subreaper() {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}

bool children_alive(int* reaped) {
  for (;;) {
    siginfo_t info;
    info.si_pid = 0;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0) {
      if (errno == EINTR) continue;
      return false;  // ECHILD
    }
    if (info.si_pid == 0) return true;
    if (reaped) ++*reaped;
  }
}

int end_children(int limit_ms) {
  const std::int64_t end = now_ms() + limit_ms;
  int killed = 0;
  if (!children_alive()) return 0;
  do {
    kill_children();
    // A killed process needs a moment to become a zombie.
    const timespec pause = {0, 200000};
    nanosleep(&pause, nullptr);
  } while (children_alive(&killed) && now_ms() < end);
  return killed;
}

long thread_count() {
  static const int tasks = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat status = {};
  // The task directory has one link a thread, beside its own two.
  return fstat(tasks, &status) == 0 ? static_cast<long>(status.st_nlink) - 2 : 1;
}

}  // namespace sluice::host
