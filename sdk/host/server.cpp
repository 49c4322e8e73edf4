#include "sdk/host/server.hpp"

#include <cxxabi.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <thread>

#include "sdk/host/leftovers.hpp"
#include "sdk/wire/exit_status.hpp"
#include "sdk/wire/socket.hpp"

namespace sluice::host {
namespace {

constexpr std::int64_t kWatchAfter_us = 2000;  // a run that takes longer is watched
constexpr int kEndChildren_ms = 2000;
// SIGTERM asks the current run to end, as Cancel does; its children take the signal for themselves.
std::atomic<bool>* cancelled_flag = nullptr;
void on_terminate(int) {
  cancelled_flag->store(true, std::memory_order_release);
}

constexpr std::size_t kMaxOutputBytes = 122880;

std::int64_t now_us() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void arm(int timer, std::int64_t after_us) {
  itimerspec when = {};
  when.it_value.tv_nsec = after_us * 1000;
  timerfd_settime(timer, 0, &when, nullptr);
}

// Ends in the middle of a run: nothing may be left of it.
[[noreturn]] void end_everything(int status) {
  end_children(kEndChildren_ms);
  _exit(status);
}

bool same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

Server::Server(int socket, std::string directory)
    : socket_(socket), directory_(std::move(directory)), buffer_(64 * 1024) {
  null_ = open("/dev/null", O_RDWR | O_CLOEXEC);
  timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  stop_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  run_.on_progress = [this](const wire::Progress& progress) { tell_progress(progress); };
  run_.on_secret = [this](const wire::Secret& secret) { tell_secret(secret); };
}

int Server::serve(const PluginLibrary& plugin) {
  if (!plugin.problem.empty()) {
    send(wire::Refused{plugin.problem}, true);
    return 1;
  }
  cancelled_flag = &run_.cancelled;
  struct sigaction action = {};
  action.sa_handler = on_terminate;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  usual_umask_ = umask(0);
  umask(usual_umask_);
  std::thread([this] { watch(); }).detach();
  usual_threads_ = thread_count();
  send(wire::Ready{plugin.description}, true);
  for (;;) {
    Waiting waiting;
    if (!next(waiting)) return 0;
    if (!run(plugin, std::move(waiting))) return 0;
  }
}

bool Server::open_work_directory() {
  const std::string path = directory_ + "/run";
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return false;
  if (work_ >= 0) close(work_);
  work_ = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (work_ < 0) return false;
  // A time long ago: the clock of files is coarse, and whatever is made in here must be seen to
  // have changed it.
  const timespec long_ago[] = {{1, 0}, {1, 0}};
  return futimens(work_, long_ago) == 0 && fstat(work_, &untouched_) == 0 && fchdir(work_) == 0;
}

bool Server::next(Waiting& waiting) {
  for (;;) {
    if (!queue_.empty()) {  // no watcher now: the queue is ours
      waiting = std::move(queue_.front());
      queue_.pop_front();
      return true;
    }
    if (receive(true) == Input::kEnd) return false;
  }
}

Server::Input Server::receive(bool wait) {
  const ssize_t size = wire::receive_bytes(socket_, buffer_, descriptors_, wait);
  if (size < 0) return errno == EAGAIN ? Input::kNone : Input::kEnd;
  if (size == 0) return Input::kEnd;
  frames_.append({buffer_.data(), static_cast<std::size_t>(size)});
  while (const auto payload = frames_.next()) {
    auto decoded = wire::decode_to_host(*payload);
    if (!decoded.message || !take(std::move(*decoded.message))) return Input::kEnd;
  }
  return frames_.malformed() ? Input::kEnd : Input::kSome;
}

bool Server::take(wire::ToHost message) {
  if (auto* const run = std::get_if<wire::Run>(&message)) {
    if (run->log == logs_.size() && !descriptors_.empty()) {
      logs_.push_back(descriptors_.front());
      descriptors_.erase(descriptors_.begin());
    }
    if (run->log >= logs_.size()) return false;
    const int log = logs_[run->log];
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(*run), log});
  } else if (const auto* const cancel = std::get_if<wire::Cancel>(&message)) {
    const std::lock_guard lock(mutex_);
    if (running_ && current_ == cancel->run) run_.cancelled.store(true, std::memory_order_release);
    for (auto& waiting : queue_)
      if (waiting.run.run == cancel->run) waiting.cancelled = true;
  } else if (const auto* const wanted = std::get_if<wire::Withdraw>(&message)) {
    withdraw(wanted->run);
  }
  return true;
}

