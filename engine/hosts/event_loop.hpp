// A thread's epoll loop: descriptors, timers, and functions posted from other threads. With nothing
// to do it sleeps without a time limit.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace sluice {

// Milliseconds of the monotonic clock.
[[nodiscard]] std::int64_t steady_ms();

class EventLoop {
 public:
  using Ready = std::function<void(std::uint32_t epoll_events)>;
  using Task = std::function<void()>;
  using Token = std::uint64_t;
  using Timer = std::pair<std::int64_t, std::uint64_t>;

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // From any thread: task runs on the loop's thread, in order of posting.
  void post(Task task);

  // On the loop's thread only. The descriptor stays the caller's; remove before closing it.
  [[nodiscard]] Token add(int descriptor, std::uint32_t epoll_events, Ready ready);
  void change(Token token, int descriptor, std::uint32_t epoll_events);
  void remove(Token token, int descriptor);
  // task runs once at the time or later. The result serves to cancel it.
  Timer at(std::int64_t when_ms, Task task);
  void cancel(const Timer& timer);
  // Runs until done() is true; between_rounds() is called after every round of events.
  void run(const std::function<bool()>& done, const Task& between_rounds);

 private:
  void run_posted();
  void run_timers();
  void arm();

  int epoll_ = -1, wake_ = -1, timer_ = -1;
  std::unordered_map<Token, Ready> ready_;
  Token next_token_ = 1;
  std::map<Timer, Task> timers_;
  std::uint64_t next_timer_ = 1;
  std::int64_t armed_ms_ = 0;  // 0: not armed
  std::mutex mutex_;
  std::vector<Task> posted_;
};

}  // namespace sluice
