// Subscribe to a sluice engine's state-change events from C++: each event once, in order, none
// missed.
//
//   sluice::Subscriber subscriber(sluice::Subscriber::in_data_directory("/var/lib/sluice"),
//                                 {"codepipeline.pipeline.FAILED."});
//   while (auto event = subscriber.next()) std::cout << event->text("detail.pipeline") << "
//   failed\n";
//
// Header-only; needs cppzmq and msgpack-cxx. A subscriber lives in one thread. It listens to the
// engine's XPUB socket and, where the sequence shows a gap, at the start and after a silence, asks
// the log endpoint for what is missing, so an engine that restarts or a subscriber that was too
// slow loses nothing. Wire: docs/events.md.
#ifndef SLUICE_EVENTS_HPP
#define SLUICE_EVENTS_HPP

#include <sys/stat.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <zmq.hpp>
#include <zmq_addon.hpp>

#include "sluice/event_stream.hpp"

namespace sluice {

// A file in DATA/bus/subscribers: a run that would be over before a subscriber could connect stays
// a moment longer when it sees one. Made as soon as there is a data directory.
class SubscriberPresence {
 public:
  explicit SubscriberPresence(const std::string& endpoint) {
    if (endpoint.starts_with("ipc://") && endpoint.find("/bus/") != std::string::npos)
      folder_ = endpoint.substr(6, endpoint.rfind('/') - 5) + "subscribers";
  }
  ~SubscriberPresence() {
    if (!file_.empty()) ::unlink(file_.c_str());
  }
  SubscriberPresence(const SubscriberPresence&) = delete;
  SubscriberPresence& operator=(const SubscriberPresence&) = delete;
  void announce() {
    if (!file_.empty() || folder_.empty()) return;
    ::mkdir(folder_.c_str(), 0700);
    std::string path = folder_ + "/" + std::to_string(getpid()) + ".XXXXXX";
    const int made = ::mkstemp(path.data());
    if (made < 0) return;
    ::close(made);
    file_ = path;
  }

 private:
  std::string folder_, file_;
};

class Subscriber {
 public:
  struct Addresses {
    std::string events, log, filtered;  // ZeroMQ endpoints; filtered only for patterns
  };
  // Where the engine of a data directory (an absolute path) binds.
  static Addresses in_data_directory(const std::string& directory) {
    const std::string folder = directory + "/bus";
    if (folder.size() + 9 <= 100)
      return {"ipc://" + folder + "/events", "ipc://" + folder + "/log",
              "ipc://" + folder + "/filtered"};
    std::uint64_t number = 0xcbf29ce484222325;  // FNV-1a
    for (const unsigned char byte : directory) number = (number ^ byte) * 0x100000001b3;
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    char name[64];
    std::snprintf(name, sizeof name, "/sluice-%u-%016" PRIx64, getuid(), number);
    const std::string shorter =
        "ipc://" + std::string(runtime && *runtime ? runtime : "/tmp") + name;
    return {shorter + "-events", shorter + "-log", shorter + "-filtered"};
  }

