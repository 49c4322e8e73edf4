// Work that reads history and that neither the engine's thread nor a caller waits for: one thread,
// in order. Private to engine/api.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace sluice::api {

class Desk {
 public:
  Desk();
  // What has been taken is still done.
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Any thread. False: as much waits as may; nothing was taken.
  [[nodiscard]] bool post(std::function<void()> work);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace sluice::api
