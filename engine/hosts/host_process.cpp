#include "engine/hosts/host_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/hosts/process_end.hpp"
#include "sdk/wire/socket.hpp"

extern char** environ;

namespace sluice {
namespace {

constexpr int kSocketNumber = 3;

std::vector<std::string> environment_of(const HostLaunch& launch) {
  std::vector<std::string> environment;
  const std::string prefix = std::string(kHostVariable) + '=';
  for (char** item = environ; *item; ++item)
    if (!std::string_view(*item).starts_with(prefix)) environment.emplace_back(*item);
  environment.push_back(prefix + launch.cookie);
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// posix_spawn's two objects, and their end.
struct SpawnSettings {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  explicit SpawnSettings(int socket) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawn_file_actions_adddup2(&files, socket, kSocketNumber);
    posix_spawn_file_actions_addclosefrom_np(&files, kSocketNumber + 1);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
};

Error system_error(const std::string& what, int number) {
  return {ErrorKind::kUnavailable, what, std::strerror(number)};
}

}  // namespace

Result<HostProcess> HostProcess::launch(const HostLaunch& launch) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return system_error("socketpair", errno);
  // Above the number that it gets in the child, so that dup2 always clears close-on-exec.
  const int child_end = fcntl(ends[1], F_DUPFD_CLOEXEC, kSocketNumber + 1);
  close(ends[1]);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  HostProcess host;
  host.socket_ = ends[0];

  std::vector<std::string> arguments = {
      launch.program, "--serve",       launch.plugin, "--socket", std::to_string(kSocketNumber),
      "--directory",  launch.directory};
  for (const auto& limit : launch.limits) {
    arguments.emplace_back("--limit");
    arguments.push_back(limit);
  }
  auto environment = environment_of(launch);
  const SpawnSettings settings(child_end);
  const int error =
      posix_spawn(&host.pid_, launch.program.c_str(), &settings.files, &settings.attributes,
                  pointers(arguments).data(), pointers(environment).data());
  close(child_end);
  if (error != 0) {
    host.pid_ = -1;
    return system_error("cannot start " + launch.program, error);
  }
  host.pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, host.pid_, 0));
  return host;
}

HostProcess::HostProcess(HostProcess&& from) noexcept
    : runs(std::move(from.runs)),
      pid_(std::exchange(from.pid_, -1)),
      pidfd_(std::exchange(from.pidfd_, -1)),
      socket_(std::exchange(from.socket_, -1)),
      out_(std::move(from.out_)),
      out_descriptors_(std::move(from.out_descriptors_)),
      frames_(std::move(from.frames_)) {}

HostProcess::~HostProcess() {
  close_socket();
  if (pidfd_ >= 0) close(pidfd_);
}

int HostProcess::release_pidfd() {
  return std::exchange(pidfd_, -1);
}

void HostProcess::close_socket() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  for (const int descriptor : out_descriptors_) close(descriptor);
  out_descriptors_.clear();
  out_.clear();
}

bool HostProcess::queue(const wire::ToHost& message, int log) {
  if (log >= 0) out_descriptors_.push_back(log);
  if (wire::append(out_, message)) return true;
  if (log >= 0) {
    close(log);
    out_descriptors_.pop_back();
  }
  return false;
}

bool HostProcess::flush() {
  while (!out_.empty()) {
    const ssize_t sent = wire::send_bytes(socket_, out_, out_descriptors_);
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    for (const int descriptor : out_descriptors_) close(descriptor);
    out_descriptors_.clear();
    out_.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

bool HostProcess::receive(const std::function<void(wire::ToEngine)>& use) {
  // Not an array: the thread-local storage of every thread of the program would begin with it.
  static thread_local std::vector<char> buffer(64 * 1024);
  std::vector<int> unwanted;
  for (;;) {
    const ssize_t size = wire::receive_bytes(socket_, buffer, unwanted, false);
    for (const int descriptor : unwanted) close(descriptor);
    unwanted.clear();
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    if (size <= 0) return false;
    frames_.append({buffer.data(), static_cast<std::size_t>(size)});
    while (const auto payload = frames_.next()) {
      auto decoded = wire::decode_to_engine(*payload);
      if (!decoded.message) {
        garbage_ = decoded.why;
        return false;
      }
      use(std::move(*decoded.message));
    }
    if (frames_.malformed()) {
      garbage_ = "a frame of more than " + std::to_string(wire::kMaxFrame) + " bytes";
      return false;
    }
    if (static_cast<std::size_t>(size) < buffer.size()) return true;
  }
}

}  // namespace sluice
