// One pass over an event: checks that the whole text is JSON and keeps the leaves at the paths
// that rules use. Keys are compared as they stand; only what a rule may look at is unescaped,
// parsed or hashed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/pattern/json_text.hpp"
#include "events/pattern/predicate.hpp"
#include "events/pattern/refusal.hpp"
#include "events/pattern/rule_set.hpp"

namespace sluice::pattern {

// An element of an array on the way to a value: an object or another array. Numbered in the order
// of the text, so what lies inside element i has numbers in (i, end).
struct ArrayElement {
  std::uint32_t parent = 0;  // the next element outwards, 0: none
  std::uint32_t array = 0;   // which array of the event
  std::uint32_t end = 0;
};

// The leaves at one path.
struct PathValues {
  std::uint32_t event = 0;  // the number of the event this is about
  std::uint32_t first = 0;  // index of the first value, 0: none
  std::uint32_t last = 0;
  bool in_elements = false;  // some value lies inside an array element
};

class EventScan {
 public:
  // Reads `text` for the paths of `set`. What was read before is forgotten; values borrow from
  // `text` until the next call.
  [[nodiscard]] std::optional<Refusal> read(std::string_view text, const RuleSet& set,
                                            std::size_t max_depth);

  // Paths that have values, each once.
  [[nodiscard]] const std::vector<std::uint32_t>& paths() const { return touched_; }
  // Index of the first value at `path`, 0: none. Follow Value::next.
  [[nodiscard]] std::uint32_t first_value(std::uint32_t path) const {
    return by_path_[path].event == event_ ? by_path_[path].first : 0;
  }
  [[nodiscard]] bool in_elements(std::uint32_t path) const {
    return by_path_[path].event == event_ && by_path_[path].in_elements;
  }
  [[nodiscard]] Value& value(std::uint32_t id) { return values_[id]; }
  [[nodiscard]] const ArrayElement& element(std::uint32_t id) const { return elements_[id]; }
  [[nodiscard]] bool has_elements() const { return elements_.size() > 1; }

 private:
  void reset(std::string_view text, const RuleSet& set, std::size_t max_depth);
  [[nodiscard]] char peek() const { return at_ < count_ ? text_[positions_[at_]] : '\0'; }
  [[nodiscard]] std::size_t offset() const { return at_ < count_ ? positions_[at_] : text_.size(); }
  [[nodiscard]] std::string_view token() const;
  bool refuse(const char* reason);
  bool too_deep();
  bool object(std::uint32_t node, std::size_t depth);
  bool array(std::uint32_t node, std::size_t depth);
  bool element(std::uint32_t node, std::uint32_t array_id, std::size_t depth);
  bool value(std::uint32_t node, std::size_t depth);
  bool skip(std::size_t depth);
  bool key(std::string_view& name);
  bool string(std::string_view& raw);
  bool scalar(Value& out);
  void keep(std::uint32_t node, const Value& found);
  [[nodiscard]] std::uint32_t child_of(std::uint32_t node, std::string_view name) const;

  TokenIndex tokens_;
  std::string_view text_;
  const RuleSet* set_ = nullptr;
  const std::uint32_t* positions_ = nullptr;
  std::size_t count_ = 0;
  std::size_t at_ = 0;
  std::size_t max_depth_ = 0;
  bool has_escapes_ = false;
  std::uint32_t event_ = 0;
  std::uint32_t in_element_ = 0;
  std::uint32_t arrays_ = 0;
  std::vector<Value> values_;
  std::vector<ArrayElement> elements_;
  std::vector<PathValues> by_path_;
  std::vector<std::uint32_t> touched_;
  std::vector<char> open_;             // brackets that skip() is inside of
  std::deque<std::string> unescaped_;  // texts that differ from their spelling; addresses stay
  Refusal refusal_;
};

}  // namespace sluice::pattern
