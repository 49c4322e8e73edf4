// Wakes somebody who reads the store when an engine has published something: the live half of
// `sluice events`.
#pragma once

#include <cstdint>
#include <memory>

#include "events/bus/publisher.hpp"

namespace sluice {

class BusWatcher {
 public:
  // Connects; an engine that is not there is waited for. kUnavailable: the bus cannot be loaded.
  static Result<std::unique_ptr<BusWatcher>> connect(const BusAddresses& addresses);
  virtual ~BusWatcher() = default;
  BusWatcher(const BusWatcher&) = delete;
  BusWatcher& operator=(const BusWatcher&) = delete;

  // Returns after an event was published, after timeout_ms, or early on a signal. False: a signal
  // came.
  virtual bool wait(std::int64_t timeout_ms) = 0;

 protected:
  BusWatcher() = default;
};

}  // namespace sluice
