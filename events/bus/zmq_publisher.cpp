#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <unordered_map>
#include <zmq.hpp>
#include <zmq_addon.hpp>

#include "events/bus/filters.hpp"
#include "events/bus/frames.hpp"
#include "events/bus/log_endpoint.hpp"
#include "events/bus/poke.hpp"
#include "events/bus/zmq_bus.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kBatch = 512;
constexpr int kSendHighWater = 100'000;
constexpr int kLingerMs = 500;
constexpr std::size_t kMostPrefixes = 200'000;

// The last sequence of every prefix of whole segments: "", "codepipeline.", "codepipeline.action.",
// ...
class Previous {
 public:
  std::vector<std::uint64_t> advance(const Event& event) {
    if (last_.size() > kMostPrefixes)
      last_.clear();  // forgetting only makes subscribers ask the log once
    std::vector<std::uint64_t> previous{std::exchange(last_[""], event.sequence)};
    for (std::size_t dot = event.topic.find('.'); dot != std::string::npos;
         dot = event.topic.find('.', dot + 1))
      previous.push_back(std::exchange(last_[event.topic.substr(0, dot + 1)], event.sequence));
    return previous;
  }

 private:
  std::unordered_map<std::string, std::uint64_t> last_;
};

struct Loop {
  EventSource source;
  std::atomic<std::uint64_t> cursor{0};
  std::atomic<bool> stopping{false};
  int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), poked_fd = -1;
  zmq::context_t context{1};
  zmq::socket_t events{context, zmq::socket_type::xpub};
  zmq::socket_t filtered{context, zmq::socket_type::xpub};
  std::size_t subscriptions = 0;
  Filters filters;
  Previous previous;
  std::unique_ptr<LogEndpoint> log;
  std::thread thread;

  Loop(const BusAddresses& addresses, EventSource live, EventSource past, std::uint64_t start)
      : source(std::move(live)), cursor(start) {
    for (zmq::socket_t* socket : {&events, &filtered}) {
      socket->set(zmq::sockopt::sndhwm, kSendHighWater);
      socket->set(zmq::sockopt::xpub_verboser, true);
      socket->set(zmq::sockopt::linger, kLingerMs);
    }
    events.bind(addresses.events);
    filtered.bind(addresses.filtered);
    log = std::make_unique<LogEndpoint>(context, addresses.log, std::move(past),
                                        [this] { return cursor.load(); });
    poked_fd = bind_wake_socket(addresses.wake);
  }
  ~Loop() {
    log.reset();
    for (const int descriptor : {wake_fd, poked_fd})
      if (descriptor >= 0) close(descriptor);
  }

  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_fd, &one, sizeof one);
  }

  void run() {
    std::array<zmq::pollitem_t, 4> items{{{events.handle(), 0, ZMQ_POLLIN, 0},
                                          {filtered.handle(), 0, ZMQ_POLLIN, 0},
                                          {nullptr, wake_fd, ZMQ_POLLIN, 0},
                                          {nullptr, poked_fd, ZMQ_POLLIN, 0}}};
    const std::size_t watched = poked_fd >= 0 ? items.size() : items.size() - 1;
    publish();
    while (!stopping.load(std::memory_order_acquire)) {
      zmq::poll(items.data(), watched, std::chrono::milliseconds(-1));
      if (items[2].revents & ZMQ_POLLIN) {
        std::uint64_t drained = 0;
        [[maybe_unused]] const auto size = read(wake_fd, &drained, sizeof drained);
      }
      if (items[3].revents & ZMQ_POLLIN) drain_wake_socket(poked_fd);
      take_subscriptions();
      publish();
    }
    take_subscriptions();
    publish();
  }

  // XPUB hands over each subscription as a message: 1 or 0, then the topic.
  void take_subscriptions() {
    zmq::message_t message;
    while (events.recv(message, zmq::recv_flags::dontwait)) {
      if (message.size() == 0) continue;
      if (*message.data<char>() == 1)
        ++subscriptions;
      else if (subscriptions > 0)
        --subscriptions;
    }
    while (filtered.recv(message, zmq::recv_flags::dontwait)) {
      if (message.size() == 0) continue;
      const std::string pattern(message.data<char>() + 1, message.size() - 1);
      if (*message.data<char>() == 1)
        filters.subscribe(pattern);
      else
        filters.unsubscribe(pattern);
    }
  }

  void publish() {
    while (true) {
      std::uint64_t upto = cursor;
      auto batch = source.read(cursor, kBatch, upto);
      if (!batch || upto == cursor) return;  // an unreadable store is tried again at the next wake
      for (const Event& event : *batch) send(event);
      cursor = upto;
    }
  }

  void send(const Event& event) {
    const std::vector<std::uint64_t> before = previous.advance(event);
    if (subscriptions == 0 && filters.empty()) return;
    const std::string body = body_of(event);
    if (subscriptions > 0) send(events, event.topic, header_of(event, before), body);
    if (filters.empty()) return;
    for (const Filters::Hit& hit : filters.match(event))
      send(filtered, hit.pattern, header_of(event, {hit.previous}, event.topic), body);
  }

  static void send(zmq::socket_t& socket, std::string_view topic, const std::string& header,
                   const std::string& body) {
    socket.send(zmq::buffer(topic), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(header), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(body), zmq::send_flags::none);
  }
};

class ZmqPublisher final : public Publisher {
 public:
  explicit ZmqPublisher(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {
    loop_->thread = std::thread([loop = loop_.get()] { loop->run(); });
  }
  ~ZmqPublisher() override { finish(); }

  void finish() override {
    if (!loop_->thread.joinable()) return;
    loop_->stopping.store(true, std::memory_order_release);
    loop_->wake();
    loop_->thread.join();
  }
  void wake() override { loop_->wake(); }
  [[nodiscard]] std::uint64_t cursor() const override { return loop_->cursor; }

 private:
  std::unique_ptr<Loop> loop_;
};

}  // namespace

Result<std::unique_ptr<Publisher>> start_zmq_publisher(const BusAddresses& addresses,
                                                       EventSource live, EventSource past,
                                                       std::uint64_t cursor) {
  try {
    auto loop = std::make_unique<Loop>(addresses, std::move(live), std::move(past), cursor);
    return std::unique_ptr<Publisher>(std::make_unique<ZmqPublisher>(std::move(loop)));
  } catch (const zmq::error_t& error) {
    return Error{ErrorKind::kConflict, addresses.events,
                 std::string("cannot publish events there: ") + error.what()};
  }
}

}  // namespace sluice
