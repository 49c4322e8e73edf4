#include "engine/hosts/io_threads.hpp"

namespace sluice {

IoThreads::~IoThreads() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  more_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void IoThreads::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  if (tasks_.size() > resting_ && threads_.size() < most_)
    threads_.emplace_back([this] { work(); });
  else
    more_.notify_one();
}

void IoThreads::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++resting_;
    more_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    --resting_;
    if (tasks_.empty()) return;
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace sluice
