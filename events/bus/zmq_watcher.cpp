#include <iterator>
#include <vector>
#include <zmq.hpp>
#include <zmq_addon.hpp>

#include "events/bus/zmq_bus.hpp"

namespace sluice {
namespace {

constexpr int kReconnectMs = 20;

class ZmqWatcher final : public BusWatcher {
 public:
  explicit ZmqWatcher(const BusAddresses& addresses) {
    events_.set(zmq::sockopt::linger, 0);
    events_.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
    events_.set(zmq::sockopt::subscribe, "");
    events_.connect(addresses.events);
  }

  bool wait(std::int64_t timeout_ms) override {
    zmq::pollitem_t item{events_.handle(), 0, ZMQ_POLLIN, 0};
    try {
      if (zmq::poll(&item, 1, std::chrono::milliseconds(timeout_ms)) == 0) return true;
      std::vector<zmq::message_t> frames;
      while (zmq::recv_multipart(events_, std::back_inserter(frames), zmq::recv_flags::dontwait))
        frames.clear();
      return true;
    } catch (const zmq::error_t&) {
      return false;  // EINTR
    }
  }

 private:
  zmq::context_t context_{1};
  zmq::socket_t events_{context_, zmq::socket_type::sub};
};

}  // namespace

std::unique_ptr<BusWatcher> connect_zmq_watcher(const BusAddresses& addresses) {
  return std::make_unique<ZmqWatcher>(addresses);
}

}  // namespace sluice
