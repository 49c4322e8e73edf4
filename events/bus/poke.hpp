// A word from one process to another: the publisher of a data directory binds a datagram socket,
// and whoever has committed something that it should publish sends it a byte. Not ZeroMQ, so that a
// short run need not load it.
#pragma once

#include <string>

namespace sluice {

class BusPoke {
 public:
  // `path` is BusAddresses::wake.
  explicit BusPoke(std::string path);
  ~BusPoke();
  BusPoke(const BusPoke&) = delete;
  BusPoke& operator=(const BusPoke&) = delete;
  // Never waits; lost if nobody has bound the path. Any thread, one at a time.
  void poke();

 private:
  std::string path_;
  int socket_;
};

// The receiving end: readable after a poke. Takes the path over from whoever had it, so only the
// holder of the bus may call it. The descriptor is the caller's; -1: the path cannot be bound.
[[nodiscard]] int bind_wake_socket(const std::string& path);
// Takes all pokes that have arrived.
void drain_wake_socket(int socket);

}  // namespace sluice
