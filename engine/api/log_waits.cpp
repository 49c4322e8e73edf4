#include "engine/api/log_waits.hpp"

#include <iterator>
#include <utility>

namespace sluice::api {
namespace {

constexpr std::size_t kMostWaits = 1024;
constexpr auto kLookAgain = std::chrono::milliseconds(50);

}  // namespace

LogWaits::LogWaits(const LogStore& logs) : logs_(logs), thread_([this] { run(); }) {}

LogWaits::~LogWaits() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool LogWaits::wait(LogName name, std::uint64_t offset, std::size_t bytes, std::int64_t wait_ms,
                    Told told) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || waits_.size() >= kMostWaits) return false;
    waits_.push_back({std::move(name), offset, bytes,
                      std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms),
                      std::move(told)});
  }
  changed_.notify_all();
  return true;
}

// Whether the wait is over; then it has been told.
bool LogWaits::look(const Wait& wait) const {
  const auto part = logs_.read(wait.name, wait.offset, wait.bytes);
  const bool more = part && part->next_offset != wait.offset;
  if (!more && !closed_ && std::chrono::steady_clock::now() < wait.until) return false;
  wait.told(more ? *part : LogPart{"", wait.offset});
  return true;
}

void LogWaits::run() {
  std::unique_lock lock(mutex_);
  while (!closed_ || !waits_.empty()) {
    if (waits_.empty()) {
      changed_.wait(lock, [this] { return closed_ || !waits_.empty(); });
      continue;
    }
    std::vector<Wait> mine = std::exchange(waits_, {});
    lock.unlock();
    std::erase_if(mine, [this](const Wait& wait) { return look(wait); });
    lock.lock();
    std::move(mine.begin(), mine.end(), std::back_inserter(waits_));
    if (!waits_.empty()) changed_.wait_for(lock, kLookAgain, [this] { return closed_.load(); });
  }
}

}  // namespace sluice::api
