#include "events/pattern/event_scan.hpp"

#include <cstring>
#include <utility>

#include "events/pattern/rule.hpp"

namespace sluice::pattern {
namespace {

constexpr std::size_t kPadding = 64;
constexpr const char* kBadEscape = "an escape that is not JSON, or half a surrogate pair";

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

}  // namespace

// The token index ends in two entries that point at the first byte behind the text, which is zero
// in the copy: so no look at a token, or at the one after it, needs a check for the end.
std::optional<Refusal> EventScan::read(std::string_view text, const RuleSet& set,
                                       std::size_t max_depth) {
  size_ = text.size();
  if (copy_.size() < size_ + kPadding) copy_.resize(2 * size_ + kPadding);
  std::memcpy(copy_.data(), text.data(), size_);
  std::memset(copy_.data() + size_, 0, kPadding);
  text_ = copy_.data();
  if (auto refusal = tokens_.index({text_, size_})) return refusal;
  reset(set, max_depth);
  Cursor at = tokens_.positions();
  at = text_[*at] == '{' ? object(at + 1, 0, 1) : refuse(at, "an event must be a JSON object");
  if (at != nullptr && at != tokens_.positions() + tokens_.count()) {
    at = refuse(at, "text after the end of the event");
  }
  if (at != nullptr) return std::nullopt;
  return std::move(refusal_);
}

void EventScan::reset(const RuleSet& set, std::size_t max_depth) {
  set_ = &set;
  max_depth_ = max_depth;
  open_.resize(max_depth + 1);
  has_escapes_ = std::memchr(text_, '\\', size_) != nullptr;
  if (by_path_.size() != set.node_capacity() || ++event_ == 0) {
    by_path_.assign(set.node_capacity(), {});
    event_ = 1;
  }
  in_element_ = 0;
  arrays_ = 0;
  values_.resize(1);
  elements_.resize(1);
  touched_.clear();
  if (!unescaped_.empty()) unescaped_.clear();
}

// Where the token ends, only blanks lie before the next one.
std::string_view EventScan::token(Cursor at) const {
  const char* const begin = text_ + *at;
  const char* end = text_ + at[1];
  while (end != begin && is_blank(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

// What stands between the quotes of the token.
inline std::string_view EventScan::string(Cursor at) const {
  const char* const begin = text_ + *at + 1;
  const char* end = text_ + at[1] - 1;
  while (*end != '"') --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

EventScan::Cursor EventScan::refuse(Cursor at, const char* reason) {
  refusal_ = {};
  refusal_.offset = *at;
  const bool at_end = *at == size_;
  refusal_.reason = at_end ? "the text ends too early" : reason;
  if (!at_end) refusal_.value = shortened(token(at));
  return nullptr;
}

EventScan::Cursor EventScan::too_deep(Cursor at) {
  refuse(at, "");
  refusal_.kind = Refusal::Kind::kTooLarge;
  refusal_.reason = "nested deeper than " + std::to_string(max_depth_) + " levels";
  refusal_.value.clear();
  return nullptr;
}

// Resolves escapes, which few texts have; false: one is wrong.
inline bool EventScan::plain(std::string_view& text) {
  if (!has_escapes_ || text.find('\\') == std::string_view::npos) return true;
  std::string& resolved = unescaped_.emplace_back();
  if (!unescape(text, resolved)) return false;
  text = resolved;
  return true;
}

// Names may hold dots: they are as many steps. A step of the tree never does.
inline std::uint32_t EventScan::child_of(std::uint32_t node, std::string_view name) const {
  const std::uint32_t direct = set_->child(node, name);
  if (direct != 0 || std::memchr(name.data(), '.', name.size()) == nullptr) return direct;
  for (;;) {
    const std::size_t dot = name.find('.');
    node = set_->child(node, name.substr(0, dot));
    if (node == 0 || dot == std::string_view::npos) return node;
    name.remove_prefix(dot + 1);
  }
}

// The cursor stands behind the brace.
EventScan::Cursor EventScan::object(Cursor at, std::uint32_t node, std::size_t depth) {
  if (text_[*at] == '}') return at + 1;
  for (;;) {
    if (text_[*at] != '"') return refuse(at, "expected a name in quotes");
    if (text_[at[1]] != ':') return refuse(at + 1, "expected : after the name");
    std::string_view name = string(at);
    if (!plain(name)) return refuse(at, kBadEscape);
    const std::uint32_t child = child_of(node, name);
    at = child != 0 ? value(at + 2, child, depth) : skip(at + 2, depth);
    if (at == nullptr) return nullptr;
    const char c = text_[*at];
    if (c == '}') return at + 1;
    if (c != ',') return refuse(at, "expected , or }");
    ++at;
  }
}

EventScan::Cursor EventScan::array(Cursor at, std::uint32_t node, std::size_t depth) {
  const std::uint32_t id = ++arrays_;
  if (text_[*at] == ']') return at + 1;
  for (;;) {
    const char opening = text_[*at];
    at = opening == '{' || opening == '[' ? element(at, node, id, depth) : value(at, node, depth);
    if (at == nullptr) return nullptr;
    const char c = text_[*at];
    if (c == ']') return at + 1;
    if (c != ',') return refuse(at, "expected , or ]");
    ++at;
  }
}

EventScan::Cursor EventScan::element(Cursor at, std::uint32_t node, std::uint32_t array_id,
                                     std::size_t depth) {
  const auto id = static_cast<std::uint32_t>(elements_.size());
  elements_.push_back({in_element_, array_id, 0});
  in_element_ = id;
  at = value(at, node, depth);
  in_element_ = elements_[id].parent;
  elements_[id].end = static_cast<std::uint32_t>(elements_.size());
  return at;
}

EventScan::Cursor EventScan::value(Cursor at, std::uint32_t node, std::size_t depth) {
  const char c = text_[*at];
  const PathNode& here = set_->node(node);
  const bool is_tested = here.is_tested.load(std::memory_order_relaxed);
  if (c == '{' || c == '[') {
    const bool is_array = c == '[';
    const bool has_children = here.children.load(std::memory_order_relaxed) != 0;
    if (!has_children && !(is_array && is_tested)) return skip(at, depth);
    if (depth >= max_depth_) return too_deep(at);
    return is_array ? array(at + 1, node, depth + 1) : object(at + 1, node, depth + 1);
  }
  if (!is_tested) return skip(at, depth);
  if (c == '"') {
    std::string_view text = string(at);
    if (!plain(text)) return refuse(at, kBadEscape);
    keep(node, ValueType::kString, text);
    return at + 1;
  }
  ValueType type = ValueType::kNull;
  const Cursor next = word(at, type);
  if (next != nullptr) keep(node, type, token(at));
  return next;
}

// A number, true, false or null.
EventScan::Cursor EventScan::word(Cursor at, ValueType& type) {
  const std::string_view text = token(at);
  const char c = text.empty() ? '\0' : text.front();
  if (c == '-' || (c >= '0' && c <= '9')) {
    type = ValueType::kNumber;
    return is_json_number(text) ? at + 1 : refuse(at, "not a JSON number");
  }
  if (text == "true") {
    type = ValueType::kTrue;
  } else if (text == "false") {
    type = ValueType::kFalse;
  } else if (text == "null") {
    type = ValueType::kNull;
  } else {
    return refuse(at, "not a JSON value");
  }
  return at + 1;
}

void EventScan::keep(std::uint32_t node, ValueType type, std::string_view text) {
  const auto id = static_cast<std::uint32_t>(values_.size());
  Value& value = values_.emplace_back();
  value.text = text;
  value.type = type;
  value.element = in_element_;
  if (type == ValueType::kString) value.hash = value_hash(text);
  PathValues& path = by_path_[node];
  if (path.event != event_) {
    path = {event_, id, id, in_element_ != 0};
    touched_.push_back(node);
    return;
  }
  values_[path.last].next = id;
  path.last = id;
  path.in_elements = path.in_elements || in_element_ != 0;
}

// Checks a value that nobody looks at: most of most events.
inline EventScan::Cursor EventScan::skip(Cursor at, std::size_t depth) {
  const char c = text_[*at];
  if (c == '"') return skip_string(at);
  if (c == '{' || c == '[') return skip_container(at, depth);
  ValueType ignored{};
  return word(at, ignored);
}

// That the string ends, holds UTF-8 and no control characters, the token index has seen to.
inline EventScan::Cursor EventScan::skip_string(Cursor at) {
  if (has_escapes_) {
    std::string_view text = string(at);
    if (!plain(text)) return refuse(at, kBadEscape);
  }
  return at + 1;
}

inline EventScan::Cursor EventScan::skip_name(Cursor at) {
  if (text_[*at] != '"') return refuse(at, "expected a name in quotes");
  if (text_[at[1]] != ':') return refuse(at + 1, "expected : after the name");
  at = skip_string(at);
  return at == nullptr ? nullptr : at + 1;
}

EventScan::Cursor EventScan::skip_container(Cursor at, std::size_t depth) {
  char* const bottom = open_.data();
  char* const limit = bottom + (max_depth_ - depth);
  char* top = bottom;
  for (;;) {
    const char c = text_[*at];
    if (c == '{' || c == '[') {
      if (top == limit) return too_deep(at);
      *++top = c == '{' ? '}' : ']';
      ++at;
      if (text_[*at] != *top) {
        if (*top == '}' && (at = skip_name(at)) == nullptr) return nullptr;
        continue;
      }
    } else {
      at = skip(at, depth);
      if (at == nullptr) return nullptr;
    }
    // Behind a value: close what ends here, then go to the next member.
    for (; top != bottom && text_[*at] == *top; ++at) --top;
    if (top == bottom) return at;
    if (text_[*at] != ',') {
      return refuse(at, *top == '}' ? "expected , or }" : "expected , or ]");
    }
    ++at;
    if (*top == '}' && (at = skip_name(at)) == nullptr) return nullptr;
  }
}

}  // namespace sluice::pattern
