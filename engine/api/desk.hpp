// Work that blocks and that neither the engine's thread nor a caller waits for: taken in order, by
// one thread or several. Private to engine/api.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sluice::api {

class Desk {
 public:
  explicit Desk(std::size_t threads = 1, std::size_t most_waiting = 4096);
  // What has been taken is still done.
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Any thread. False: as much waits as may; nothing was taken.
  [[nodiscard]] bool post(std::function<void()> work);

 private:
  void run();

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::api
