#include "events/pattern/event_scan.hpp"

#include <cstring>
#include <utility>

#include "events/pattern/rule.hpp"

namespace sluice::pattern {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

}  // namespace

std::optional<Refusal> EventScan::read(std::string_view text, const RuleSet& set,
                                       std::size_t max_depth) {
  if (auto refusal = tokens_.index(text)) return refusal;
  reset(text, set, max_depth);
  bool good = false;
  if (peek() != '{') {
    refuse("an event must be a JSON object");
  } else {
    ++at_;
    good = object(0, 1);
    if (good && at_ != count_) good = refuse("text after the end of the event");
  }
  if (good) return std::nullopt;
  return std::move(refusal_);
}

void EventScan::reset(std::string_view text, const RuleSet& set, std::size_t max_depth) {
  text_ = text;
  set_ = &set;
  positions_ = tokens_.positions();
  count_ = tokens_.count();
  at_ = 0;
  max_depth_ = max_depth;
  has_escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  if (by_path_.size() != set.node_capacity() || ++event_ == 0) {
    by_path_.assign(set.node_capacity(), {});
    event_ = 1;
  }
  in_element_ = 0;
  arrays_ = 0;
  values_.resize(1);
  elements_.resize(1);
  touched_.clear();
  unescaped_.clear();
}

// Where the token ends, only blanks lie before the next one.
std::string_view EventScan::token() const {
  const std::size_t begin = positions_[at_];
  std::size_t end = at_ + 1 < count_ ? positions_[at_ + 1] : text_.size();
  while (is_blank(text_[end - 1])) --end;
  return text_.substr(begin, end - begin);
}

bool EventScan::refuse(const char* reason) {
  refusal_ = {};
  refusal_.offset = offset();
  refusal_.reason = at_ < count_ ? reason : "the text ends too early";
  if (at_ < count_) refusal_.value = shortened(token());
  return false;
}

bool EventScan::too_deep() {
  refuse("");
  refusal_.kind = Refusal::Kind::kTooLarge;
  refusal_.reason = "nested deeper than " + std::to_string(max_depth_) + " levels";
  refusal_.value.clear();
  return false;
}

bool EventScan::string(std::string_view& raw) {
  raw = token();
  raw = raw.substr(1, raw.size() - 2);
  ++at_;
  return true;
}

bool EventScan::key(std::string_view& name) {
  if (peek() != '"') return refuse("expected a name in quotes");
  string(name);
  if (has_escapes_ && name.find('\\') != std::string_view::npos) {
    std::string& text = unescaped_.emplace_back();
    if (!unescape(name, text)) {
      --at_;
      return refuse("an escape that is not JSON, or half a surrogate pair");
    }
    name = text;
  }
  if (peek() != ':') return refuse("expected : after the name");
  ++at_;
  return true;
}

// Names may hold dots: they are as many steps. A step of the tree never does.
std::uint32_t EventScan::child_of(std::uint32_t node, std::string_view name) const {
  const std::uint32_t direct = set_->child(node, name);
  if (direct != 0 || name.find('.') == std::string_view::npos) return direct;
  for (;;) {
    const std::size_t dot = name.find('.');
    node = set_->child(node, name.substr(0, dot));
    if (node == 0 || dot == std::string_view::npos) return node;
    name.remove_prefix(dot + 1);
  }
}

// The cursor stands behind the brace.
bool EventScan::object(std::uint32_t node, std::size_t depth) {
  if (peek() == '}') {
    ++at_;
    return true;
  }
  for (;;) {
    std::string_view name;
    if (!key(name)) return false;
    const std::uint32_t child = child_of(node, name);
    if (!(child != 0 ? value(child, depth) : skip(depth))) return false;
    const char c = peek();
    if (c != ',' && c != '}') return refuse("expected , or }");
    ++at_;
    if (c == '}') return true;
  }
}

