// Serves any range of the sequence from the store to whoever asks, on a thread of its own: a
// subscriber that catches up costs the live bus nothing. docs/events.md is the wire's
// specification.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "events/bus/publisher.hpp"

namespace zmq {
class context_t;
}

namespace sluice {

class LogEndpoint {
 public:
  // `context` outlives the endpoint, as does the function. published() is the last sequence that
  // may be told, on this endpoint's thread. Throws zmq::error_t if the address is in use.
  LogEndpoint(zmq::context_t& context, const std::string& address, EventSource source,
              std::function<std::uint64_t()> published);
  // Answers what has arrived, then ends the thread.
  ~LogEndpoint();
  LogEndpoint(const LogEndpoint&) = delete;
  LogEndpoint& operator=(const LogEndpoint&) = delete;

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace sluice
