#include "engine/hosts/process_end.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <vector>

namespace sluice {
namespace {

constexpr int kRounds = 10;  // a process may fork while we look

struct Process {
  pid_t pid = 0, parent = 0, session = 0;
  char state = '?';
};

std::string read_small(const std::string& path, std::size_t most) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return "";
  std::string text(most, '\0');
  std::size_t size = 0;
  for (ssize_t got; size < most && (got = read(file, text.data() + size, most - size)) > 0;)
    size += static_cast<std::size_t>(got);
  close(file);
  text.resize(size);
  return text;
}

std::vector<Process> processes() {
  std::vector<Process> all;
  DIR* const directory = opendir("/proc");
  if (!directory) return all;
  while (const dirent* const entry = readdir(directory)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    const std::string stat = read_small(std::string("/proc/") + entry->d_name + "/stat", 1024);
    const auto name_end = stat.rfind(')');
    Process process;
    process.pid = std::atoi(entry->d_name);
    int group = 0;
    if (name_end != std::string::npos &&
        std::sscanf(stat.c_str() + name_end + 1, " %c %d %d %d", &process.state, &process.parent,
                    &group, &process.session) == 4)
      all.push_back(process);
  }
  closedir(directory);
  return all;
}

bool carries(pid_t pid, const std::string& cookie) {
  const std::string environment = read_small("/proc/" + std::to_string(pid) + "/environ", 1u << 20);
  const std::string wanted = std::string(kHostVariable) + '=' + cookie;
  for (std::size_t at = 0; at < environment.size();) {
    const char* const item = environment.c_str() + at;
    if (wanted == item) return true;
    at += std::strlen(item) + 1;
  }
  return false;
}

// Kills what belongs to the host but the host itself; returns how many there were.
int kill_belongings(pid_t host, const std::string& cookie) {
  int killed = 0;
  std::set<pid_t> family{host};
  const auto all = processes();
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& process : all)
      if (family.contains(process.parent) && family.insert(process.pid).second) grown = true;
  }
  for (const auto& process : all) {
    if (process.pid == host || process.state == 'Z') continue;
    if (!family.contains(process.pid) && process.session != host && !carries(process.pid, cookie))
      continue;
    if (kill(process.pid, SIGKILL) == 0) ++killed;
  }
  return killed;
}

bool wait_for(int pidfd, int limit_ms) {
  pollfd wanted = {pidfd, POLLIN, 0};
  return poll(&wanted, 1, limit_ms) > 0;
}

}  // namespace

ProcessEnd end_process(pid_t pid, int pidfd, const std::string& cookie, int patience_ms,
                       bool sweep) {
  const bool ended = wait_for(pidfd, patience_ms);
  if (sweep || !ended) {
    if (!ended) kill_belongings(pid, cookie);  // while they are still its descendants
    kill(-pid, SIGKILL);
    wait_for(pidfd, -1);
    // The zombie is not reaped yet, so its number is not anyone else's.
    for (int round = 0; round < kRounds && kill_belongings(pid, cookie) > 0; ++round) {
      const timespec pause = {0, 1000000};
      nanosleep(&pause, nullptr);
    }
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  close(pidfd);
  ProcessEnd end;
  end.signalled = WIFSIGNALED(status);
  end.number = end.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
  return end;
}

void remove_tree(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::remove_all(path, error);
  if (!error) return;
  // A directory without write permission keeps its content; give it back and try again.
  for (fs::recursive_directory_iterator
           at(path, fs::directory_options::skip_permission_denied, error),
       end;
       !error && at != end; at.increment(error))
    if (at->is_directory(error) && !at->is_symlink(error))
      fs::permissions(at->path(), fs::perms::owner_all, fs::perm_options::add, error);
  fs::remove_all(path, error);
}

}  // namespace sluice