void Server::withdraw(std::uint64_t run) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(queue_.begin(), queue_.end(),
                                    [&](const Waiting& waiting) { return waiting.run.run == run; });
    if (found == queue_.end()) return;
    queue_.erase(found);
  }
  send(wire::Withdrawn{run}, true);
}

void Server::send(const wire::ToEngine& message, bool at_once) {
  {
    const std::lock_guard lock(out_mutex_);
    if (!wire::append(out_, message)) {
      // Cannot happen with the bounds of run.cpp; an engine that hears nothing would wait for ever.
      std::fputs("a message to the engine is too large\n", stderr);
      _exit(wire::kTooLarge);
    }
  }
  if (at_once) (void)flush();
}

// What a run says of itself before it is watched goes along with its result, or when watching
// begins: most are over by then.
void Server::tell_progress(const wire::Progress& progress) {
  send(progress, false);
  bool watched = false;
  {
    const std::lock_guard lock(mutex_);
    watched = watching_;
  }
  if (watched) (void)flush();
}

// The engine looks into the socket before it shows what it has read of the log. If it cannot be
// told, nothing of this run may be shown any more.
void Server::tell_secret(const wire::Secret& secret) {
  send(secret, false);
  if (!flush()) end_everything(0);
}

bool Server::flush() {
  const std::lock_guard lock(out_mutex_);
  while (!out_.empty()) {
    const ssize_t sent = wire::send_bytes(socket_, out_, {});
    if (sent < 0 && (errno == EBADF || errno == ENOTSOCK)) end_everything(wire::kLostDescriptors);
    if (sent < 0) return false;  // the reader will see the end
    out_.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

bool Server::run(const PluginLibrary& plugin, Waiting waiting) {
  enter(waiting);
  const std::int64_t begin = now_us();
  call(plugin);
  run_.result.run_us = static_cast<std::uint64_t>(now_us() - begin);
  const bool reusable = leave(plugin);
  run_.result.retiring = !reusable;
  send(run_.result, true);
  return reusable;
}

void Server::enter(Waiting& waiting) {
  if (!attached_) attach(waiting.log);
  attached_ = false;
  if (work_ < 0) (void)open_work_directory();
  run_.begin(std::move(waiting.run));
  run_.job.texts[SLUICE_TEXT_WORK_DIRECTORY] = directory_ + "/run";
  run_.cancelled.store(waiting.cancelled, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    running_ = true;
    current_ = run_.job.run;
    begin_us_ = now_us();
  }
  if (!armed_.exchange(true)) arm(timer_, kWatchAfter_us);
}

void Server::attach(int output) {
  dup2(output, 1);
  dup2(output, 2);
}

// The end of a thread is caught as an object that is not there: a reference to null, by design.
__attribute__((no_sanitize("null"))) void Server::call(const PluginLibrary& plugin) {
  const auto* const type = plugin.find(run_.job.category, run_.job.provider, run_.job.version);
  auto& result = run_.result;
  if (work_ < 0) {
    result.misbehaviour = "the work directory " + directory_ + "/run: " + std::strerror(errno);
    return;
  }
  if (!type) {
    result.misbehaviour = "the plugin no longer offers this action type";
    return;
  }
  try {
    result.outcome = static_cast<std::int32_t>(type->run(&host_table(), &run_));
  } catch (const abi::__forced_unwind&) {
    throw;
  } catch (const std::exception& error) {
    result.misbehaviour = std::string("an exception left run: ") + error.what();
  } catch (...) {
    result.misbehaviour = "an exception left run";
  }
  if (result.outcome == SLUICE_SUCCEEDED && run_.variables_refused && result.misbehaviour.empty())
    result.misbehaviour =
        "its output variables are larger than " + std::to_string(kMaxOutputBytes) + " bytes in all";
}

bool Server::leave(const PluginLibrary& plugin) {
  std::fflush(nullptr);
  const auto* const type = plugin.find(run_.job.category, run_.job.provider, run_.job.version);
  bool reusable = run_.result.misbehaviour.empty();
  if (children_alive()) {
    const bool may_stay = type && (type->flags & SLUICE_ACTION_LEAVES_PROCESSES) != 0 &&
                          run_.result.outcome == SLUICE_SUCCEEDED;
    if (may_stay) {
      reusable = false;  // a later crash of this process must not take them along
    } else {
      const int killed = end_children(kEndChildren_ms);
      if (killed > 0)
        dprintf(2, "warning: %d process%s that the action left behind %s ended\n", killed,
                killed == 1 ? "" : "es", killed == 1 ? "was" : "were");
    }
  }
  if (thread_count() > usual_threads_) reusable = false;  // it could write to the next run's log
  run_.result.trash = clear_work_directory();
  umask(usual_umask_);
  stop_watching();
  // Nothing may be written to this run's log any more when its result is told.
  attached_ = reusable && !queue_.empty();
  attach(attached_ ? queue_.front().log : null_);
  return reusable;
}

std::string Server::clear_work_directory() {
  struct stat now = {};
  (void)!fchdir(work_);
  if (fstat(work_, &now) == 0 && now.st_nlink == untouched_.st_nlink &&
      same(now.st_mtim, untouched_.st_mtim) && same(now.st_ctim, untouched_.st_ctim))
    return "";
  const std::string trash = directory_ + "/trash-" + std::to_string(trash_count_++);
  const bool moved = rename((directory_ + "/run").c_str(), trash.c_str()) == 0;
  return open_work_directory() && moved ? trash : "";
}

void Server::stop_watching() {
  std::unique_lock lock(mutex_);
  running_ = false;
  if (!watching_) return;
  const std::uint64_t one = 1;
  (void)!write(stop_, &one, sizeof one);
  watcher_rests_.wait(lock, [this] { return !watching_; });
}

void Server::watch() {
  for (;;) {
    pollfd timer = {timer_, POLLIN, 0};
    poll(&timer, 1, -1);
    if ((timer.revents & POLLNVAL) != 0) end_everything(wire::kLostDescriptors);
    std::uint64_t count;
    {
      const std::lock_guard lock(mutex_);
      if (read(timer_, &count, sizeof count) < 0) continue;
      armed_ = false;
      if (!running_) continue;
      const std::int64_t left_us = begin_us_ + kWatchAfter_us - now_us();
      if (left_us > 0) {  // another run than the one that set the timer
        if (!armed_.exchange(true)) arm(timer_, left_us);
        continue;
      }
      watching_ = true;
    }
    (void)flush();
    for (bool stopped = false; !stopped;) {
      pollfd sources[] = {{socket_, POLLIN, 0}, {stop_, POLLIN, 0}};
      poll(sources, 2, -1);
      if (((sources[0].revents | sources[1].revents) & POLLNVAL) != 0)
        end_everything(wire::kLostDescriptors);
      if (sources[0].revents != 0 && receive(false) == Input::kEnd) end_everything(0);
      stopped = sources[1].revents != 0;
    }
    const std::lock_guard lock(mutex_);
    (void)!read(stop_, &count, sizeof count);
    watching_ = false;
    watcher_rests_.notify_one();
  }
}

}  // namespace sluice::host
