// The garbage collector of a server: a thread of low priority that collects at its start, then at
// the interval of the rules, and when it is asked to. Without rules it sleeps.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/retention/collection.hpp"
#include "engine/runtime/engine.hpp"

namespace sluice::retention {

class Collector {
 public:
  struct Setup {
    Engine& engine;
    std::function<Result<std::unique_ptr<Store>>()> open_store;  // a connection of the collector's
    std::filesystem::path artifacts, logs;
    const Clock& clock;
    std::function<Sequence()> read_upto;  // the collector's thread
    // Of each collection that nobody asked for and that removed something or could not; on the
    // collector's thread.
    std::function<void(const Report&)> told;
  };
  // What is referred to outlives it.
  Collector(Setup setup, Rules rules);
  // Breaks off after the step in hand; what was asked for and not begun is answered so.
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  // Any thread. From the next collection on.
  void set(const Rules& rules);
  // Any thread. `done` is called once, on the collector's thread. False: too many wait already.
  [[nodiscard]] bool collect(bool dry_run, std::function<void(const Report&)> done);
  // Any thread. Ends early what goes on, and begins nothing more.
  void stop();

 private:
  struct Asked {
    bool dry_run = false;
    std::function<void(const Report&)> done;
  };

  void run();
  Report collect_once(bool dry_run, const Rules& rules);
  std::optional<InUse> look(const std::string& pipeline, bool save);
  bool pause();

  Setup setup_;
  std::unique_ptr<Store> store_;

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  Rules rules_;
  std::deque<Asked> asked_;
  bool ending_ = false, due_ = true;
  std::thread thread_;
};

}  // namespace sluice::retention
