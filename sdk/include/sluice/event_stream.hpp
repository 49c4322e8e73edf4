// What a subscriber knows and decides, without sockets and without waiting: which events may be
// handed over, where the sequence has a gap, and when the log is to be asked. sluice/events.hpp
// feeds it; the Python and Node clients have the same one. Wire: docs/events.md. One thread at a
// time.
#ifndef SLUICE_EVENT_STREAM_HPP
#define SLUICE_EVENT_STREAM_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <msgpack.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

// The engine refuses what was subscribed to, such as a pattern that is none; the text says why.
struct SubscriptionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

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

// What to subscribe to, and where to begin.
struct Subscription {
  std::vector<std::string> prefixes;     // of topics; empty for all
  std::string pattern;                   // JSON text of an event pattern, or "" for none
  std::optional<std::uint64_t> after;    // a sequence, 0 for the beginning
  std::optional<std::int64_t> since_ms;  // Unix; without either, what happens from now on
  std::string
      cursor_file;  // begins after the sequence in it, if it is there, and keeps it up to date
};

class EventStream {
 public:
  using Clock = std::chrono::steady_clock;

  explicit EventStream(Subscription subscription) : asked_for_(std::move(subscription)) {
    if (asked_for_.prefixes.empty()) asked_for_.prefixes.emplace_back();
    cursor_ = asked_for_.after;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    if (!asked_for_.since_ms)
      asked_for_.since_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }

  bool asking() const { return asking_; }
  bool has_pattern() const { return !asked_for_.pattern.empty(); }
  bool knows_cursor() const { return cursor_.has_value(); }
  std::uint64_t cursor() const {
    return ready.empty() ? cursor_.value_or(0) : ready.front().sequence - 1;
  }
  std::uint64_t behind() const { return last_ > cursor() ? last_ - cursor() : 0; }
  std::uint64_t removed() const { return removed_; }
  // Until the log is to be asked; zero or less: now.
  std::chrono::milliseconds patience() const {
    return std::chrono::ceil<std::chrono::milliseconds>(due_at_ - Clock::now());
  }

  // What to subscribe to: whole topic segments, or the pattern's text.
  std::vector<std::string> topics() const {
    if (!asked_for_.pattern.empty()) return {asked_for_.pattern};
    std::vector<std::string> topics;
    for (const std::string& prefix : asked_for_.prefixes) topics.push_back(whole_segments(prefix));
    return topics;
  }

  msgpack::sbuffer request() const {
    msgpack::sbuffer request;
    msgpack::packer<msgpack::sbuffer> packer(request);
    packer.pack_map(asked_for_.pattern.empty() ? 2 : 3);
    packer.pack(cursor_ ? "after" : "since");
    packer.pack(cursor_ ? *cursor_ : static_cast<std::uint64_t>(*asked_for_.since_ms));
    packer.pack("prefixes");
    packer.pack(asked_for_.prefixes);
    if (!asked_for_.pattern.empty()) {
      packer.pack("pattern");
      packer.pack(asked_for_.pattern);
    }
    return request;
  }
  void asked(bool sent) {
    asking_ = true;
    due_at_ = Clock::now() + (sent ? kSilence : kAway);
  }

  // A frame is anything with data<char>() and size(): zmq::message_t.
  template <class Frame>
  void take_answer(const std::vector<Frame>& frames) {
    const auto summary = unpack(frames.front());
    const std::string error = BusEvent{0, "", unpack(frames.front())}.text("error");
    if (!error.empty()) throw SubscriptionError(error);
    asking_ = false;
    // Who begins at the beginning misses nothing that there is.
    if (cursor_.value_or(0) > 0) removed_ += number(summary.get(), "removed");
    const std::size_t before = ready.size();
    for (std::size_t i = 1; i + 2 < frames.size(); i += 3)
      hand_over(frames[i], unpack(frames[i + 1]), frames[i + 2]);
    const std::uint64_t upto = number(summary.get(), "upto");
    cursor_ = std::max(cursor_.value_or(0), upto);
    last_ = std::max(last_, number(summary.get(), "last"));
    silence_ = ready.size() > before ? kSilence : std::min(silence_ * 2, kLongestSilence);
    due_at_ = Clock::now() + (upto < last_ ? std::chrono::milliseconds(0) : silence_);
  }

