// The bus of a data directory that several processes share: whoever holds the bus lease publishes
// everybody's facts from the store, the others poke it. A holder that ends hands the lease on.
#pragma once

#include <memory>
#include <optional>

#include "engine/runtime/event_reader.hpp"
#include "engine/store/data_directory.hpp"
#include "engine/store/lease.hpp"
#include "events/bus/publisher.hpp"
#include "events/bus/watcher.hpp"

namespace sluice {

class RunBus {
 public:
  // The data directory exists. Opens a connection to the store of its own for the publisher's
  // thread.
  explicit RunBus(const DataDirectory& data);
  // Publishes what is committed if it holds the lease or can get it; else the holder does.
  ~RunBus();
  RunBus(const RunBus&) = delete;
  RunBus& operator=(const RunBus&) = delete;

  // There are new facts in the store. The engine's thread; never waits.
  void committed();

 private:
  void take_over();

  DataDirectory data_;
  BusAddresses addresses_;
  std::unique_ptr<Store> store_;  // the publisher's reading end, and the cursor's writing end
  std::unique_ptr<EventReader> live_, past_;  // one for each of the publisher's threads
  std::optional<Lease> lease_;                // held: we publish
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<BusPoke> poke_;  // somebody else does
};

}  // namespace sluice
