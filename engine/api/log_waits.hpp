// Calls of GetLog that wait for more of a log. One thread looks after all of them, and sleeps when
// there are none. Private to engine/api.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/artifacts/log_store.hpp"

namespace sluice::api {

class LogWaits {
 public:
  // What a wait ends with: what there is, empty if the time is over.
  using Told = std::function<void(const LogPart& part)>;

  explicit LogWaits(const LogStore& logs);
  // Ends all waits.
  ~LogWaits();
  LogWaits(const LogWaits&) = delete;
  LogWaits& operator=(const LogWaits&) = delete;

  // Any thread. `told` is called once, on the thread of this object. False: as many calls wait as
  // may.
  [[nodiscard]] bool wait(LogName name, std::uint64_t offset, std::size_t bytes,
                          std::int64_t wait_ms, Told told);

 private:
  struct Wait {
    LogName name;
    std::uint64_t offset;
    std::size_t bytes;
    std::chrono::steady_clock::time_point until;
    Told told;
  };
  void run();
  [[nodiscard]] bool look(const Wait& wait) const;

  const LogStore& logs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Wait> waits_;
  std::atomic<bool> closed_ = false;
  std::thread thread_;
};

}  // namespace sluice::api
