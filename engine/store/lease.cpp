#include "engine/store/lease.hpp"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

#include "engine/core/file_name.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPollMs = 10;  // only while another process holds what we wait for
// For what a dead holder was just starting: between fork and exec it has the lease's file too.
constexpr std::int64_t kInheritedMs = 5000;

std::int64_t clock_ms(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

// A lock of the open file, not of the process: released when the last copy of it is closed, and
// other threads of this process are kept out too.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

fs::path file_of(const fs::path& leases, const std::string& what) {
  return leases / (file_name_of(what) + ".lease");
}

Error unusable(const fs::path& file) {
  return {ErrorKind::kUnavailable, file.string(),
          std::string("cannot be used as a lease: ") + std::strerror(errno) +
              ". Check that the data directory may be written, or name another one."};
}

std::string text_of(Instant instant) {
  const time_t seconds = instant.ms / 1000;
  tm local{};
  ::localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return text.data();
}

void tell(int file, const LeaseHolder& holder) {
  const std::string text = std::to_string(holder.pid) + "\n" + std::to_string(holder.since.ms) +
                           "\n" + holder.execution + "\n";
  const ssize_t written = ::pwrite(file, text.data(), text.size(), 0);
  // It is for people's eyes: a full disk makes the message poorer, not the lease weaker.
  static_cast<void>(written >= 0 && ::ftruncate(file, written) == 0);
}

LeaseHolder told(int file) {
  std::array<char, 512> buffer{};
  const ssize_t size = ::pread(file, buffer.data(), buffer.size(), 0);
  std::string_view text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  LeaseHolder holder;
  const auto line = [&] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view result = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return result;
  };
  const auto number = [&](std::int64_t& value) {
    const std::string_view digits = line();
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
  };
  number(holder.pid);
  number(holder.since.ms);
  holder.execution = line();
  return holder;
}

bool is_dead(const LeaseHolder& holder) {
  return holder.pid > 0 && ::kill(static_cast<pid_t>(holder.pid), 0) != 0 && errno == ESRCH;
}

Error held(const std::string& what, const LeaseHolder& holder) {
  std::string message = "is run by another process";
  if (holder.pid != 0) {
    message = "is run by pid " + std::to_string(holder.pid);
    if (holder.since.ms != 0) message += " since " + text_of(holder.since);
    if (!holder.execution.empty()) message += " (execution " + holder.execution + ")";
  }
  return {ErrorKind::kUnavailable, what, message + ". Wait for it to end, or stop it."};
}

Result<std::optional<LeaseHolder>> holder_of(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return std::optional<LeaseHolder>();
    return unusable(path);
  }
  struct flock lock = whole_file();
  const bool asked = ::fcntl(file, F_OFD_GETLK, &lock) == 0;
  std::optional<LeaseHolder> holder;
  if (asked && lock.l_type != F_UNLCK) holder = told(file);
  const Error error = asked ? Error{} : unusable(path);
  ::close(file);
  if (!asked) return error;
  return holder;
}

}  // namespace

Result<Lease> Lease::acquire(const fs::path& leases, const std::string& what,
                             const std::string& execution, std::int64_t wait_ms) {
  const fs::path path = file_of(leases, what);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return unusable(path);
  Lease lease(file, {clock_ms(CLOCK_REALTIME)});
  const std::int64_t begin_ms = clock_ms(CLOCK_MONOTONIC);
  for (;;) {
    struct flock lock = whole_file();
    if (::fcntl(file, F_OFD_SETLK, &lock) == 0) break;
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) return unusable(path);
    const LeaseHolder holder = told(file);
    const std::int64_t patience_ms = is_dead(holder) ? std::max(wait_ms, kInheritedMs) : wait_ms;
    if (clock_ms(CLOCK_MONOTONIC) - begin_ms >= patience_ms) return held(what, holder);
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
  }
  lease.since_ = {clock_ms(CLOCK_REALTIME)};
  lease.announce(execution);
  return lease;
}

Lease::~Lease() {
  if (file_ >= 0) ::close(file_);
}

Lease::Lease(Lease&& from) noexcept : file_(std::exchange(from.file_, -1)), since_(from.since_) {}

Lease& Lease::operator=(Lease&& from) noexcept {
  std::swap(file_, from.file_);
  std::swap(since_, from.since_);
  return *this;
}

void Lease::announce(const std::string& execution) {
  tell(file_, {::getpid(), execution, since_});
}

Result<std::optional<LeaseHolder>> Lease::holder(const fs::path& leases, const std::string& what) {
  return holder_of(file_of(leases, what));
}

Result<std::optional<LeaseHolder>> Lease::any_holder(const fs::path& leases,
                                                     const std::string& kind) {
  std::error_code trouble;
  const std::string prefix = file_name_of(kind + " ");
  for (fs::directory_iterator at(leases, trouble), end; !trouble && at != end;
       at.increment(trouble)) {
    if (!at->path().filename().string().starts_with(prefix)) continue;
    auto holder = holder_of(at->path());
    if (!holder || *holder) return holder;
  }
  if (trouble) return Error{ErrorKind::kUnavailable, leases.string(), trouble.message()};
  return std::optional<LeaseHolder>();
}

}  // namespace sluice
