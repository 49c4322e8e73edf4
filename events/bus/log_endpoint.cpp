#include "events/bus/log_endpoint.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <vector>
#include <zmq.hpp>
#include <zmq_addon.hpp>

#include "events/bus/filters.hpp"
#include "events/bus/frames.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kBatch = 512;
// Of one reply; then the asker asks again, and others have had their turn.
constexpr std::size_t kMostEvents = 2000, kMostLookedAt = 20'000;
constexpr int kLingerMs = 500;

struct Question {
  std::uint64_t after = 0;
  std::vector<std::string> prefixes;
  std::optional<LogFilter> filter;

  [[nodiscard]] bool wants(const Event& event) {
    const bool in_topic = prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(),
                                                          [&](const std::string& prefix) {
                                                            return event.topic.starts_with(prefix);
                                                          });
    return in_topic && (!filter || filter->wants(event));
  }
};

}  // namespace

struct LogEndpoint::Loop {
  EventSource source;
  std::function<std::uint64_t()> published;
  std::atomic<bool> stopping{false};
  int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  zmq::socket_t log;
  std::thread thread;

  Loop(zmq::context_t& context, EventSource from, std::function<std::uint64_t()> told)
      : source(std::move(from)),
        published(std::move(told)),
        log(context, zmq::socket_type::router) {
    log.set(zmq::sockopt::linger, kLingerMs);
  }
  ~Loop() {
    if (wake_fd >= 0) close(wake_fd);
  }

  void run() {
    std::array<zmq::pollitem_t, 2> items{
        {{log.handle(), 0, ZMQ_POLLIN, 0}, {nullptr, wake_fd, ZMQ_POLLIN, 0}}};
    while (!stopping.load(std::memory_order_acquire)) {
      zmq::poll(items.data(), items.size(), std::chrono::milliseconds(-1));
      if (items[0].revents & ZMQ_POLLIN) answer_all();
    }
    answer_all();
  }

  // Request: [identity][...][msgpack map]. Reply: [identity][...][msgpack summary], then topic,
  // header and body of each event.
  void answer_all() {
    std::vector<zmq::message_t> request;
    while (zmq::recv_multipart(log, std::back_inserter(request), zmq::recv_flags::dontwait)) {
      if (request.size() >= 2) answer(request);
      request.clear();
    }
  }

  void answer(std::vector<zmq::message_t>& request) {
    const auto& asked = request.back();
    const auto* bytes = asked.data<std::uint8_t>();
    const Json words = Json::from_msgpack(bytes, bytes + asked.size(), true, false);
    std::vector<zmq::message_t> reply(std::make_move_iterator(request.begin()),
                                      std::make_move_iterator(request.end() - 1));
    const std::size_t head = reply.size();
    const auto put = [&](const std::string& frame) {
      reply.emplace_back(frame.data(), frame.size());
    };
    put("");
    std::string packed;
    Json::to_msgpack(summary_of(words, put), packed);
    reply[head] = zmq::message_t(packed.data(), packed.size());
    zmq::send_multipart(log, reply, zmq::send_flags::dontwait);
  }

  template <class Put>
  Json summary_of(const Json& words, const Put& put) {
    const auto after = start_of(words);
    if (!after) {
      return {{"error", "a request is a msgpack map with an unsigned \"after\" or \"since\""}};
    }
    Question question;
    question.after = *after;
    if (const auto asked = words.find("prefixes"); asked != words.end() && asked->is_array()) {
      for (const Json& prefix : *asked)
        if (prefix.is_string()) question.prefixes.push_back(prefix.get<std::string>());
    }
    if (const auto asked = words.find("pattern"); asked != words.end() && asked->is_string()) {
      question.filter.emplace(asked->get_ref<const std::string&>());
      if (!question.filter->refused().empty()) return {{"error", question.filter->refused()}};
    }
    return collect(question, put);
  }

  std::optional<std::uint64_t> start_of(const Json& words) const {
    if (!words.is_object()) return std::nullopt;
    if (const auto after = words.find("after"); after != words.end() && after->is_number_unsigned())
      return after->get<std::uint64_t>();
    if (const auto since = words.find("since"); since != words.end() && since->is_number_unsigned())
      return source.before(since->get<std::int64_t>());
    return std::nullopt;
  }

  template <class Put>
  Json collect(Question& question, const Put& put) {
    std::size_t count = 0;
    std::uint64_t at = question.after;
    const std::uint64_t last = published();
    const std::uint64_t enough = at + kMostLookedAt;
    while (at < last && at < enough && count < kMostEvents) {
      std::uint64_t upto = at;
      auto batch = source.read(at, kBatch, upto);
      if (!batch || upto == at) break;
      for (const Event& event : *batch) {
        if (event.sequence > last || !question.wants(event)) continue;
        const Frames frames = frames_of(event, {});
        put(frames.topic), put(frames.header), put(frames.body);
        ++count;
      }
      at = std::min(upto, last);
    }
    Json summary = {{"upto", at}, {"last", last}, {"count", count}};
    if (const std::uint64_t removed = source.removed ? source.removed(question.after, at) : 0)
      summary["removed"] = removed;
    return summary;
  }
};

LogEndpoint::LogEndpoint(zmq::context_t& context, const std::string& address, EventSource source,
                         std::function<std::uint64_t()> published)
    : loop_(std::make_unique<Loop>(context, std::move(source), std::move(published))) {
  loop_->log.bind(address);
  Loop* raw = loop_.get();
  loop_->thread = std::thread([raw] { raw->run(); });
}

LogEndpoint::~LogEndpoint() {
  if (!loop_->thread.joinable()) return;
  loop_->stopping.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(loop_->wake_fd, &one, sizeof one);
  loop_->thread.join();
}

}  // namespace sluice
