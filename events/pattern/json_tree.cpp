#include "events/pattern/json_tree.hpp"

#include <utility>

#include "events/pattern/json_text.hpp"

namespace sluice::pattern {
namespace {

class TreeReader {
 public:
  TreeReader(std::string_view text, std::size_t max_depth) : max_depth_(max_depth) {
    tree_.source = text;
  }

  Outcome<JsonTree> read() {
    static thread_local TokenIndex tokens;
    if (auto refusal = tokens.index(tree_.source)) return *std::move(refusal);
    positions_ = tokens.positions();
    count_ = tokens.count();
    tree_.nodes.reserve(count_ / 2 + 1);
    if (!value(0)) return std::move(refusal_);
    if (at_ != count_) {
      static_cast<void>(refuse("text after the end of the value"));
      return std::move(refusal_);
    }
    return std::move(tree_);
  }

 private:
  [[nodiscard]] char peek() const { return at_ < count_ ? tree_.source[positions_[at_]] : '\0'; }

  [[nodiscard]] std::size_t offset() const {
    return at_ < count_ ? positions_[at_] : tree_.source.size();
  }

  bool refuse(std::string reason, Refusal::Kind kind = Refusal::Kind::kMalformed) {
    refusal_.kind = kind;
    refusal_.offset = offset();
    refusal_.reason = at_ < count_ ? std::move(reason) : "the text ends too early";
    if (at_ < count_) refusal_.value = shortened(tree_.source.substr(offset(), 40));
    return false;
  }

  // One past the last byte of the token, blanks behind it not counted.
  [[nodiscard]] std::size_t token_end() const {
    std::size_t end = at_ + 1 < count_ ? positions_[at_ + 1] : tree_.source.size();
    while (std::string_view(" \t\r\n").find(tree_.source[end - 1]) != std::string_view::npos) --end;
    return end;
  }

  bool string(std::uint32_t& index) {
    const std::size_t begin = offset();
    const std::size_t end = token_end();
    std::string text;
    if (end < begin + 2 || !unescape(tree_.source.substr(begin + 1, end - begin - 2), text)) {
      return refuse("an escape that is not JSON, or half a surrogate pair");
    }
    index = static_cast<std::uint32_t>(tree_.strings.size());
    tree_.strings.push_back(std::move(text));
    return true;
  }

  // Appends the node of the value at the cursor; its index is nodes.size() before the call.
  bool value(std::size_t depth) {
    const std::size_t me = tree_.nodes.size();
    tree_.nodes.emplace_back();
    tree_.nodes[me].begin = static_cast<std::uint32_t>(offset());
    switch (peek()) {
      case '{':
      case '[':
        if (depth >= max_depth_) {
          return refuse("nested deeper than " + std::to_string(max_depth_) + " levels",
                        Refusal::Kind::kTooLarge);
        }
        return container(me, depth + 1);
      case '"':
        tree_.nodes[me].type = JsonType::kString;
        if (!string(tree_.nodes[me].text)) return false;
        break;
      default:
        if (!scalar(tree_.nodes[me])) return false;
    }
    tree_.nodes[me].end = static_cast<std::uint32_t>(token_end());
    ++at_;
    return true;
  }

  bool scalar(JsonNode& node) {
    if (at_ >= count_) return refuse("the text ends too early");
    const std::string_view token = tree_.source.substr(offset(), token_end() - offset());
    if (token == "true") {
      node.type = JsonType::kTrue;
    } else if (token == "false") {
      node.type = JsonType::kFalse;
    } else if (token == "null") {
      node.type = JsonType::kNull;
    } else if (is_json_number(token)) {
      node.type = JsonType::kNumber;
    } else {
      return refuse("not a JSON value");
    }
    return true;
  }

  bool container(std::size_t me, std::size_t depth) {
    const bool is_object = peek() == '{';
    const char closing = is_object ? '}' : ']';
    tree_.nodes[me].type = is_object ? JsonType::kObject : JsonType::kArray;
    ++at_;
    std::uint32_t last = JsonNode::kNone;
    if (peek() != closing) {
      for (;;) {
        const auto child = static_cast<std::uint32_t>(tree_.nodes.size());
        std::uint32_t name = JsonNode::kNone;
        if (is_object && !member_name(name)) return false;
        if (!value(depth)) return false;
        tree_.nodes[child].name = name;
        (last == JsonNode::kNone ? tree_.nodes[me].first : tree_.nodes[last].next) = child;
        last = child;
        if (peek() == closing) break;
        if (peek() != ',') return refuse(is_object ? "expected , or }" : "expected , or ]");
        ++at_;
      }
    }
    tree_.nodes[me].end = positions_[at_] + 1;
    ++at_;
    return true;
  }

  bool member_name(std::uint32_t& name) {
    if (peek() != '"') return refuse("expected a name in quotes");
    if (!string(name)) return false;
    ++at_;
    if (peek() != ':') return refuse("expected : after the name");
    ++at_;
    return true;
  }

  JsonTree tree_;
  std::size_t max_depth_;
  const std::uint32_t* positions_ = nullptr;
  std::size_t count_ = 0;
  std::size_t at_ = 0;
  Refusal refusal_;
};

}  // namespace

Outcome<JsonTree> read_json_tree(std::string_view text, std::size_t max_depth) {
  return TreeReader(text, max_depth).read();
}

}  // namespace sluice::pattern
