#include "engine/cli/ui_queue.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace sluice {

UiQueue::UiQueue() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
UiQueue::~UiQueue() {
  if (fd_ >= 0) close(fd_);
}

void UiQueue::signal() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
}

void UiQueue::add_facts(std::span<const StoredFact> facts) {
  {
    const std::lock_guard lock(mutex_);
    news_.facts.insert(news_.facts.end(), facts.begin(), facts.end());
  }
  signal();
}

void UiQueue::set_line(const ActionKey& key, std::string line) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = news_.lines.empty();
    news_.lines[key] = std::move(line);
  }
  if (first) signal();
}

void UiQueue::add_notice(std::string notice) {
  {
    const std::lock_guard lock(mutex_);
    news_.notices.push_back(std::move(notice));
  }
  signal();
}

void UiQueue::end() {
  {
    const std::lock_guard lock(mutex_);
    news_.engine_ended = true;
  }
  signal();
}

UiNews UiQueue::take() {
  std::uint64_t drained = 0;
  [[maybe_unused]] const auto size = read(fd_, &drained, sizeof drained);
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, {});
}

}  // namespace sluice
