#include "plugins/process/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>

#include "plugins/process/process_table.hpp"

namespace sluice::process {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kAfterKill = std::chrono::seconds(2);  // then it is given up
constexpr int kPoll_ms = 50;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Descriptor() { reset(); }
  void reset() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read, write;
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
    // Only the reading end: the child's must block, as programs expect of their output.
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
  }
};

// A file in memory: unlike a pipe it cannot deadlock with a child that writes before it reads, nor
// raise SIGPIPE.
Descriptor input_file(const std::string& text) {
  Descriptor file(memfd_create("stdin", MFD_CLOEXEC));
  for (std::size_t done = 0; file.get() >= 0 && done < text.size();) {
    const ssize_t n = write(file.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Descriptor();
    done += static_cast<std::size_t>(n);
  }
  if (file.get() >= 0) lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

// 0, or the errno that says why there is no child.
int spawn(const Command& command, int in, int out, int error, pid_t& child) {
  std::vector<std::string> environment;
  for (const auto& [name, value] : command.environment) environment.push_back(name + "=" + value);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, error, 2);
  if (!command.directory.empty())
    posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  const int error_number =
      posix_spawnp(&child, command.arguments[0].c_str(), &actions, &attributes,
                   pointers(command.arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error_number;
}

// Hands on what can be read now, 1 MiB at most so that a flood does not keep the deadline from
// being looked at; closes at the end of the stream.
void drain(Descriptor& from, const std::function<void(std::string_view)>& to) {
  char buffer[16'384];
  for (int round = 0; round < 64 && from.get() >= 0; ++round) {
    const ssize_t n = read(from.get(), buffer, sizeof buffer);
    if (n > 0) {
      if (to) to(std::string_view(buffer, static_cast<std::size_t>(n)));
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
      from.reset();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

// Watches one child: why it is being stopped, when SIGKILL is due, and how it ended.
class Watch {
 public:
  Watch(const Command& command, pid_t child)
      : command_(command),
        child_(child),
        deadline_(Clock::now() + std::chrono::milliseconds(command.deadline_ms)) {}

  // Looks at the child and at the clock, and stops what is due. True once all is over.
  bool over(bool output_open) {
    reap();
    const auto now = Clock::now();
    if (stopping_) return is_stopped(now);
    if (reaped_ && !(output_open && command_.wait_for_output)) return true;
    if (command_.cancelled && command_.cancelled()) {
      stop(End::kCancelled, now);
    } else if (now >= deadline_) {
      if (reaped_) ending_.end = End::kOutputHeld;
      if (reaped_) return true;
      stop(End::kTimedOut, now);
    }
    return false;
  }

  [[nodiscard]] bool reaped() const { return reaped_; }
  [[nodiscard]] Ending ending() const { return stopping_ ? Ending{*stopping_, 0, {}} : ending_; }

 private:
  void reap() {
    int status = 0;
    const pid_t got = reaped_ ? 0 : waitpid(child_, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno != ECHILD)) return;
    reaped_ = true;
    if (got < 0)  // somebody else has taken its status
      ending_ = {End::kNotStarted, ECHILD, {}};
    else if (WIFSIGNALED(status))
      ending_ = {End::kSignalled, WTERMSIG(status), {}};
    else
      ending_ = {End::kExited, WEXITSTATUS(status), {}};
  }

  void stop(End why, Clock::time_point now) {
    stopping_ = why;
    kill_at_ = now + std::chrono::milliseconds(command_.grace_ms);
    kill(-child_, SIGTERM);
  }

  // Whoever is asked to stop leaves nobody behind.
  [[nodiscard]] bool is_stopped(Clock::time_point now) const {
    if (reaped_ && !group_is_alive(child_)) return true;
    if (now >= kill_at_) kill(-child_, SIGKILL);
    return now >= kill_at_ + kAfterKill;
  }

  const Command& command_;
  pid_t child_;
  Clock::time_point deadline_, kill_at_{};
  bool reaped_ = false;
  std::optional<End> stopping_;
  Ending ending_;
};

}  // namespace

Ending run(const Command& command) {
  Pipe output, error;
  Descriptor input = input_file(command.input);
  if (command.arguments.empty()) return {End::kNotStarted, EINVAL, {}};
  if (input.get() < 0 || !output.open() || !error.open()) return {End::kNotStarted, errno, {}};
  pid_t child = -1;
  const int error_number =
      spawn(command, input.get(), output.write.get(), error.write.get(), child);
  if (error_number != 0) return {End::kNotStarted, error_number, {}};
  output.write.reset();
  error.write.reset();

  // Without pidfd_open (Linux before 5.3) the poll's time-out notices the end.
  const Descriptor end(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  Watch watch(command, child);
  const auto drain_both = [&] {
    drain(output.read, command.on_output);
    drain(error.read, command.on_error);
    return output.read.get() >= 0 || error.read.get() >= 0;
  };
  bool open = true;
  do {
    pollfd watched[] = {{output.read.get(), POLLIN, 0},
                        {error.read.get(), POLLIN, 0},
                        {watch.reaped() ? -1 : end.get(), POLLIN, 0}};
    poll(watched, 3, kPoll_ms);
    open = drain_both();
  } while (!watch.over(open));
  open = drain_both();
  Ending ending = watch.ending();
  if (ending.end == End::kOutputHeld)
    ending.holders =
        processes_holding(output.read.get() >= 0 ? output.read.get() : error.read.get());
  return ending;
}

std::string Ending::text() const {
  switch (end) {
    case End::kExited:
      return "exited with status " + std::to_string(code);
    case End::kSignalled:
      return "was killed by signal " + std::to_string(code) + " (" + strsignal(code) + ")";
    case End::kTimedOut:
      return "was stopped at its deadline";
    case End::kCancelled:
      return "was stopped because the action was cancelled";
    case End::kOutputHeld:
      return "ended, but another process held its output open until the deadline";
    case End::kNotStarted:
      break;
  }
  return std::string("could not be started: ") + strerror(code);
}

Environment inherited_environment(const std::vector<std::string_view>& without) {
  Environment environment;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view entry(*at);
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = entry.substr(0, equals);
    if (std::find(without.begin(), without.end(), name) == without.end())
      environment.emplace_back(name, entry.substr(equals + 1));
  }
  return environment;
}

}  // namespace sluice::process
