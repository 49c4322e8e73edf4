#include "events/bus/publisher.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <unordered_map>
#include <zmq.hpp>
#include <zmq_addon.hpp>

namespace sluice {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kBatch = 512;
constexpr std::uint32_t kMostOfOneReply = 2000;
constexpr int kSendHighWater = 100'000;
constexpr int kLingerMs = 500;
constexpr std::size_t kMostPrefixes = 200'000;
constexpr std::size_t kLongestSocketPath = 100;

std::string pack(const Json& json) {
  std::string packed;
  Json::to_msgpack(json, packed);
  return packed;
}

bool starts_with_any(const std::string& topic, const std::vector<std::string>& prefixes) {
  return prefixes.empty() ||
         std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return topic.starts_with(prefix); });
}

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

}  // namespace

Frames frames_of(const Event& event, const std::vector<std::uint64_t>& previous) {
  const Json header = {
      {"seq", event.sequence}, {"prev", previous}, {"id", event.id}, {"time", event.time_ms}};
  Json body = {{"version", "0"},
               {"id", event.id},
               {"detail-type", event.detail_type},
               {"source", event.source},
               {"account", event.account},
               {"time", iso_seconds(event.time_ms)},
               {"region", event.region},
               {"resources", event.resources}};
  body["detail"] = Json::parse(event.detail, nullptr, false);
  return {event.topic, pack(header), pack(body)};
}

BusAddresses bus_addresses(const std::string& data_directory) {
  const std::string folder = data_directory + "/bus";
  if (folder.size() + 8 <= kLongestSocketPath)
    return {"ipc://" + folder + "/events", "ipc://" + folder + "/log"};
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  char name[64];
  std::snprintf(name, sizeof name, "/sluice-%u-%016zx", getuid(),
                std::hash<std::string>{}(data_directory));
  const std::string shorter = std::string(runtime && *runtime ? runtime : "/tmp") + name;
  return {"ipc://" + shorter + "-events", "ipc://" + shorter + "-log"};
}

struct Publisher::Loop {
  EventSource source;
  std::atomic<std::uint64_t> cursor{0};
  std::atomic<bool> stopping{false};
  int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  zmq::context_t context{1};
  zmq::socket_t events{context, zmq::socket_type::xpub};
  zmq::socket_t log{context, zmq::socket_type::router};
  std::size_t subscriptions = 0;
  Previous previous;
  std::thread thread;