  // Throws zmq::error_t if an address is malformed, std::runtime_error if the cursor file holds
  // something else; an engine that is not there is waited for.
  Subscriber(const Addresses& addresses, Subscription subscription)
      : cursor_file_(subscription.cursor_file),
        stream_(resumed(std::move(subscription))),
        presence_(addresses.events) {
    for (zmq::socket_t* socket : {&events_, &log_}) {
      socket->set(zmq::sockopt::linger, 0);
      socket->set(zmq::sockopt::reconnect_ivl, 20);
      socket->set(zmq::sockopt::immediate, true);  // nothing queues up for an engine that is away
      socket->set(zmq::sockopt::rcvhwm, 100'000);
    }
    for (const std::string& topic : stream_.topics()) events_.set(zmq::sockopt::subscribe, topic);
    events_.connect(stream_.has_pattern() ? addresses.filtered : addresses.events);
    log_.connect(addresses.log);
  }
  // Prefixes of topics, empty for everything. Without `after` it begins with what happens from now
  // on; 0 is the beginning.
  explicit Subscriber(const Addresses& addresses, std::vector<std::string> prefixes = {},
                      std::optional<std::uint64_t> after = std::nullopt)
      : Subscriber(addresses, Subscription{std::move(prefixes), "", after, std::nullopt, ""}) {}

  // The next event; nothing after timeout_ms without one (negative: waits for ever). The event
  // before counts as done: the cursor file moves beyond it. Throws SubscriptionError.
  std::optional<BusEvent> next(std::int64_t timeout_ms = -1) {
    keep_cursor();
    const auto end = EventStream::Clock::now() + std::chrono::milliseconds(timeout_ms);
    while (stream_.ready.empty()) {
      if (stream_.patience().count() <= 0) ask();
      auto wait = std::max(stream_.patience(), std::chrono::milliseconds(0));
      if (timeout_ms >= 0) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - EventStream::Clock::now());
        if (left.count() < 0) return std::nullopt;
        wait = std::min(wait, left);
      }
      receive(wait);
    }
    std::optional<BusEvent> event(std::move(stream_.ready.front()));
    stream_.ready.pop_front();
    return event;
  }

  // Where to begin next time (`after`): the last event handed over.
  std::uint64_t cursor() const { return stream_.cursor(); }
  // How many sequence numbers the engine is ahead of it, as far as is known.
  std::uint64_t behind() const { return stream_.behind(); }
  // How many sequence numbers after its place retention had removed before it asked for them:
  // events that it can never get. 0 as long as nothing was missed.
  std::uint64_t removed() const { return stream_.removed(); }

 private:
  static Subscription resumed(Subscription subscription) {
    std::ifstream file(subscription.cursor_file);
    if (subscription.cursor_file.empty() || !file) return subscription;
    std::uint64_t sequence = 0;
    if (!(file >> sequence))
      throw std::runtime_error(subscription.cursor_file +
                               " holds no sequence number; remove it to begin anew");
    subscription.after = sequence;
    return subscription;
  }
  // Replaced as a whole: it survives the process, though not every power cut.
  void keep_cursor() {
    if (cursor_file_.empty() || !stream_.knows_cursor() || stream_.cursor() == kept_) return;
    const std::string beside = cursor_file_ + "." + std::to_string(getpid());
    std::ofstream(beside) << stream_.cursor() << '\n';
    if (std::rename(beside.c_str(), cursor_file_.c_str()) != 0)
      throw std::runtime_error("cannot write " + cursor_file_);
    kept_ = stream_.cursor();
  }

  void ask() {
    presence_.announce();
    const msgpack::sbuffer request = stream_.request();
    const auto sent =
        log_.send(zmq::buffer(request.data(), request.size()), zmq::send_flags::dontwait);
    stream_.asked(sent.has_value());
  }

  void receive(std::chrono::milliseconds wait) {
    zmq::pollitem_t items[] = {{log_.handle(), 0, ZMQ_POLLIN, 0},
                               {events_.handle(), 0, ZMQ_POLLIN, 0}};
    // While the log is being asked, what arrives live stays in its queue: it may belong after the
    // answer.
    const bool live_too = !stream_.asking();
    zmq::poll(items, live_too ? 2 : 1, wait);
    std::vector<zmq::message_t> frames;
    if (items[0].revents & ZMQ_POLLIN) {
      if (zmq::recv_multipart(log_, std::back_inserter(frames))) stream_.take_answer(frames);
    } else if (live_too && (items[1].revents & ZMQ_POLLIN)) {
      if (zmq::recv_multipart(events_, std::back_inserter(frames)) && frames.size() == 3)
        stream_.take_live(frames);
    }
  }

  std::string cursor_file_;
  std::optional<std::uint64_t> kept_;
  EventStream stream_;
  SubscriberPresence presence_;
  zmq::context_t context_{1};
  zmq::socket_t events_{context_, zmq::socket_type::sub};
  zmq::socket_t log_{context_, zmq::socket_type::dealer};
};

}  // namespace sluice
#endif
