#include "engine/workers/channel.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <zmq.hpp>

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

Error cannot_open(const SocketPlace& place) {
  return {ErrorKind::kUnavailable, place.directory,
          std::string("cannot be opened: ") + std::strerror(errno)};
}

}  // namespace

struct EngineChannel::Sockets {
  Directory directory;
  zmq::context_t context{1};
  zmq::socket_t dealer{context, zmq::socket_type::dealer};
  zmq::socket_t monitor{context, zmq::socket_type::pair};
  bool lost = false;

  explicit Sockets(const SocketPlace& place) : directory(place.directory) {}
  ~Sockets() { zmq_socket_monitor(dealer.handle(), nullptr, 0); }
};

Result<EngineChannel> EngineChannel::connect(const SocketPlace& place) {
  try {
    auto sockets = std::make_unique<Sockets>(place);
    if (!sockets->directory.good()) return cannot_open(place);
    zmq::socket_t& dealer = sockets->dealer;
    unbounded(dealer);
    dealer.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
    dealer.set(zmq::sockopt::reconnect_ivl_max, kMostReconnectMs);
    if (zmq_socket_monitor(dealer.handle(), "inproc://monitor", ZMQ_EVENT_DISCONNECTED) != 0)
      throw zmq::error_t();
    sockets->monitor.set(zmq::sockopt::linger, 0);
    sockets->monitor.connect("inproc://monitor");
    dealer.connect(sockets->directory.address(place.name));
    return EngineChannel(std::move(sockets));
  } catch (const zmq::error_t& error) {
    return Error{ErrorKind::kUnavailable, place.directory + '/' + place.name, error.what()};
  }
}

EngineChannel::EngineChannel(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}
EngineChannel::EngineChannel(EngineChannel&&) noexcept = default;
EngineChannel& EngineChannel::operator=(EngineChannel&&) noexcept = default;
EngineChannel::~EngineChannel() = default;

int EngineChannel::descriptor() const {
  return sockets_->dealer.get(zmq::sockopt::fd);
}

void EngineChannel::send(const std::string& payload) {
  sockets_->dealer.send(zmq::buffer(payload), zmq::send_flags::dontwait);
}

std::optional<std::string> EngineChannel::receive() {
  zmq::message_t message;
  if (!sockets_->dealer.recv(message, zmq::recv_flags::dontwait)) return std::nullopt;
  return std::string(message.data<char>(), message.size());
}

int EngineChannel::loss_descriptor() const {
  return sockets_->monitor.get(zmq::sockopt::fd);
}

bool EngineChannel::lost() {
  zmq::message_t frame;
  while (sockets_->monitor.recv(frame, zmq::recv_flags::dontwait)) sockets_->lost = true;
  return sockets_->lost;
}

struct WorkerChannel::Sockets {
  Directory directory;
  zmq::context_t context{1};
  zmq::socket_t router{context, zmq::socket_type::router};

  explicit Sockets(const SocketPlace& place) : directory(place.directory) {}
};

Result<WorkerChannel> WorkerChannel::bind(const SocketPlace& place) {
  try {
    auto sockets = std::make_unique<Sockets>(place);
    if (!sockets->directory.good()) return cannot_open(place);
    unbounded(sockets->router);
    sockets->router.bind(sockets->directory.address(place.name));
    return WorkerChannel(std::move(sockets));
  } catch (const zmq::error_t& error) {
    return Error{ErrorKind::kUnavailable, place.directory + '/' + place.name,
                 std::string("cannot listen there: ") + error.what()};
  }
}

WorkerChannel::WorkerChannel(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}
WorkerChannel::WorkerChannel(WorkerChannel&&) noexcept = default;
WorkerChannel& WorkerChannel::operator=(WorkerChannel&&) noexcept = default;
WorkerChannel::~WorkerChannel() = default;

int WorkerChannel::descriptor() const {
  return sockets_->router.get(zmq::sockopt::fd);
}

std::optional<WorkerChannel::Received> WorkerChannel::receive() {
  for (;;) {
    zmq::message_t peer, payload;
    if (!sockets_->router.recv(peer, zmq::recv_flags::dontwait)) return std::nullopt;
    bool more = peer.more();
    if (more && sockets_->router.recv(payload, zmq::recv_flags::dontwait)) {
      for (more = payload.more(); more;) {  // no message of ours has more parts
        zmq::message_t rest;
        if (!sockets_->router.recv(rest, zmq::recv_flags::dontwait)) break;
        more = rest.more();
      }
      return Received{std::string(peer.data<char>(), peer.size()),
                      std::string(payload.data<char>(), payload.size())};
    }
  }
}

void WorkerChannel::send(const std::string& peer, const std::string& payload) {
  sockets_->router.send(zmq::buffer(peer), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
  sockets_->router.send(zmq::buffer(payload), zmq::send_flags::dontwait);
}

}  // namespace sluice::workers
