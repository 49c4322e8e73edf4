// From the engine's and the workers' threads to the one that draws. Facts are never dropped; of a
// running action's log only the latest line is kept, so a flood of output costs nothing.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/store/store.hpp"

namespace sluice {

struct UiNews {
  std::vector<StoredFact> facts;
  std::map<ActionKey, std::string> lines;  // latest log line
  std::vector<std::string> notices;        // worth a line of their own
  bool engine_ended = false;
};

class UiQueue {
 public:
  UiQueue();
  ~UiQueue();
  UiQueue(const UiQueue&) = delete;
  UiQueue& operator=(const UiQueue&) = delete;

  // Any thread.
  void add_facts(std::span<const StoredFact> facts);
  void set_line(const ActionKey& key, std::string line);
  void add_notice(std::string notice);
  void end();

  // The drawing thread. fd() is readable when there is news.
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] UiNews take();

 private:
  void signal() const;
  int fd_;
  std::mutex mutex_;
  UiNews news_;
};

}  // namespace sluice
