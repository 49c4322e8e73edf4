// A worker in a thread of the test, and an engine's hosts, over a real socket in a directory of
// their own.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/workers/worker.hpp"
#include "engine/workers/worker_hosts.hpp"
#include "tests/workers/samples.hpp"
#include "tests/workers/scripted_hosts.hpp"

namespace sluice::testing {

// Looks again and again, for 20 s at most, whether it has become true on another thread or in
// another process.
bool become_true(const std::function<bool()>& condition);

class Directory {
 public:
  Directory();
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A worker whose loop runs on a thread.
class WorkerThread {
 public:
  explicit WorkerThread(const std::filesystem::path& directory, std::int64_t idle_exit_ms = 60'000);
  // Ends it at once.
  ~WorkerThread();
  // Waits until it has ended by itself.
  void join();
  [[nodiscard]] bool ended() const { return ended_; }

  ScriptedHosts* hosts = nullptr;
  std::unique_ptr<Worker> worker;

 private:
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

// An engine that settles reports at once, or when it is told to.
class EngineDouble {
 public:
  explicit EngineDouble(const std::filesystem::path& directory,
                        std::vector<std::string> command = {}, bool settles = true);

  // "success", or the failure's code; "" if there is none yet.
  [[nodiscard]] std::string outcome(ExecutionNumber execution);
  [[nodiscard]] int reports();
  [[nodiscard]] bool heard(const std::string& words);
  void settle_all();

 private:
  std::mutex mutex_;
  std::map<ExecutionNumber, std::string> outcomes_;
  std::vector<std::function<void()>> unsettled_;
  std::string said_;
  int reports_ = 0;

 public:
  std::unique_ptr<WorkerHosts> hosts;  // ends first
};

inline Job held_job(ExecutionNumber execution) {
  Job held = job("p", execution);
  held.action = "Hold";
  return held;
}

}  // namespace sluice::testing
