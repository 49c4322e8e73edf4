#include "engine/hosts/host_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/hosts/process_end.hpp"
#include "engine/hosts/spawn.hpp"
#include "sdk/wire/socket.hpp"

extern char** environ;

namespace sluice {
namespace {

constexpr std::size_t kMostRead = 1u << 20;  // a socket holds about 200 KiB

std::vector<std::string> environment_of(const HostLaunch& launch) {
  std::vector<std::string> environment;
  const std::string prefix = std::string(kHostVariable) + '=';
  for (char** item = environ; *item; ++item)
    if (!std::string_view(*item).starts_with(prefix)) environment.emplace_back(*item);
  environment.push_back(prefix + launch.cookie);
  return environment;
}

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

  SpawnRequest request;
  request.arguments = {
      launch.program, "--serve",       launch.plugin, "--socket", std::to_string(kSocketNumber),
      "--directory",  launch.directory};
  for (const auto& limit : launch.limits) {
    request.arguments.emplace_back("--limit");
    request.arguments.push_back(limit);
  }
  request.environment = environment_of(launch);
  request.socket = child_end;
  const auto process = spawn_detached(request);
  close(child_end);
  if (!process) return process.error();
  host.pid_ = process->pid;
  host.pidfd_ = process->pidfd;
  return host;
}

HostProcess::HostProcess(HostProcess&& from) noexcept
    : runs(std::move(from.runs)),
      pid_(std::exchange(from.pid_, -1)),
      pidfd_(std::exchange(from.pidfd_, -1)),
      socket_(std::exchange(from.socket_, -1)),
      out_(std::move(from.out_)),
      out_descriptors_(std::move(from.out_descriptors_)),
      frames_(std::move(from.frames_)),
      waiting_(std::move(from.waiting_)),
      ended_(from.ended_),
      garbage_(std::move(from.garbage_)) {}

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

bool HostProcess::receive(const std::function<void(wire::ToEngine&&)>& use) {
  read();
  while (!waiting_.empty()) {
    wire::ToEngine message = std::move(waiting_.front());
    waiting_.pop_front();
    use(std::move(message));
  }
  return !ended_;
}

bool HostProcess::receive_secrets(const std::function<void(wire::Secret)>& use) {
  read();
  for (auto message = waiting_.begin(); message != waiting_.end();) {
    auto* const secret = std::get_if<wire::Secret>(&*message);
    if (secret) use(std::move(*secret));
    message = secret ? waiting_.erase(message) : std::next(message);
  }
  return !waiting_.empty() || ended_;
}

// All that was in the socket at the call: more than kMostRead is none that it could hold.
void HostProcess::read() {
  // Not an array: the thread-local storage of every thread of the program would begin with it.
  static thread_local std::vector<char> buffer(64 * 1024);
  std::vector<int> unwanted;
  for (std::size_t total = 0; !ended_ && total < kMostRead;) {
    const ssize_t size = wire::receive_bytes(socket_, buffer, unwanted, false);
    for (const int descriptor : unwanted) close(descriptor);
    unwanted.clear();
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    ended_ = size <= 0;
    if (ended_) return;
    total += static_cast<std::size_t>(size);
    frames_.append({buffer.data(), static_cast<std::size_t>(size)});
    while (const auto payload = frames_.next()) {
      auto decoded = wire::decode_to_engine(*payload);
      ended_ = !decoded.message;
      if (ended_) {
        garbage_ = decoded.why;
        return;
      }
      waiting_.push_back(std::move(*decoded.message));
    }
    if (frames_.malformed()) {
      garbage_ = "a frame of more than " + std::to_string(wire::kMaxFrame) + " bytes";
      ended_ = true;
    }
    if (static_cast<std::size_t>(size) < buffer.size()) return;
  }
}

}  // namespace sluice
