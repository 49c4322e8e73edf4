// Facts out to the world: an XPUB socket that anybody may subscribe to by topic, another one to
// subscribe to by event pattern, and a log endpoint that serves any range of the sequence from the
// store, so that a subscriber who was away misses nothing. docs/events.md is the wire's
// specification.
//
// The publisher has a thread of its own and never holds up the engine: it is woken after a commit,
// reads what is new from its source, and a subscriber that does not read loses messages on the
// XPUB, never on the log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "events/event/event.hpp"

namespace sluice {

// Where events come from; called on one thread at a time.
struct EventSource {
  // Events with after < sequence, oldest first, of at most `limit` facts. `upto` is set to the last
  // sequence looked at.
  std::function<Result<std::vector<Event>>(std::uint64_t after, std::uint32_t limit,
                                           std::uint64_t& upto)>
      read;
  // The last sequence before a time (Unix ms), 0 if there is none.
  std::function<std::uint64_t(std::int64_t unix_ms)> before;
  // How many of the sequences after < s <= upto are gone for ever; empty: none ever are.
  std::function<std::uint64_t(std::uint64_t after, std::uint64_t upto)> removed = {};
};

struct BusAddresses {
  std::string events, log, filtered;  // ZeroMQ endpoints: ipc:// or tcp://
  std::string wake;  // path of the socket that BusPoke writes to; "": there is none
};
// The addresses of a data directory: ipc://DATA/bus/events, .../log, .../filtered and .../wake. If
// that is too long for a UNIX socket (107 bytes), a short name under $XDG_RUNTIME_DIR or /tmp that
// depends on DATA alone.
[[nodiscard]] BusAddresses bus_addresses(const std::string& data_directory);

class Publisher {
 public:
  // Binds the sockets and starts the threads. `live` is read on the publisher's own thread and
  // `past` on the log endpoint's. Publishing begins after `cursor`. kConflict: an address is in
  // use. kUnavailable: the bus cannot be loaded (events/bus/module.hpp).
  static Result<std::unique_ptr<Publisher>> start(const BusAddresses& addresses, EventSource live,
                                                  EventSource past, std::uint64_t cursor);
  // Publishes what is there, then ends the thread; messages on their way to connected subscribers
  // get up to linger_ms.
  virtual ~Publisher() = default;
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Publishes what is there, then ends the thread. Once.
  virtual void finish() = 0;
  // Any thread: there may be new facts.
  virtual void wake() = 0;
  // Any thread: the last sequence given to the sockets.
  [[nodiscard]] virtual std::uint64_t cursor() const = 0;

 protected:
  Publisher() = default;
};

}  // namespace sluice