  Loop(const BusAddresses& addresses, EventSource from, std::uint64_t start)
      : source(std::move(from)), cursor(start) {
    events.set(zmq::sockopt::sndhwm, kSendHighWater);
    events.set(zmq::sockopt::xpub_verboser, true);
    for (zmq::socket_t* socket : {&events, &log}) socket->set(zmq::sockopt::linger, kLingerMs);
    events.bind(addresses.events);
    log.bind(addresses.log);
  }
  ~Loop() {
    if (wake_fd >= 0) close(wake_fd);
  }

  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_fd, &one, sizeof one);
  }

  void run() {
    std::array<zmq::pollitem_t, 3> items{{{events.handle(), 0, ZMQ_POLLIN, 0},
                                          {log.handle(), 0, ZMQ_POLLIN, 0},
                                          {nullptr, wake_fd, ZMQ_POLLIN, 0}}};
    publish();
    while (!stopping.load(std::memory_order_acquire)) {
      zmq::poll(items.data(), items.size(), std::chrono::milliseconds(-1));
      if (items[2].revents & ZMQ_POLLIN) {
        std::uint64_t drained = 0;
        [[maybe_unused]] const auto size = read(wake_fd, &drained, sizeof drained);
      }
      if (items[0].revents & ZMQ_POLLIN) count_subscriptions();
      publish();
      if (items[1].revents & ZMQ_POLLIN) answer();
    }
    count_subscriptions();
    publish();
    answer();
  }

  void count_subscriptions() {
    zmq::message_t message;
    while (events.recv(message, zmq::recv_flags::dontwait)) {
      if (message.size() == 0) continue;
      if (*message.data<char>() == 1)
        ++subscriptions;
      else if (subscriptions > 0)
        --subscriptions;
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
    if (subscriptions == 0) return;
    const Frames frames = frames_of(event, before);
    events.send(zmq::buffer(frames.topic), zmq::send_flags::sndmore);
    events.send(zmq::buffer(frames.header), zmq::send_flags::sndmore);
    events.send(zmq::buffer(frames.body), zmq::send_flags::none);
  }

  // Request: [identity][...][msgpack {"after": seq, "prefixes": [...], "limit": n}].
  // Reply: [identity][...][msgpack {"upto": seq, "last": seq, "count": n}] then topic, header, body
  // for each event.
  void answer() {
    std::vector<zmq::message_t> request;
    while (zmq::recv_multipart(log, std::back_inserter(request), zmq::recv_flags::dontwait)) {
      if (request.size() >= 2) answer_one(request);
      request.clear();
    }
  }

  void answer_one(std::vector<zmq::message_t>& request) {
    const auto& asked = request.back();
    const auto* bytes = asked.data<std::uint8_t>();
    const Json question = Json::from_msgpack(bytes, bytes + asked.size(), true, false);
    std::vector<zmq::message_t> reply(std::make_move_iterator(request.begin()),
                                      std::make_move_iterator(request.end() - 1));
    const std::size_t head = reply.size();
    const auto put = [&](const std::string& frame) {
      reply.emplace_back(frame.data(), frame.size());
    };
    put("");
    const auto start = start_of(question);
    Json summary = {
        {"error", "a request is a msgpack map with an unsigned \"after\" or \"since\""}};
    if (start) summary = collect(*start, prefixes_of(question), put);
    const std::string packed = pack(summary);
    reply[head] = zmq::message_t(packed.data(), packed.size());
    zmq::send_multipart(log, reply, zmq::send_flags::dontwait);
  }

  std::optional<std::uint64_t> start_of(const Json& question) const {
    if (!question.is_object()) return std::nullopt;
    if (const auto after = question.find("after");
        after != question.end() && after->is_number_unsigned())
      return after->get<std::uint64_t>();
    if (const auto since = question.find("since");
        since != question.end() && since->is_number_unsigned())
      return source.before(since->get<std::int64_t>());
    return std::nullopt;
  }
  static std::vector<std::string> prefixes_of(const Json& question) {
    std::vector<std::string> prefixes;
    if (const auto asked = question.find("prefixes"); asked != question.end() && asked->is_array())
      for (const Json& prefix : *asked)
        if (prefix.is_string()) prefixes.push_back(prefix.get<std::string>());
    return prefixes;
  }

  template <class Put>
  Json collect(std::uint64_t at, const std::vector<std::string>& prefixes, const Put& put) {
    std::size_t count = 0;
    const std::uint64_t published = cursor;
    while (at < published && count < kMostOfOneReply) {
      std::uint64_t upto = at;
      auto batch = source.read(at, kBatch, upto);
      if (!batch || upto == at) break;
      for (const Event& event : *batch) {
        if (event.sequence > published || !starts_with_any(event.topic, prefixes)) continue;
        const Frames frames = frames_of(event, {});
        put(frames.topic), put(frames.header), put(frames.body);
        ++count;
      }
      at = std::min(upto, published);
    }
    return {{"upto", at}, {"last", published}, {"count", count}};
  }
};

Result<std::unique_ptr<Publisher>> Publisher::start(const BusAddresses& addresses,
                                                    EventSource source, std::uint64_t cursor) {
  try {
    auto loop = std::make_unique<Loop>(addresses, std::move(source), cursor);
    Loop* raw = loop.get();
    loop->thread = std::thread([raw] { raw->run(); });
    return std::unique_ptr<Publisher>(new Publisher(std::move(loop)));
  } catch (const zmq::error_t& error) {
    return Error{ErrorKind::kConflict, addresses.events,
                 std::string("cannot publish events there: ") + error.what()};
  }
}

Publisher::Publisher(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

Publisher::~Publisher() {
  finish();
}

void Publisher::finish() {
  if (!loop_->thread.joinable()) return;
  loop_->stopping.store(true, std::memory_order_release);
  loop_->wake();
  loop_->thread.join();
}

void Publisher::wake() {
  loop_->wake();
}
std::uint64_t Publisher::cursor() const {
  return loop_->cursor;
}

}  // namespace sluice
