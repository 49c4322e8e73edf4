// The bus of a data directory that several processes share: whoever holds the bus lease publishes
// everybody's facts from the store, the others poke it. A holder that ends hands the lease on.
//
// Opening the bus takes longer than a short run, so it is done on a thread of its own, when the run
// has lasted a moment. A shorter run leaves its events to the next holder, unless somebody is
// waiting for them (docs/events.md).
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/runtime/event_reader.hpp"
#include "engine/store/data_directory.hpp"
#include "engine/store/lease.hpp"
#include "events/bus/poke.hpp"
#include "events/bus/publisher.hpp"

namespace sluice {

class RunBus {
 public:
  // The data directory exists. The publisher has a connection to the store of its own.
  explicit RunBus(const DataDirectory& data, Realm realm = {});
  // Publishes what is committed if it holds the lease or can get it; else the holder does.
  ~RunBus();
  RunBus(const RunBus&) = delete;
  RunBus& operator=(const RunBus&) = delete;

  // There are new facts in the store. The engine's thread; never waits.
  void committed();
  // The last fact that we have published; none while we do not publish. Any thread; also notes it
  // in the store, so that the next publisher begins there.
  std::optional<Sequence> published();
  // Whether there is no bus to publish on: its library cannot be loaded.
  [[nodiscard]] bool is_missing() const { return missing_; }
  // The name of the cursor in the store.
  static constexpr const char* kCursor = "bus";

 private:
  void work();
  void take_over();
  void wait_for_subscribers() const;

  DataDirectory data_;
  Realm realm_;
  BusAddresses addresses_;
  BusPoke poke_;                  // somebody else publishes, or nobody yet
  std::unique_ptr<Store> store_;  // the publisher's reading end, and the cursor's writing end
  std::unique_ptr<EventReader> live_, past_;  // one for each of the publisher's threads
  std::optional<Lease> lease_;                // held: we publish
  std::int64_t opened_ms_ = 0;
  std::atomic<std::int64_t> committed_ms_{0};
  std::atomic<bool> missing_{false};

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::unique_ptr<Publisher> publisher_;
  bool news_ = false, ending_ = false, lasted_ = false;
  std::thread thread_;
};

}  // namespace sluice
