#include "plugins/build/shell_process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

namespace sluice::build {
namespace {

constexpr int kCancelPollMs = 100;  // how late a cancellation may be noticed
constexpr int kBlindPollMs = 20;    // where the kernel has no pidfd_open
constexpr int kGroupPollMs = 10;
constexpr int kTrapGraceMs = 5000;  // for the shell's own EXIT trap
constexpr int kTermGraceMs = 2000;  // between TERM and KILL
constexpr int kKillGraceMs = 2000;  // for the kernel, after KILL

class SpawnPlan {
 public:
  SpawnPlan(int input, bool answers, const std::string& directory) {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_adddup2(&actions_, input, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    if (answers) posix_spawn_file_actions_adddup2(&actions_, 0, ShellProcess::kAnswerFd);
    if (!directory.empty()) posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int run(pid_t& pid, char* const* arguments, char* const* environment) {
    return posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments, environment);
  }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

int shell_status(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

// Whether a process of the group still runs. A dead one that its parent, somebody else, has not
// reaped yet holds the group's number but does nothing.
bool group_lives(pid_t group) {
  if (kill(-group, 0) != 0 && errno == ESRCH) return false;
  DIR* processes = opendir("/proc");
  if (!processes) return true;
  bool lives = false;
  while (const dirent* entry = lives ? nullptr : readdir(processes)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    std::ifstream file(std::string("/proc/") + entry->d_name + "/stat");
    std::string stat((std::istreambuf_iterator<char>(file)), {});
    // pid (name) state parent group ...; the name may hold anything.
    const std::size_t name_end = stat.rfind(')');
    char state = 'Z';
    int member_of = 0;
    if (name_end != std::string::npos &&
        std::sscanf(stat.c_str() + name_end + 1, " %c %*d %d", &state, &member_of) == 2)
      lives = member_of == group && state != 'Z' && state != 'X';
  }
  closedir(processes);
  return lives;
}

// Waits until no process of the group runs, and reaps those that are ours to reap.
bool group_ended(pid_t group, int grace_ms) {
  for (int waited_ms = 0;; waited_ms += kGroupPollMs) {
    const bool lives = group_lives(group);
    while (waitpid(-group, nullptr, WNOHANG) > 0) {
    }
    if (!lives) return true;
    if (waited_ms >= grace_ms) return false;
    poll(nullptr, 0, kGroupPollMs);
  }
}

void end_group(pid_t group) {
  if (group_ended(group, 0)) return;
  kill(-group, SIGTERM);
  kill(-group, SIGCONT);  // a stopped process cannot act on TERM
  if (group_ended(group, kTermGraceMs)) return;
  kill(-group, SIGKILL);
  group_ended(group, kKillGraceMs);
}

}  // namespace

std::string ShellProcess::spawn(const std::vector<std::string>& arguments,
                                const std::vector<std::string>& environment,
                                const std::string& directory, int input, bool answers) {
  received_.clear();
  interruption_ = Interruption::kNone;
  const int error = SpawnPlan(input, answers, directory)
                        .run(pid_, pointers(arguments).data(), pointers(environment).data());
  if (error != 0) {
    pid_ = -1;
    return "cannot start " + arguments[0] + " in " + directory + ": " + std::strerror(error);
  }
  groups_.push_back(pid_);
  pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  return {};
}

std::string ShellProcess::start(const std::vector<std::string>& arguments,
                                const std::vector<std::string>& environment,
                                const std::string& directory) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return std::string("no socket for the shell: ") + std::strerror(errno);
  // The shell's end blocks; the flag belongs to each end alone.
  fcntl(ends[1], F_SETFL, fcntl(ends[1], F_GETFL) & ~O_NONBLOCK);
  std::string trouble = spawn(arguments, environment, directory, ends[1], true);
  close(ends[1]);
  if (trouble.empty())
    socket_ = ends[0];
  else
    close(ends[0]);
  return trouble;
}

std::string ShellProcess::start_alone(const std::vector<std::string>& arguments,
                                      const std::vector<std::string>& environment,
                                      const std::string& directory) {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0) return std::string("cannot open /dev/null: ") + std::strerror(errno);
  std::string trouble = spawn(arguments, environment, directory, nothing, false);
  close(nothing);
  return trouble;
}

// Takes what has arrived. False at the end of the stream.
bool ShellProcess::receive() {
  if (socket_ < 0) return false;
  char buffer[16384];
  while (true) {
    const ssize_t n = recv(socket_, buffer, sizeof buffer, 0);
    if (n > 0) {
      received_.append(buffer, static_cast<std::size_t>(n));
      if (buffer[n - 1] == '\0') return true;
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
}

// True once the process has ended; its place is then free for another.
bool ShellProcess::reap() {
  int wait_status = 0;
  pid_t reaped;
  do {
    reaped = waitpid(pid_, &wait_status, WNOHANG);
  } while (reaped < 0 && errno == EINTR);
  if (reaped == 0) return false;
  status_ = reaped == pid_ ? shell_status(wait_status) : 127;
  return true;
}

void ShellProcess::forget() {
  if (socket_ >= 0) close(socket_);
  if (pidfd_ >= 0) close(pidfd_);
  pid_ = socket_ = pidfd_ = -1;
}

std::optional<std::string> ShellProcess::ask(std::string_view text, const Watch& watch) {
  received_.clear();
  interruption_ = Interruption::kNone;
  bool open = true;
  while (running()) {
    while (!text.empty()) {
      const ssize_t n = send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        text.remove_prefix(static_cast<std::size_t>(n));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        break;
      } else if (errno != EINTR) {
        text = {};  // a shell that is ending reads no more; its end is noticed below
      }
    }
    const auto events = static_cast<short>(text.empty() ? POLLIN : POLLIN | POLLOUT);
    pollfd waits[] = {{open ? socket_ : -1, events, 0}, {pidfd_, POLLIN, 0}};
    poll(waits, 2, watch.wait_ms(pidfd_ < 0 ? kBlindPollMs : kCancelPollMs));
    if (waits[0].revents) open = receive();
    const bool answered = received_.find('\0') != std::string::npos;
    if (!answered && (pidfd_ < 0 || waits[1].revents) && reap()) {
      receive();
      forget();
    }
    if (const auto size = received_.find('\0'); size != std::string::npos)
      return received_.substr(0, size);
    interruption_ = watch.check();
    if (interruption_ != Interruption::kNone) break;
  }
  return std::nullopt;
}

void ShellProcess::leave(std::string_view farewell) {
  if (!running()) return;
  if (socket_ >= 0) {
    (void)!send(socket_, farewell.data(), farewell.size(), MSG_NOSIGNAL);
    shutdown(socket_, SHUT_RDWR);
  }
  const int grace_ms = interruption_ == Interruption::kNone ? kTrapGraceMs : 0;
  bool ended = reap();
  for (int waited_ms = 0; !ended && waited_ms < grace_ms; waited_ms += kBlindPollMs) {
    pollfd wait = {pidfd_, POLLIN, 0};
    poll(&wait, pidfd_ < 0 ? 0 : 1, kBlindPollMs);
    ended = reap();
  }
  forget();  // one that has not ended does so with its group
}

void ShellProcess::end() {
  leave();
  for (const pid_t group : groups_) end_group(group);
  groups_.clear();
}

}  // namespace sluice::build
