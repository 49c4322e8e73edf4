// Hosts that can be told to begin nothing more: what is wanted then stays wanted, and the next
// server begins it. Knows how many jobs are under way.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "engine/hosts/hosts.hpp"

namespace sluice {

class HeldHosts final : public Hosts {
 public:
  void set(std::unique_ptr<Hosts> hosts) { hosts_ = std::move(hosts); }

  // From any thread: starts nothing from now on.
  void hold();
  // A report ended the job. From any thread.
  void ended(const std::string& pipeline, const ActionKey& key);
  // Waits until nothing is under way, at most wait_ms. How many jobs still are.
  std::size_t wait_until_idle(std::int64_t wait_ms);

  void start(Job job) override;
  void resume(Job job) override;
  void resumed() override { hosts_->resumed(); }
  void cancel(const std::string& pipeline, const ActionKey& key) override;

 private:
  bool enter(const Job& job);

  std::unique_ptr<Hosts> hosts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::pair<std::string, ActionKey>> under_way_;
  bool held_ = false;
};

}  // namespace sluice
