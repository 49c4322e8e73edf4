// A few threads for work that blocks: unpacking and packing artifacts, removing directories,
// waiting for a process to end. They start when first needed.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sluice {

class IoThreads {
 public:
  explicit IoThreads(unsigned most) : most_(most) {}
  // Finishes what has been posted.
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  // From any thread.
  void post(std::function<void()> task);

 private:
  void work();

  const unsigned most_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  unsigned resting_ = 0;
  bool ending_ = false;
};

}  // namespace sluice
