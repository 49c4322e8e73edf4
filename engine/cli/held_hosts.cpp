#include "engine/cli/held_hosts.hpp"

#include <chrono>

namespace sluice {

void HeldHosts::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

bool HeldHosts::enter(const Job& job) {
  const std::lock_guard lock(mutex_);
  if (held_) return false;
  under_way_.emplace(job.pipeline, job.key);
  return true;
}

void HeldHosts::ended(const std::string& pipeline, const ActionKey& key) {
  const std::lock_guard lock(mutex_);
  under_way_.erase({pipeline, key});
  if (under_way_.empty()) changed_.notify_all();
}

std::size_t HeldHosts::wait_until_idle(std::int64_t wait_ms) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                    [this] { return under_way_.empty(); });
  return under_way_.size();
}

void HeldHosts::start(Job job) {
  if (enter(job)) hosts_->start(std::move(job));
}
void HeldHosts::resume(Job job) {
  if (enter(job)) hosts_->resume(std::move(job));
}
void HeldHosts::cancel(const std::string& pipeline, const ActionKey& key) {
  ended(pipeline, key);
  hosts_->cancel(pipeline, key);
}

}  // namespace sluice
