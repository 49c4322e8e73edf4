#include "engine/api/desk.hpp"

#include <utility>

namespace sluice::api {
namespace {
constexpr std::size_t kMostWaiting = 4096;
}

Desk::Desk() : thread_([this] { run(); }) {}

Desk::~Desk() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Desk::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || waiting_.size() >= kMostWaiting) return false;
    waiting_.push_back(std::move(work));
  }
  changed_.notify_all();
  return true;
}

void Desk::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace sluice::api
