// The bus: events of about 1 KB from memory to four subscribers, by the publisher and by bare
// ZeroMQ; and how long after the commit a subscriber has an event.
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>
#include <zmq.hpp>
#include <zmq_addon.hpp>

#include "events/bus/frames.hpp"
#include "events/bus/publisher.hpp"
#include "tests/support/invented_events.hpp"

namespace sluice::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPadding = 500;  // makes the body about 1 KB
constexpr int kSubscribers = 4;
constexpr int kPatienceMs = 5000;  // then what has not come is lost
constexpr std::uint64_t kWindow =
    50'000;  // events that a subscriber may be behind: half the high-water mark

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Reads until the event `last` has come, by header-free counting of the sequence in the topic
// order.
struct Subscribers {
  zmq::context_t context{1};
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> received{0};

  Subscribers(const std::string& address, std::uint64_t events) {
    for (int i = 0; i < kSubscribers; ++i)
      threads.emplace_back([this, address, events] { read(address, events); });
  }
  ~Subscribers() {
    for (std::thread& thread : threads) thread.join();
  }
  void read(const std::string& address, std::uint64_t events) {
    zmq::socket_t socket(context, zmq::socket_type::sub);
    socket.set(zmq::sockopt::rcvhwm, 0);
    socket.set(zmq::sockopt::rcvtimeo, kPatienceMs);
    socket.set(zmq::sockopt::subscribe, "");
    socket.connect(address);
    zmq::message_t frame;
    for (std::uint64_t count = 0; count < events;) {
      if (!socket.recv(frame)) return;
      if (!frame.more()) {
        ++count;
        received.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }
};

struct Scratch {
  std::string path = std::filesystem::temp_directory_path() / "sluice-bench-XXXXXX";
  Scratch() {
    if (!mkdtemp(path.data())) std::abort();
    std::filesystem::create_directory(path + "/bus");
  }
  ~Scratch() { std::filesystem::remove_all(path); }
};

// Gives every subscriber time to connect before anything is counted.
void settle() {
  poll(nullptr, 0, 300);
}

double bare_zeromq(std::uint64_t events) {
  const Scratch scratch;
  const std::string address = "ipc://" + scratch.path + "/bare";
  zmq::context_t context{1};
  zmq::socket_t socket(context, zmq::socket_type::xpub);
  socket.set(zmq::sockopt::sndhwm, 0);
  socket.bind(address);
  Subscribers subscribers(address, events);
  settle();
  const Event event = test::invented_event(1, kPadding);
  const Frames frames = frames_of(event, {1, 1, 1, 1, 1});
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < events; ++i) {
    socket.send(zmq::buffer(frames.topic), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(frames.header), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(frames.body), zmq::send_flags::none);
  }
  while (subscribers.received < events * kSubscribers && seconds_since(start) < 30)
    poll(nullptr, 0, 1);
  return static_cast<double>(subscribers.received) / kSubscribers / seconds_since(start);
}

// A log in memory that grows as the benchmark says.
struct Log {
  std::atomic<std::uint64_t> last{0};
  EventSource source() {
    EventSource source;
    source.read = [this](std::uint64_t after, std::uint32_t limit, std::uint64_t& upto) {
      return Result<std::vector<Event>>(test::invented_events(after, limit, last, upto, kPadding));
    };
    source.before = [](std::int64_t) { return std::uint64_t{0}; };
    return source;
  }
};

double published(std::uint64_t events) {
  const Scratch scratch;
  Log log;
  auto publisher = Publisher::start(bus_addresses(scratch.path), log.source(), log.source(), 0);
  if (!publisher) std::abort();
  Subscribers subscribers(bus_addresses(scratch.path).events, events);
  settle();
  const auto start = Clock::now();
  while (subscribers.received < events * kSubscribers && seconds_since(start) < 30) {
    log.last = std::min(events, subscribers.received / kSubscribers + kWindow);
    (*publisher)->wake();
    poll(nullptr, 0, 1);
  }
  return static_cast<double>(subscribers.received) / kSubscribers / seconds_since(start);
}

double frames_alone(std::uint64_t events) {
  std::size_t bytes = 0;
  const Event event = test::invented_event(1, kPadding);
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < events; ++i) bytes += frames_of(event, {1, 1, 1, 1}).body.size();
  const double rate = static_cast<double>(events) / seconds_since(start);
  if (bytes == 0) std::abort();
  return rate;
}

// From wake() to the subscriber, one event each 100 us: 10,000 a second.
void latency(std::uint64_t events) {
  const Scratch scratch;
  Log log;
  auto publisher = Publisher::start(bus_addresses(scratch.path), log.source(), log.source(), 0);
  if (!publisher) std::abort();
  std::vector<std::atomic<std::int64_t>> sent(events + 1);
  std::vector<double> took_us;
  std::thread subscriber([&] {
    zmq::context_t context{1};
    zmq::socket_t socket(context, zmq::socket_type::sub);
    socket.set(zmq::sockopt::rcvtimeo, kPatienceMs);
    socket.set(zmq::sockopt::subscribe, "");
    socket.connect(bus_addresses(scratch.path).events);
    std::uint64_t sequence = 0;
    std::vector<zmq::message_t> frames;
    while (sequence < events && zmq::recv_multipart(socket, std::back_inserter(frames))) {
      ++sequence;
      took_us.push_back(
          static_cast<double>(Clock::now().time_since_epoch().count() - sent[sequence].load()) /
          1000);
      frames.clear();
    }
  });
  settle();
  for (std::uint64_t i = 1; i <= events; ++i) {
    const auto next = Clock::now() + std::chrono::microseconds(100);
    sent[i] = Clock::now().time_since_epoch().count();
    log.last = i;
    (*publisher)->wake();
    while (Clock::now() < next) std::this_thread::yield();
  }
  subscriber.join();
  std::sort(took_us.begin(), took_us.end());
  std::printf("  from wake to a subscriber, 10,000 a second    median %.0f us, p99 %.0f us\n",
              took_us[took_us.size() / 2], took_us[took_us.size() * 99 / 100]);
}

int run(bool quick) {
  const std::uint64_t events = quick ? 2000 : 200'000;
  std::printf("the bus: events of %zu bytes to %d subscribers\n",
              body_of(test::invented_event(1, kPadding)).size(), kSubscribers);
  std::printf("  published from memory                      %9.0f /s\n", published(events));
  std::printf("  limit: the same bytes by bare ZeroMQ       %9.0f /s\n", bare_zeromq(events));
  std::printf("  making the frames alone                    %9.0f /s\n", frames_alone(events));
  latency(quick ? 500 : 20'000);
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  return sluice::bench::run(argc > 1 && std::strcmp(argv[1], "--quick") == 0);
}
