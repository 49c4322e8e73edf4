#include "events/bus/watcher.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>
#include <zmq.hpp>
#include <zmq_addon.hpp>

namespace sluice {
namespace {
constexpr int kReconnectMs = 20;
}

struct BusWatcher::Sockets {
  zmq::context_t context{1};
  zmq::socket_t events{context, zmq::socket_type::sub};
};

BusWatcher::BusWatcher(const BusAddresses& addresses) : sockets_(std::make_unique<Sockets>()) {
  sockets_->events.set(zmq::sockopt::linger, 0);
  sockets_->events.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
  sockets_->events.set(zmq::sockopt::subscribe, "");
  sockets_->events.connect(addresses.events);
}
BusWatcher::~BusWatcher() = default;

bool BusWatcher::wait(std::int64_t timeout_ms) {
  zmq::pollitem_t item{sockets_->events.handle(), 0, ZMQ_POLLIN, 0};
  try {
    if (zmq::poll(&item, 1, std::chrono::milliseconds(timeout_ms)) == 0) return true;
    std::vector<zmq::message_t> frames;
    while (zmq::recv_multipart(sockets_->events, std::back_inserter(frames),
                               zmq::recv_flags::dontwait))
      frames.clear();
    return true;
  } catch (const zmq::error_t&) {
    return false;  // EINTR
  }
}

struct BusPoke::Socket {
  zmq::context_t context{1};
  zmq::socket_t log{context, zmq::socket_type::dealer};
};

BusPoke::BusPoke(const BusAddresses& addresses) : socket_(std::make_unique<Socket>()) {
  socket_->log.set(zmq::sockopt::linger, 100);
  socket_->log.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
  socket_->log.connect(addresses.log);
}
BusPoke::~BusPoke() = default;

void BusPoke::poke() {
  std::vector<zmq::message_t> answers;
  while (zmq::recv_multipart(socket_->log, std::back_inserter(answers), zmq::recv_flags::dontwait))
    answers.clear();
  // A question about nothing.
  std::string request;
  nlohmann::json::to_msgpack({{"after", std::numeric_limits<std::int64_t>::max()}, {"poke", true}},
                             request);
  socket_->log.send(zmq::buffer(request), zmq::send_flags::dontwait);
}

}  // namespace sluice
