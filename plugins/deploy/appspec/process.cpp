#include "plugins/deploy/appspec/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "plugins/deploy/appspec/process_table.hpp"

namespace sluice::appspec {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kLongestLine = 16U * 1024U;

// The reading end of one output stream, cut into lines.
class Stream {
 public:
  Stream(bool is_stderr, const ProcessRequest& request)
      : is_stderr_(is_stderr), request_(request) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    close_reader();
    close_writer();
  }

  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    reader_ = ends[0];
    writer_ = ends[1];
    return fcntl(reader_, F_SETFL, O_NONBLOCK) == 0;
  }
  [[nodiscard]] int reader() const { return reader_; }
  [[nodiscard]] int writer() const { return writer_; }
  [[nodiscard]] bool is_open() const { return reader_ >= 0; }

  void close_writer() {
    if (writer_ >= 0) ::close(writer_);
    writer_ = -1;
  }

  // Takes what is there, one buffer at most, so that a flood leaves room for the deadline.
  void drain() {
    std::array<char, 65536> buffer{};
    const ssize_t got = ::read(reader_, buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got > 0) {
      take(buffer.data(), static_cast<std::size_t>(got));
      return;
    }
    finish();
  }
  // The rest of an unended line, and no more reading.
  void finish() {
    if (!pending_.empty()) emit();
    close_reader();
  }

 private:
  void take(const char* bytes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (bytes[i] == '\n') {
        emit();
      } else {
        pending_ += bytes[i];
        if (pending_.size() >= kLongestLine) emit();
      }
    }
  }
  void emit() {
    if (request_.line) request_.line(is_stderr_, pending_);
    pending_.clear();
  }
  void close_reader() {
    if (reader_ >= 0) ::close(reader_);
    reader_ = -1;
  }

  bool is_stderr_;
  const ProcessRequest& request_;
  int reader_ = -1, writer_ = -1;
  std::string pending_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// posix_spawn with everything that a fork would do between itself and exec.
int spawn(const ProcessRequest& request, int out, int err, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, 1);
  posix_spawn_file_actions_adddup2(&files, err, 2);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  posix_spawn_file_actions_addchdir_np(&files, request.directory.c_str());
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const auto arguments = pointers(request.arguments);
  const auto environment = pointers(request.environment);
  const int error =
      posix_spawn(&pid, arguments[0], &files, &attributes, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return error;
}

class Running {
 public:
  Running(const ProcessRequest& request, pid_t pid, Stream& out, Stream& err)
      : request_(request), pid_(pid), out_(out), err_(err) {}

  ProcessResult watch() {
    const auto deadline = Clock::now() + request_.timeout;
    while (true) {
      step(milliseconds(100), deadline);
      if (exited_ && !out_.is_open() && !err_.is_open()) return ended();
      if (request_.cancelled && request_.cancelled()) return ended_by_force(ProcessEnd::kCancelled);
      if (Clock::now() < deadline) continue;
      reap();
      if (!exited_) return ended_by_force(ProcessEnd::kTimedOut);
      return left_open();
    }
  }

 private:
  // Waits for output or the end, `longest` at most, and takes what there is.
  void step(milliseconds longest, Clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    const bool closed = !out_.is_open() && !err_.is_open();
    pause_ = closed ? std::min(pause_ * 2, milliseconds(20)) : milliseconds(1);
    auto wait = closed ? (exited_ ? milliseconds(0) : pause_) : longest;
    wait = std::clamp(wait, milliseconds(0), std::max(left, milliseconds(0)));
    std::array<pollfd, 2> ends{pollfd{out_.reader(), POLLIN, 0}, pollfd{err_.reader(), POLLIN, 0}};
    ::poll(ends.data(), ends.size(), static_cast<int>(wait.count()));
    if (out_.is_open() && ends[0].revents != 0) out_.drain();
    if (err_.is_open() && ends[1].revents != 0) err_.drain();
    reap();
  }

  void reap() {
    if (exited_) return;
    const pid_t got = ::waitpid(pid_, &status_, WNOHANG);
    if (got == pid_) exited_ = true;
    if (got < 0 && errno == ECHILD) exited_ = lost_ = true;
  }

  ProcessResult ended() const {
    if (lost_) return {ProcessEnd::kNotStarted, 0, "its exit status was taken by another part"};
    if (WIFEXITED(status_)) return {ProcessEnd::kExited, WEXITSTATUS(status_), {}};
    return {ProcessEnd::kSignalled, WTERMSIG(status_), {}};
  }

  ProcessResult left_open() {
    const std::string holder = processes_holding(out_.is_open() ? out_.reader() : err_.reader());
    out_.finish();
    err_.finish();
    return {ProcessEnd::kOutputsLeftOpen, 0, holder};
  }

  [[nodiscard]] bool is_left() const { return !exited_ || group_is_alive(pid_); }

  ProcessResult ended_by_force(ProcessEnd end) {
    ::kill(-pid_, SIGTERM);
    const auto deadline = Clock::now() + request_.grace;
    while (is_left() && Clock::now() < deadline) step(milliseconds(20), deadline);
    if (is_left()) ::kill(-pid_, SIGKILL);
    const auto last = Clock::now() + milliseconds(2000);
    while (is_left() && Clock::now() < last) step(milliseconds(20), last);
    step(milliseconds(0), last);
    out_.finish();
    err_.finish();
    return {end, 0, {}};
  }

  const ProcessRequest& request_;
  pid_t pid_;
  Stream& out_;
  Stream& err_;
  milliseconds pause_{1};
  int status_ = 0;
  bool exited_ = false, lost_ = false;
};

}  // namespace

ProcessResult run_process(const ProcessRequest& request) {
  Stream out(false, request);
  Stream err(true, request);
  pid_t pid = 0;
  const bool piped = out.open() && err.open();
  const int error = piped ? spawn(request, out.writer(), err.writer(), pid) : errno;
  if (error != 0)
    return {ProcessEnd::kNotStarted, 0,
            "cannot start " + request.arguments[0] + ": " + std::strerror(error)};
  out.close_writer();
  err.close_writer();
  return Running(request, pid, out, err).watch();
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::stringstream folders(std::string(path ? path : "") +
                            ":/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string program = folder + "/" + name;
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

std::vector<std::string> own_environment() {
  std::vector<std::string> result;
  for (char** at = environ; at && *at; ++at) result.emplace_back(*at);
  return result;
}

}  // namespace sluice::appspec
