// Subscribe to a sluice engine's state-change events from C++: each event once, in order, none
// missed.
//
//   sluice::Subscriber subscriber(sluice::Subscriber::in_data_directory("/var/lib/sluice"),
//   {"codepipeline.pipeline.FAILED."}); while (auto event = subscriber.next()) std::cout <<
//   event->text("detail.pipeline") << " failed\n";
//
// Header-only; needs cppzmq and msgpack-cxx. A subscriber lives in one thread. It listens to the
// engine's XPUB socket and, where the sequence shows a gap, at the start and after a silence, asks
// the log endpoint for what is missing, so an engine that restarts or a subscriber that was too
// slow loses nothing. Wire: docs/events.md.
#ifndef SLUICE_EVENTS_HPP
#define SLUICE_EVENTS_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <msgpack.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <zmq.hpp>
#include <zmq_addon.hpp>

namespace sluice {

struct BusEvent {
  std::uint64_t sequence = 0;
  std::string topic;            // "codepipeline.action.FAILED.webshop.Build.Compile"
  msgpack::object_handle body;  // the EventBridge envelope

  // The text at a dotted path of the envelope, such as "detail.execution-id"; "" if there is none.
  std::string text(std::string_view path) const {
    const msgpack::object* at = &body.get();
    while (!path.empty()) {
      const std::string_view step = path.substr(0, path.find('.'));
      path.remove_prefix(std::min(path.size(), step.size() + 1));
      const msgpack::object* found = nullptr;
      if (at->type == msgpack::type::MAP)
        for (const auto& pair : at->via.map)
          if (pair.key.type == msgpack::type::STR && pair.key.as<std::string_view>() == step)
            found = &pair.val;
      if (!found) return "";
      at = found;
    }
    return at->type == msgpack::type::STR ? at->as<std::string>() : "";
  }
};

class Subscriber {
 public:
  struct Addresses {
    std::string events, log;
  };
  static Addresses in_data_directory(const std::string& directory) {
    return {"ipc://" + directory + "/bus/events", "ipc://" + directory + "/bus/log"};
  }

  // Prefixes of topics, empty for everything. Without `after` it begins with what happens from now
  // on; 0 is the beginning. Throws zmq::error_t if an address is malformed; an engine that is not
  // there is waited for.
  explicit Subscriber(const Addresses& addresses, std::vector<std::string> prefixes = {},
                      std::optional<std::uint64_t> after = std::nullopt)
      : prefixes_(std::move(prefixes)), cursor_(after) {
    if (prefixes_.empty()) prefixes_.emplace_back();
    for (zmq::socket_t* socket : {&events_, &log_}) {
      socket->set(zmq::sockopt::linger, 0);
      socket->set(zmq::sockopt::reconnect_ivl, 20);
      socket->set(zmq::sockopt::immediate, true);  // nothing queues up for an engine that is away
      socket->set(zmq::sockopt::rcvhwm, 100'000);
    }
    for (const std::string& prefix : prefixes_)
      events_.set(zmq::sockopt::subscribe, whole_segments(prefix));
    events_.connect(addresses.events);
    log_.connect(addresses.log);
    ask();
  }

  // The next event; nothing after timeout_ms without one (negative: waits for ever).
  std::optional<BusEvent> next(std::int64_t timeout_ms = -1) {
    const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
    while (ready_.empty()) {
      auto wait = patience_;
      if (timeout_ms >= 0)
        wait = std::min(wait,
                        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()));
      if (wait.count() < 0) return std::nullopt;
      receive(wait);
    }
    std::optional<BusEvent> event(std::move(ready_.front()));
    ready_.pop_front();
    return event;
  }

