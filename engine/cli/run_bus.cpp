#include "engine/cli/run_bus.hpp"

#include <algorithm>
#include <chrono>

#include "engine/store/sqlite_store.hpp"
#include "events/bus/presence.hpp"

namespace sluice {
namespace {

constexpr auto kMoment = std::chrono::milliseconds(50);
// A subscriber tries to connect every 20 ms, and asks the log 50 ms later at most.
constexpr std::int64_t kOpenForSubscribersMs = 200;
// One that has connected may find a gap in the last event, and asks the log then.
constexpr std::int64_t kOpenAfterLastMs = 100;

EventSource source_of(EventReader& reader) {
  EventSource source;
  source.read = [&reader](std::uint64_t after, std::uint32_t limit, std::uint64_t& upto) {
    return reader.read(after, limit, upto);
  };
  source.before = [&reader](std::int64_t unix_ms) { return reader.before(unix_ms); };
  source.removed = [&reader](std::uint64_t after, std::uint64_t upto) {
    const auto removed = reader.removed_between(after, upto);
    return removed ? *removed : 0;
  };
  return source;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

RunBus::RunBus(const DataDirectory& data, Realm realm)
    : data_(data),
      realm_(std::move(realm)),
      addresses_(bus_addresses(data.root.string())),
      poke_(addresses_.wake),
      thread_([this] { work(); }) {}

void RunBus::work() {
  const bool awaited = is_anybody_subscribed(data_.bus());
  std::unique_lock lock(mutex_);
  if (!awaited) changed_.wait_for(lock, kMoment, [this] { return ending_; });
  while (!ending_) {
    lasted_ = true;
    news_ = false;
    lock.unlock();
    take_over();
    lock.lock();
    if (publisher_) return;
    // Its holder may have ended when we have something to tell again.
    changed_.wait(lock, [this] { return news_ || ending_; });
  }
}

// On the thread, or when it has ended.
void RunBus::take_over() {
  auto lease = Lease::acquire(data_.leases(), "bus", "", 0);
  if (!lease) return;
  auto store = open_sqlite_store(data_.database());
  if (!store) return;
  store_ = std::move(*store);
  lease_.emplace(std::move(*lease));
  live_ = std::make_unique<EventReader>(*store_, realm_);
  past_ = std::make_unique<EventReader>(*store_, realm_);
  const auto cursor = store_->cursor(kCursor);
  auto publisher =
      Publisher::start(addresses_, source_of(*live_), source_of(*past_), cursor ? *cursor : 0);
  if (!publisher) {
    missing_ = publisher.error().kind == ErrorKind::kUnavailable;
    lease_.reset();
    return;
  }
  opened_ms_ = now_ms();
  const std::lock_guard lock(mutex_);
  publisher_ = std::move(*publisher);
  publisher_->wake();  // for what was committed meanwhile
}

void RunBus::committed() {
  committed_ms_ = now_ms();
  const std::lock_guard lock(mutex_);
  news_ = true;
  if (publisher_) {
    publisher_->wake();
  } else {
    poke_.poke();
    if (lasted_) changed_.notify_one();
  }
}

std::optional<Sequence> RunBus::published() {
  const std::lock_guard lock(mutex_);
  if (!publisher_) return std::nullopt;
  const Sequence published = publisher_->cursor();
  (void)store_->set_cursor(kCursor, published);
  return published;
}

void RunBus::wait_for_subscribers() const {
  const std::int64_t until_ms =
      std::max(opened_ms_ + kOpenForSubscribersMs, committed_ms_ + kOpenAfterLastMs);
  const std::int64_t left_ms = until_ms - now_ms();
  if (left_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(left_ms));
}

RunBus::~RunBus() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
  const bool awaited = is_anybody_subscribed(data_.bus());
  if (!publisher_ && (lasted_ || awaited)) take_over();
  if (!publisher_) {
    poke_.poke();
    return;
  }
  if (awaited) wait_for_subscribers();
  publisher_->finish();
  // Not synced on purpose: a cursor that falls back only repeats events, which subscribers know by
  // their sequence.
  (void)store_->set_cursor(kCursor, publisher_->cursor());
  publisher_.reset();
  lease_.reset();
}

}  // namespace sluice