bool EventScan::array(std::uint32_t node, std::size_t depth) {
  const std::uint32_t id = ++arrays_;
  if (peek() == ']') {
    ++at_;
    return true;
  }
  for (;;) {
    const char opening = peek();
    const bool good =
        opening == '{' || opening == '[' ? element(node, id, depth) : value(node, depth);
    if (!good) return false;
    const char c = peek();
    if (c != ',' && c != ']') return refuse("expected , or ]");
    ++at_;
    if (c == ']') return true;
  }
}

bool EventScan::element(std::uint32_t node, std::uint32_t array_id, std::size_t depth) {
  const auto id = static_cast<std::uint32_t>(elements_.size());
  elements_.push_back({in_element_, array_id, 0});
  in_element_ = id;
  if (!value(node, depth)) return false;
  in_element_ = elements_[id].parent;
  elements_[id].end = static_cast<std::uint32_t>(elements_.size());
  return true;
}

bool EventScan::value(std::uint32_t node, std::size_t depth) {
  const char c = peek();
  if (c == '{' || c == '[') {
    const PathNode& here = set_->node(node);
    const bool is_array = c == '[';
    const bool has_children = here.children.load(std::memory_order_relaxed) != 0;
    if (!has_children && !(is_array && here.is_tested.load(std::memory_order_relaxed))) {
      return skip(depth);
    }
    if (depth >= max_depth_) return too_deep();
    ++at_;
    return is_array ? array(node, depth + 1) : object(node, depth + 1);
  }
  Value found;
  if (!scalar(found)) return false;
  if (set_->node(node).is_tested.load(std::memory_order_relaxed)) keep(node, found);
  return true;
}

bool EventScan::scalar(Value& out) {
  const char c = peek();
  if (c == '"') {
    string(out.text);
    out.type = ValueType::kString;
    if (has_escapes_ && out.text.find('\\') != std::string_view::npos) {
      std::string& text = unescaped_.emplace_back();
      if (!unescape(out.text, text)) {
        --at_;
        return refuse("an escape that is not JSON, or half a surrogate pair");
      }
      out.text = text;
    }
    return true;
  }
  if (at_ >= count_) return refuse("");
  out.text = token();
  if (c == '-' || (c >= '0' && c <= '9')) {
    out.type = ValueType::kNumber;
    if (!is_json_number(out.text)) return refuse("not a JSON number");
  } else if (out.text == "true") {
    out.type = ValueType::kTrue;
  } else if (out.text == "false") {
    out.type = ValueType::kFalse;
  } else if (out.text == "null") {
    out.type = ValueType::kNull;
  } else {
    return refuse("not a JSON value");
  }
  ++at_;
  return true;
}

void EventScan::keep(std::uint32_t node, const Value& found) {
  const auto id = static_cast<std::uint32_t>(values_.size());
  Value& value = values_.emplace_back(found);
  value.element = in_element_;
  if (value.type == ValueType::kString) value.hash = value_hash(value.text);
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

// Checks a value that nobody looks at. A loop, not a recursion: this is most of most events.
bool EventScan::skip(std::size_t depth) {
  open_.clear();
  for (;;) {
    const char c = peek();
    bool opened = false;
    if (c == '{' || c == '[') {
      if (depth + open_.size() >= max_depth_) return too_deep();
      ++at_;
      open_.push_back(c == '{' ? '}' : ']');
      opened = true;
    } else {
      Value ignored;
      if (!scalar(ignored)) return false;
    }
    if (opened && peek() == open_.back()) {
      ++at_;
      open_.pop_back();
      opened = false;
    }
    // Behind a value: close what ends here, then go to the next member.
    while (!opened) {
      if (open_.empty()) return true;
      const char next = peek();
      if (next == ',') {
        ++at_;
        break;
      }
      if (next != open_.back())
        return refuse(open_.back() == '}' ? "expected , or }" : "expected , or ]");
      ++at_;
      open_.pop_back();
    }
    std::string_view ignored;
    if (open_.back() == '}' && !key(ignored)) return false;
  }
}

}  // namespace sluice::pattern