  // Where to begin next time (the constructor's `after`): the last event handed over.
  std::uint64_t cursor() const {
    return ready_.empty() ? cursor_.value_or(0) : ready_.front().sequence - 1;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::int64_t kSilenceMs = 1000, kAwayMs = 50;

  static std::string whole_segments(const std::string& prefix) {
    return prefix.substr(0, prefix.rfind('.') + 1);
  }
  bool wanted(const std::string& topic) const {
    return std::any_of(prefixes_.begin(), prefixes_.end(),
                       [&](const auto& p) { return topic.starts_with(p); });
  }
  static std::uint64_t number(const msgpack::object& map, std::string_view key) {
    if (map.type == msgpack::type::MAP)
      for (const auto& pair : map.via.map)
        if (pair.key.as<std::string_view>() == key &&
            pair.val.type == msgpack::type::POSITIVE_INTEGER)
          return pair.val.as<std::uint64_t>();
    return 0;
  }
  static msgpack::object_handle unpack(const zmq::message_t& frame) {
    return msgpack::unpack(frame.data<char>(), frame.size());
  }

  void ask() {
    msgpack::sbuffer request;
    msgpack::packer<msgpack::sbuffer> packer(request);
    packer.pack_map(2);
    packer.pack(cursor_ ? "after" : "since");
    packer.pack(cursor_ ? *cursor_ : started_ms_);
    packer.pack("prefixes");
    packer.pack(prefixes_);
    const auto sent =
        log_.send(zmq::buffer(request.data(), request.size()), zmq::send_flags::dontwait);
    patience_ = std::chrono::milliseconds(sent ? kSilenceMs : kAwayMs);
    asked_at_ = Clock::now();
    asking_ = true;
  }

  void receive(std::chrono::milliseconds wait) {
    zmq::pollitem_t items[] = {{log_.handle(), 0, ZMQ_POLLIN, 0},
                               {events_.handle(), 0, ZMQ_POLLIN, 0}};
    // While the log is being asked, what arrives live stays in its queue: it may belong after the
    // answer.
    const bool live_too = !asking_ && cursor_.has_value();
    zmq::poll(items, live_too ? 2 : 1, wait);
    std::vector<zmq::message_t> frames;
    if (items[0].revents & ZMQ_POLLIN) {
      if (zmq::recv_multipart(log_, std::back_inserter(frames))) take_answer(frames);
    } else if (live_too && (items[1].revents & ZMQ_POLLIN)) {
      if (zmq::recv_multipart(events_, std::back_inserter(frames)) && frames.size() == 3)
        take_live(frames);
    } else if (Clock::now() - asked_at_ >= patience_) {
      ask();  // a silence: make sure that it is one
    }
  }

  void take_answer(std::vector<zmq::message_t>& frames) {
    const auto summary = unpack(frames.front());
    asking_ = false;
    for (std::size_t i = 1; i + 2 < frames.size(); i += 3)
      hand_over(frames[i], frames[i + 1], frames[i + 2]);
    const std::uint64_t upto = number(summary.get(), "upto");
    cursor_ = std::max(cursor_.value_or(0), upto);
    if (upto < number(summary.get(), "last")) ask();
  }

  void take_live(std::vector<zmq::message_t>& frames) {
    const auto header = unpack(frames[1]);
    if (number(header.get(), "seq") <= *cursor_) return;
    if (gap(frames[0].to_string(), header.get()))
      ask();  // the answer brings this event too
    else
      hand_over(frames[0], frames[1], frames[2]);
  }

  // prev[k]: the event before this one whose topic begins with the same k segments. A gap unless we
  // have seen it.
  bool gap(const std::string& topic, const msgpack::object& header) const {
    for (const auto& pair : header.via.map) {
      if (pair.key.as<std::string_view>() != "prev") continue;
      for (const std::string& prefix : prefixes_) {
        const std::string whole = whole_segments(prefix);
        const auto segments =
            static_cast<std::uint32_t>(std::count(whole.begin(), whole.end(), '.'));
        if (!topic.starts_with(whole) || segments >= pair.val.via.array.size) continue;
        const auto before = pair.val.via.array.ptr[segments].as<std::uint64_t>();
        if (before == 0 || before > *cursor_) return true;
      }
    }
    return false;
  }

  void hand_over(const zmq::message_t& topic, const zmq::message_t& header,
                 const zmq::message_t& body) {
    const std::uint64_t sequence = number(unpack(header).get(), "seq");
    if (cursor_ && sequence <= *cursor_) return;
    cursor_ = sequence;
    std::string text = topic.to_string();
    if (wanted(text)) ready_.push_back({sequence, std::move(text), unpack(body)});
  }

  std::vector<std::string> prefixes_;
  std::optional<std::uint64_t> cursor_;
  std::uint64_t started_ms_ =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count());
  zmq::context_t context_{1};
  zmq::socket_t events_{context_, zmq::socket_type::sub};
  zmq::socket_t log_{context_, zmq::socket_type::dealer};
  std::deque<BusEvent> ready_;
  Clock::time_point asked_at_;
  std::chrono::milliseconds patience_{kSilenceMs};
  bool asking_ = false;
};

}  // namespace sluice
#endif
