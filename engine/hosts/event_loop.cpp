#include "engine/hosts/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <array>

namespace sluice {
namespace {
constexpr EventLoop::Token kWake = 0;
constexpr EventLoop::Token kTimer = ~EventLoop::Token{0};
}  // namespace

std::int64_t steady_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

EventLoop::EventLoop() {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = kWake;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
  event.data.u64 = kTimer;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event);
}

EventLoop::~EventLoop() {
  close(timer_);
  close(wake_);
  close(epoll_);
}

void EventLoop::post(Task task) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(task));
  if (posted_.size() > 1) return;  // a wake-up is under way
  const std::uint64_t one = 1;
  (void)!write(wake_, &one, sizeof one);
}

EventLoop::Token EventLoop::add(int descriptor, std::uint32_t epoll_events, Ready ready) {
  const Token token = next_token_++;
  epoll_event event = {};
  event.events = epoll_events;
  event.data.u64 = token;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  ready_.emplace(token, std::move(ready));
  return token;
}

void EventLoop::change(Token token, int descriptor, std::uint32_t epoll_events) {
  epoll_event event = {};
  event.events = epoll_events;
  event.data.u64 = token;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
}

void EventLoop::remove(Token token, int descriptor) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  ready_.erase(token);
}

EventLoop::Timer EventLoop::at(std::int64_t when_ms, Task task) {
  const Timer timer{when_ms, next_timer_++};
  timers_.emplace(timer, std::move(task));
  return timer;
}

void EventLoop::cancel(const Timer& timer) {
  timers_.erase(timer);
}

void EventLoop::arm() {
  const std::int64_t wanted = timers_.empty() ? 0 : timers_.begin()->first.first;
  // A timer that is armed too early costs one wake-up, and most are cancelled in time.
  if (wanted == 0 || (armed_ms_ != 0 && armed_ms_ <= wanted)) return;
  itimerspec when = {};
  when.it_value.tv_sec = wanted / 1000;
  when.it_value.tv_nsec = wanted % 1000 * 1000000;
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
  armed_ms_ = wanted;
}

void EventLoop::run_posted() {
  std::uint64_t count;
  (void)!read(wake_, &count, sizeof count);
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(posted_);
  }
  for (auto& task : tasks) task();
}

void EventLoop::run_timers() {
  std::uint64_t count;
  (void)!read(timer_, &count, sizeof count);
  armed_ms_ = 0;
  const std::int64_t now = steady_ms();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const Task task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    task();
  }
}

void EventLoop::run(const std::function<bool()>& done, const Task& between_rounds) {
  std::array<epoll_event, 128> events;
  while (!done()) {
    arm();
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kWake) {
        run_posted();
      } else if (event.data.u64 == kTimer) {
        run_timers();
      } else if (const auto found = ready_.find(event.data.u64); found != ready_.end()) {
        const Ready ready = found->second;  // it may remove itself
        ready(event.events);
      }
    }
    between_rounds();
  }
}

}  // namespace sluice
