// Event patterns: which events does a rule want? The language is EventBridge's (docs/patterns.md);
// this header is the whole public interface, and it needs nothing of the engine.
//
//   auto rule = compile(R"({"detail": {"state": ["FAILED"]}})");   // text -> Rule, or a Refusal
//   Matcher matcher;                                                // one for many rules
//   auto added = matcher.add("failures", *rule);
//   Reader reader(matcher);                                         // one for each thread
//   auto names = reader.match(event_text);                          // the rules that want it
//
// A rule's verdict on an event depends on that rule and that event alone: never on which other
// rules are loaded, on their order, or on what happens to them meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/pattern/refusal.hpp"

namespace sluice::pattern {

// Bounds; whatever exceeds one is refused, never cut off. Sizes are bytes of UTF-8 text.
struct Limits {
  std::size_t max_pattern_bytes = 256 * 1024;
  std::size_t max_event_bytes = 1024 * 1024;
  std::size_t max_depth = 1000;         // nesting of objects and arrays, patterns and events
  std::size_t max_combinations = 1000;  // what the $or of one pattern expand to (the service's own)
  std::size_t max_fields = 256;         // fields in one combination
  std::size_t max_matcher_bytes = std::size_t{8} << 30U;  // all rules of one Matcher
};

struct RuleData;
class RuleSet;
class EventScan;
struct MatcherCore;
struct ReaderCore;

// A compiled pattern. Immutable, cheap to copy (copies share), usable from any thread.
class Rule {
 public:
  explicit Rule(std::shared_ptr<const RuleData> data) : data_(std::move(data)) {}
  [[nodiscard]] const RuleData& data() const { return *data_; }

 private:
  std::shared_ptr<const RuleData> data_;
};

// Pattern text to rule. Refuses what is not JSON (kMalformed), what is no pattern
// (kInvalidPattern: path, offending value, what is allowed) and what is beyond `limits`.
[[nodiscard]] Outcome<Rule> compile(std::string_view pattern_json, const Limits& limits = {});

// Why does `rule` match `event_json`, or why not? For people, not for the hot path.
struct FieldVerdict {
  std::size_t combination = 0;            // which product of the $or, 0 if there is none
  std::string path;                       // joined by dots
  bool matched = false;                   // some value met some alternative
  std::vector<std::string> values;        // what the event has there, as JSON text
  std::vector<std::string> alternatives;  // what the pattern accepts there, as JSON text
};
struct Explanation {
  bool matched = false;
  std::vector<FieldVerdict> fields;
  // Every field of a combination matched, but only with values of different elements of one array.
  bool torn_across_elements = false;
};
[[nodiscard]] Outcome<Explanation> explain(const Rule& rule, std::string_view event_json,
                                           const Limits& limits = {});

// Many rules behind one index. add and remove may be called from any thread (they wait for each
// other); they never stop or delay a Reader. Each takes effect as a whole: a match that starts
// after the call returned sees it, a match that runs meanwhile sees all of it or nothing.
class Matcher {
 public:
  struct Stats {
    std::size_t rules = 0;
    std::size_t bytes = 0;  // reserved by the index, whether touched or not
  };

  explicit Matcher(const Limits& limits = {});
  ~Matcher();  // every Reader of it must be gone
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  // Adds a rule, or replaces the one of that name. Refuses (kFull) beyond max_matcher_bytes and
  // then leaves everything as it was. Amortised cost O(size of the rule).
  [[nodiscard]] std::optional<Refusal> add(std::string_view name, const Rule& rule);
  // False: there was no such rule. The caller need not keep the pattern.
  bool remove(std::string_view name);
  [[nodiscard]] Stats stats() const;

 private:
  friend class Reader;
  std::unique_ptr<MatcherCore> core_;
};

// One thread's way to match: owns the buffers, takes no lock. Must not outlive its Matcher.
class Reader {
 public:
  explicit Reader(const Matcher& matcher);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // The names of the rules that match, each once, in no particular order; valid until the next
  // call. The whole text is checked: what is not a JSON object in valid UTF-8 is refused with its
  // place, whether or not a rule looks there.
  [[nodiscard]] Outcome<std::span<const std::string_view>> match(std::string_view event_json);

 private:
  std::unique_ptr<ReaderCore> core_;
};

}  // namespace sluice::pattern