  template <class Frame>
  void take_live(const std::vector<Frame>& frames) {
    const auto header = unpack(frames[1]);
    const std::uint64_t sequence = number(header.get(), "seq");
    if (sequence <= *cursor_) return;
    last_ = std::max(last_, sequence);
    silence_ = kSilence;
    const bool lost =
        gap(std::string_view(frames[0].template data<char>(), frames[0].size()), header.get());
    due_at_ = Clock::now() + (lost ? std::chrono::milliseconds(0) : silence_);
    if (!lost) hand_over(frames[0], header, frames[2]);  // else the answer brings it too
  }

  std::deque<BusEvent> ready;  // may be handed over

 private:
  // Of silence after which the log is asked whether it is one, doubled while nothing comes; and
  // while the engine is not there.
  static constexpr std::chrono::milliseconds kSilence{1000}, kLongestSilence{30'000}, kAway{50};

  static std::string whole_segments(const std::string& prefix) {
    return prefix.substr(0, prefix.rfind('.') + 1);
  }
  template <class Frame>
  static msgpack::object_handle unpack(const Frame& frame) {
    return msgpack::unpack(frame.template data<char>(), frame.size());
  }
  static const msgpack::object* member(const msgpack::object& map, std::string_view key) {
    if (map.type != msgpack::type::MAP) return nullptr;
    for (const auto& pair : map.via.map)
      if (pair.key.type == msgpack::type::STR && pair.key.as<std::string_view>() == key)
        return &pair.val;
    return nullptr;
  }
  static std::uint64_t number(const msgpack::object& map, std::string_view key) {
    const msgpack::object* found = member(map, key);
    return found && found->type == msgpack::type::POSITIVE_INTEGER ? found->as<std::uint64_t>() : 0;
  }

  // prev[k]: the event before this one whose topic begins with the same k segments; with a pattern,
  // prev[0]: the one before that it wanted. A gap unless we have seen it.
  bool gap(std::string_view topic, const msgpack::object& header) const {
    const msgpack::object* previous = member(header, "prev");
    if (!previous || previous->type != msgpack::type::ARRAY) return true;
    const auto unseen = [&](std::size_t segments) {
      if (segments >= previous->via.array.size) return false;
      const auto before = previous->via.array.ptr[segments].as<std::uint64_t>();
      return before == 0 || before > *cursor_;
    };
    if (!asked_for_.pattern.empty()) return unseen(0);
    return std::any_of(
        asked_for_.prefixes.begin(), asked_for_.prefixes.end(), [&](const std::string& prefix) {
          const std::string whole = whole_segments(prefix);
          return topic.starts_with(whole) &&
                 unseen(static_cast<std::size_t>(std::count(whole.begin(), whole.end(), '.')));
        });
  }

  template <class Frame>
  void hand_over(const Frame& topic, const msgpack::object_handle& header, const Frame& body) {
    const std::uint64_t sequence = number(header.get(), "seq");
    if (cursor_ && sequence <= *cursor_) return;
    cursor_ = sequence;
    const msgpack::object* named = member(header.get(), "topic");
    std::string text =
        named ? named->as<std::string>() : std::string(topic.template data<char>(), topic.size());
    const auto& prefixes = asked_for_.prefixes;
    if (std::any_of(prefixes.begin(), prefixes.end(),
                    [&](const auto& prefix) { return text.starts_with(prefix); }))
      ready.push_back({sequence, std::move(text), unpack(body)});
  }

  Subscription asked_for_;
  std::optional<std::uint64_t> cursor_;
  std::uint64_t removed_ = 0;  // sequences that the engine no longer has
  std::uint64_t last_ = 0;     // the newest that the engine is known to have
  std::chrono::milliseconds silence_ = kSilence;
  Clock::time_point due_at_ = Clock::now();
  bool asking_ = true;
};

}  // namespace sluice
#endif
