#include "events/bus/filters.hpp"

#include <unordered_map>
#include <utility>

#include "events/pattern/pattern.hpp"

namespace sluice {
namespace {

constexpr std::size_t kMostPatterns = 1000;

pattern::Limits limits() {
  pattern::Limits limits;
  limits.max_pattern_bytes = 64 * 1024;
  limits.max_matcher_bytes = std::size_t{256} << 20U;
  return limits;
}

}  // namespace

struct Filters::Held {
  struct Subscription {
    std::size_t subscribers = 0;
    std::uint64_t last = 0;
    bool matched_with = false;
  };
  pattern::Matcher matcher{limits()};
  pattern::Reader reader{matcher};
  std::unordered_map<std::string, Subscription> subscriptions;
  std::size_t matched_with = 0;
};

Filters::Filters() : held_(std::make_unique<Held>()) {}
Filters::~Filters() = default;

bool Filters::empty() const {
  return held_->matched_with == 0;
}

void Filters::subscribe(const std::string& pattern) {
  Held::Subscription& subscription = held_->subscriptions[pattern];
  if (++subscription.subscribers > 1 || held_->matched_with >= kMostPatterns) return;
  const auto rule = pattern::compile(pattern, limits());
  if (!rule || held_->matcher.add(pattern, *rule)) return;
  subscription.matched_with = true;
  ++held_->matched_with;
}

void Filters::unsubscribe(const std::string& pattern) {
  const auto found = held_->subscriptions.find(pattern);
  if (found == held_->subscriptions.end() || --found->second.subscribers > 0) return;
  if (found->second.matched_with) {
    held_->matcher.remove(pattern);
    --held_->matched_with;
  }
  held_->subscriptions.erase(found);
}

std::vector<Filters::Hit> Filters::match(const Event& event) {
  std::vector<Hit> hits;
  const auto names = held_->reader.match(to_json(event));
  if (!names) return hits;
  for (const std::string_view name : *names) {
    const auto found = held_->subscriptions.find(std::string(name));
    hits.push_back({found->first, std::exchange(found->second.last, event.sequence)});
  }
  return hits;
}

struct LogFilter::Held {
  pattern::Matcher matcher{limits()};
  pattern::Reader reader{matcher};
};

LogFilter::LogFilter(std::string_view pattern) : held_(std::make_unique<Held>()) {
  const auto rule = pattern::compile(pattern, limits());
  if (!rule) {
    refused_ = "the pattern is not valid: " + rule.refusal().message();
  } else if (const auto full = held_->matcher.add("asked", *rule)) {
    refused_ = full->message();
  }
}
LogFilter::~LogFilter() = default;

bool LogFilter::wants(const Event& event) {
  if (!refused_.empty()) return false;
  const auto names = held_->reader.match(to_json(event));
  return names && !names->empty();
}

}  // namespace sluice
