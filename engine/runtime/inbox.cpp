#include "engine/runtime/inbox.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace sluice {

bool Inbox::offer(Envelope envelope) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || waiting_.size() - taken_ >= limit_) return false;
    waiting_.push_back(std::move(envelope));
  }
  arrived_.notify_one();
  return true;
}

void Inbox::report(Envelope envelope) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    waiting_.push_back(std::move(envelope));
  }
  arrived_.notify_one();
}

void Inbox::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  arrived_.notify_all();
}

void Inbox::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  arrived_.notify_all();
}

bool Inbox::take(std::vector<Envelope>& into, std::size_t most,
                 std::optional<std::int64_t> wait_ms) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return waiting_.size() > taken_ || closed_ || woken_; };
  if (wait_ms)
    arrived_.wait_for(lock, std::chrono::milliseconds(std::max<std::int64_t>(0, *wait_ms)), ready);
  else
    arrived_.wait(lock, ready);
  woken_ = false;
  const std::size_t count = std::min(most, waiting_.size() - taken_);
  if (count == 0) return !closed_;
  if (taken_ == 0 && count == waiting_.size() && into.empty()) {
    into.swap(waiting_);
  } else {
    const auto from = waiting_.begin() + static_cast<std::ptrdiff_t>(taken_);
    const auto to = from + static_cast<std::ptrdiff_t>(count);
    into.insert(into.end(), std::make_move_iterator(from), std::make_move_iterator(to));
    taken_ += count;
    if (taken_ == waiting_.size()) {
      waiting_.clear();
      taken_ = 0;
    }
  }
  return true;
}

}  // namespace sluice
