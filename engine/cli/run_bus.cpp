#include "engine/cli/run_bus.hpp"

#include "engine/store/sqlite_store.hpp"

namespace sluice {
namespace {
constexpr const char* kCursor = "bus";

EventSource source_of(EventReader& reader) {
  EventSource source;
  source.read = [&reader](std::uint64_t after, std::uint32_t limit, std::uint64_t& upto) {
    return reader.read(after, limit, upto);
  };
  source.before = [&reader](std::int64_t unix_ms) { return reader.before(unix_ms); };
  return source;
}
}  // namespace

RunBus::RunBus(const DataDirectory& data)
    : data_(data), addresses_(bus_addresses(data.root.string())) {
  take_over();
}

void RunBus::take_over() {
  auto lease = Lease::acquire(data_.leases(), "bus", "", 0);
  if (!lease) {
    if (!poke_) poke_ = std::make_unique<BusPoke>(addresses_);
    return;
  }
  auto store = open_sqlite_store(data_.database());
  if (!store) return;
  store_ = std::move(*store);
  lease_.emplace(std::move(*lease));
  live_ = std::make_unique<EventReader>(*store_, Realm{});
  past_ = std::make_unique<EventReader>(*store_, Realm{});
  const auto cursor = store_->cursor(kCursor);
  auto publisher =
      Publisher::start(addresses_, source_of(*live_), source_of(*past_), cursor ? *cursor : 0);
  if (!publisher) {
    lease_.reset();
    return;
  }
  publisher_ = std::move(*publisher);
  poke_.reset();
}

void RunBus::committed() {
  if (!publisher_) take_over();
  if (publisher_)
    publisher_->wake();
  else if (poke_)
    poke_->poke();
}

RunBus::~RunBus() {
  if (!publisher_) take_over();
  if (!publisher_) {
    if (poke_) poke_->poke();
    return;
  }
  publisher_->finish();
  // Not synced on purpose: a cursor that falls back only repeats events, which subscribers know by
  // their sequence.
  (void)store_->set_cursor(kCursor, publisher_->cursor());
  publisher_.reset();
  lease_.reset();
}

}  // namespace sluice
