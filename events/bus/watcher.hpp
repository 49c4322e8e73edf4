// Wakes somebody who reads the store when an engine has published something: the live half of
// `sluice events`.
#pragma once

#include <cstdint>
#include <memory>

#include "events/bus/publisher.hpp"

namespace sluice {

class BusWatcher {
 public:
  // Connects; an engine that is not there is waited for.
  explicit BusWatcher(const BusAddresses& addresses);
  ~BusWatcher();
  BusWatcher(const BusWatcher&) = delete;
  BusWatcher& operator=(const BusWatcher&) = delete;

  // Returns after an event was published, after timeout_ms, or early on a signal. False: a signal
  // came.
  bool wait(std::int64_t timeout_ms);

 private:
  struct Sockets;
  std::unique_ptr<Sockets> sockets_;
};

// Tells the publisher of a data directory, in another process, that there are new facts. Never
// waits.
class BusPoke {
 public:
  explicit BusPoke(const BusAddresses& addresses);
  ~BusPoke();
  BusPoke(const BusPoke&) = delete;
  BusPoke& operator=(const BusPoke&) = delete;
  void poke();

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
};

}  // namespace sluice
