// What the library exports: the two ends of a connection over ZeroMQ.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <zmq.hpp>

#include "engine/workers/channel_module.hpp"
#include "engine/workers/messages.hpp"

namespace sluice::workers {
namespace {

constexpr int kLingerMs = 200;
constexpr int kReconnectMs = 2;  // while a worker that has just been started is not there yet
constexpr int kMostReconnectMs = 100;

// An address is a name relative to an open directory, so that its length does not matter.
class Directory {
 public:
  explicit Directory(const std::string& path)
      : file_(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}
  ~Directory() {
    if (file_ >= 0) close(file_);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] bool good() const { return file_ >= 0; }
  [[nodiscard]] std::string address(const std::string& name) const {
    return "ipc:///proc/self/fd/" + std::to_string(file_) + '/' + name;
  }

 private:
  int file_;
};

void unbounded(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::sndhwm, 0);
  socket.set(zmq::sockopt::rcvhwm, 0);
  socket.set(zmq::sockopt::linger, kLingerMs);
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kMaxPayload));
}

class ZmqEngineChannel final : public EngineChannel {
 public:
  // Throws zmq::error_t.
  explicit ZmqEngineChannel(const SocketPlace& place) : directory_(place.directory) {
    if (!directory_.good()) return;
    unbounded(dealer_);
    dealer_.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
    dealer_.set(zmq::sockopt::reconnect_ivl_max, kMostReconnectMs);
    if (zmq_socket_monitor(dealer_.handle(), "inproc://monitor", ZMQ_EVENT_DISCONNECTED) != 0)
      throw zmq::error_t();
    monitor_.set(zmq::sockopt::linger, 0);
    monitor_.connect("inproc://monitor");
    dealer_.connect(directory_.address(place.name));
  }
  ~ZmqEngineChannel() override { zmq_socket_monitor(dealer_.handle(), nullptr, 0); }
  [[nodiscard]] bool good() const { return directory_.good(); }

  [[nodiscard]] int descriptor() const override { return dealer_.get(zmq::sockopt::fd); }
  void send(const std::string& payload) override {
    dealer_.send(zmq::buffer(payload), zmq::send_flags::dontwait);
  }
  [[nodiscard]] std::optional<std::string> receive() override {
    zmq::message_t message;
    if (!dealer_.recv(message, zmq::recv_flags::dontwait)) return std::nullopt;
    return std::string(message.data<char>(), message.size());
  }
  [[nodiscard]] int loss_descriptor() const override { return monitor_.get(zmq::sockopt::fd); }
  [[nodiscard]] bool lost() override {
    zmq::message_t frame;
    while (monitor_.recv(frame, zmq::recv_flags::dontwait)) lost_ = true;
    return lost_;
  }

 private:
  Directory directory_;
  zmq::context_t context_{1};
  zmq::socket_t dealer_{context_, zmq::socket_type::dealer};
  zmq::socket_t monitor_{context_, zmq::socket_type::pair};
  bool lost_ = false;
};

class ZmqWorkerChannel final : public WorkerChannel {
 public:
  // Throws zmq::error_t.
  explicit ZmqWorkerChannel(const SocketPlace& place) : directory_(place.directory) {
    if (!directory_.good()) return;
    unbounded(router_);
    router_.bind(directory_.address(place.name));
  }
  [[nodiscard]] bool good() const { return directory_.good(); }

  [[nodiscard]] int descriptor() const override { return router_.get(zmq::sockopt::fd); }
  [[nodiscard]] std::optional<Received> receive() override {
    for (;;) {
      zmq::message_t peer, payload;
      if (!router_.recv(peer, zmq::recv_flags::dontwait)) return std::nullopt;
      if (!peer.more() || !router_.recv(payload, zmq::recv_flags::dontwait)) continue;
      for (bool more = payload.more(); more;) {  // no message of ours has more parts
        zmq::message_t rest;
        if (!router_.recv(rest, zmq::recv_flags::dontwait)) break;
        more = rest.more();
      }
      return Received{peer.to_string(), payload.to_string()};
    }
  }
  void send(const std::string& peer, const std::string& payload) override {
    router_.send(zmq::buffer(peer), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
    router_.send(zmq::buffer(payload), zmq::send_flags::dontwait);
  }

 private:
  Directory directory_;
  zmq::context_t context_{1};
  zmq::socket_t router_{context_, zmq::socket_type::router};
};

// No exception leaves the library.
template <class Interface, class Channel>
Result<std::unique_ptr<Interface>> make(const SocketPlace& place) {
  try {
    auto channel = std::make_unique<Channel>(place);
    if (!channel->good())
      return Error{ErrorKind::kUnavailable, place.directory,
                   std::string("cannot be opened: ") + std::strerror(errno)};
    return std::unique_ptr<Interface>(std::move(channel));
  } catch (const zmq::error_t& error) {
    return Error{ErrorKind::kUnavailable, place.directory + '/' + place.name, error.what()};
  }
}

}  // namespace
}  // namespace sluice::workers

extern "C" __attribute__((visibility("default")))
const sluice::workers::ChannelModule sluice_channel_module;

const sluice::workers::ChannelModule sluice_channel_module = {
    sluice::workers::make<sluice::workers::EngineChannel, sluice::workers::ZmqEngineChannel>,
    sluice::workers::make<sluice::workers::WorkerChannel, sluice::workers::ZmqWorkerChannel>};
