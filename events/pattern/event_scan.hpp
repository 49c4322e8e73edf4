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
  // Reads `text` for the paths of `set`. What was read before is forgotten; values stay valid until
  // the next call.
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
  using Cursor = const std::uint32_t*;  // a token; a function that fails returns null

  void reset(const RuleSet& set, std::size_t max_depth);
  [[nodiscard]] std::string_view token(Cursor at) const;
  [[nodiscard]] std::string_view string(Cursor at) const;
  Cursor refuse(Cursor at, const char* reason);
  Cursor too_deep(Cursor at);
  Cursor object(Cursor at, std::uint32_t node, std::size_t depth);
  Cursor array(Cursor at, std::uint32_t node, std::size_t depth);
  Cursor element(Cursor at, std::uint32_t node, std::uint32_t array_id, std::size_t depth);
  Cursor value(Cursor at, std::uint32_t node, std::size_t depth);
  Cursor word(Cursor at, ValueType& type);
  Cursor skip(Cursor at, std::size_t depth);
  Cursor skip_container(Cursor at, std::size_t depth);
  Cursor skip_string(Cursor at);
  Cursor skip_name(Cursor at);
  bool plain(std::string_view& text);
  void keep(std::uint32_t node, ValueType type, std::string_view text);
  [[nodiscard]] std::uint32_t child_of(std::uint32_t node, std::string_view name) const;

  TokenIndex tokens_;
  std::string copy_;  // of the event, padded: a token may be read past its end
  const char* text_ = nullptr;
  std::size_t size_ = 0;
  const RuleSet* set_ = nullptr;
  std::size_t max_depth_ = 0;
  bool has_escapes_ = false;
  std::uint32_t event_ = 0;
  std::uint32_t in_element_ = 0;
  std::uint32_t arrays_ = 0;
  std::vector<Value> values_;
  std::vector<ArrayElement> elements_;
  std::vector<PathValues> by_path_;
  std::vector<std::uint32_t> touched_;
  std::vector<char> open_;             // brackets that skip_container() is inside of
  std::deque<std::string> unescaped_;  // texts that differ from their spelling; addresses stay
  Refusal refusal_;
};

}  // namespace sluice::pattern
