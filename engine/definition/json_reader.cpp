// JSON by itself and not through YAML: declarations exported from the cloud service carry surrogate
// pairs, tabs and keys of any length, and JSON's own error messages are the clearer ones.
#include <optional>

#include "engine/definition/node.hpp"

namespace sluice::definition {
namespace {

class JsonReader {
 public:
  JsonReader(std::string_view text, Diagnostics& diagnostics)
      : text_(text), diagnostics_(diagnostics) {}

  Document read() {
    const Node& root = value(1);
    skip_blank();
    if (!at_end()) fail("nothing may follow the document's closing bracket");
    document_.set_root(root);
    return std::move(document_);
  }

 private:
  const Node& value(std::size_t depth) {
    skip_blank();
    if (at_end()) fail("the document ends where a value is expected");
    if (depth > kMaxDepth) {
      throw Refusal{here(), Code::kTooDeep,
                    "lists and maps are nested more than " + std::to_string(kMaxDepth) + " deep"};
    }
    switch (text_[offset_]) {
      case '{':
        return map(depth);
      case '[':
        return list(depth);
      case '"': {
        auto& node = document_.add(Node::Kind::kScalar, here());
        node.quoted = true;
        node.text = string();
        node.bytes = node.text.size();
        return node;
      }
      default:
        return word();
    }
  }

  const Node& map(std::size_t depth) {
    auto& node = document_.add(Node::Kind::kMap, here());
    ++offset_;
    skip_blank();
    if (take('}')) return node;
    while (true) {
      skip_blank();
      if (at_end() || text_[offset_] != '"') fail("a key in double quotes is expected here");
      const auto at = here();
      auto key = string();
      skip_blank();
      if (!take(':')) fail("`:` is expected after the key");
      Document::append(node, std::move(key), at, value(depth + 1));
      skip_blank();
      if (take('}')) break;
      if (!take(',')) fail("`,` or `}` is expected here");
    }
    Document::close(node, diagnostics_);
    return node;
  }

  const Node& list(std::size_t depth) {
    auto& node = document_.add(Node::Kind::kList, here());
    ++offset_;
    skip_blank();
    if (take(']')) return node;
    while (true) {
      Document::append(node, value(depth + 1));
      skip_blank();
      if (take(']')) return node;
      if (!take(',')) fail("`,` or `]` is expected here");
    }
  }

  // A number, true, false or null, kept as it is written.
  const Node& word() {
    const auto at = here();
    const auto start = offset_;
    while (!at_end() &&
           std::string_view("+-.0123456789abcdefghijklmnopqrstuvwxyzE").find(text_[offset_]) !=
               std::string_view::npos) {
      ++offset_;
    }
    const auto text = text_.substr(start, offset_ - start);
    if (text == "null") return document_.add(Node::Kind::kNull, at);
    if (text != "true" && text != "false" && !is_number(text)) {
      throw Refusal{at, Code::kSyntax, "not valid JSON: a value is expected here"};
    }
    auto& node = document_.add(Node::Kind::kScalar, at);
    node.text = std::string(text);
    node.bytes = text.size();
    return node;
  }

  static bool is_number(std::string_view text) {
    std::size_t i = 0;
    const auto digits = [&] {
      const auto start = i;
      while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
      return i - start;
    };
    if (i < text.size() && text[i] == '-') ++i;
    const auto whole = i;
    if (digits() == 0 || (text[whole] == '0' && i - whole > 1)) return false;
    if (i < text.size() && text[i] == '.' && (++i, digits() == 0)) return false;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
      ++i;
      if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
      if (digits() == 0) return false;
    }
    return i == text.size();
  }

  std::string string() {
    std::string result;
    ++offset_;
    while (true) {
      if (at_end() || text_[offset_] == '\n') fail("the text in double quotes has no end");
      const char c = text_[offset_];
      if (static_cast<unsigned char>(c) < 0x20) fail("write a control character as an escape");
      ++offset_;
      if (c == '"') return result;
      if (c == '\\') {
        escape(result);
      } else {
        result += c;
      }
    }
  }

  void escape(std::string& result) {
    if (at_end()) fail("the text in double quotes has no end");
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char c = text_[offset_];
    if (const auto found = kNames.find(c); found != std::string_view::npos) {
      ++offset_;
      result += kMeanings[found];
      return;
    }
    if (c != 'u') fail("unknown escape");
    ++offset_;
    std::uint32_t point = four_hex();
    if (point >= 0xD800 && point < 0xDC00) {
      if (text_.substr(offset_, 2) != "\\u") fail("a surrogate without its second half");
      offset_ += 2;
      const auto low = four_hex();
      if (low < 0xDC00 || low > 0xDFFF) fail("a surrogate without its second half");
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    } else if (point >= 0xDC00 && point < 0xE000) {
      fail("a surrogate without its first half");
    }
    if (point == 0) fail("\\u0000 is not allowed in a workflow file");
    append_utf8(result, point);
  }

  std::uint32_t four_hex() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
      const auto digit = at_end() ? std::string_view::npos : kDigits.find(text_[offset_]);
      if (digit == std::string_view::npos) fail("\\u takes four hexadecimal digits");
      value = value * 16 + static_cast<std::uint32_t>(digit % 16);
      ++offset_;
    }
    return value;
  }

  static void append_utf8(std::string& to, std::uint32_t point) {
    const auto put = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
    if (point < 0x80) {
      put(point);
    } else if (point < 0x800) {
      put(0xC0 | point >> 6);
      put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
      put(0xE0 | point >> 12);
      put(0x80 | (point >> 6 & 0x3F));
      put(0x80 | (point & 0x3F));
    } else {
      put(0xF0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3F));
      put(0x80 | (point >> 6 & 0x3F));
      put(0x80 | (point & 0x3F));
    }
  }

  void skip_blank() {
    for (; !at_end(); ++offset_) {
      const char c = text_[offset_];
      if (c == '\n') {
        ++line_;
        line_start_ = offset_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  [[nodiscard]] bool at_end() const { return offset_ >= text_.size(); }
  bool take(char c) {
    if (at_end() || text_[offset_] != c) return false;
    ++offset_;
    return true;
  }
  [[nodiscard]] Position here() const {
    return {line_, static_cast<std::uint32_t>(offset_ - line_start_ + 1)};
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Refusal{here(), Code::kSyntax, "not valid JSON: " + what};
  }

  std::string_view text_;
  Diagnostics& diagnostics_;
  Document document_;
  std::size_t offset_ = 0, line_start_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

Document read_json(std::string_view text, Diagnostics& diagnostics) {
  return JsonReader(text, diagnostics).read();
}

}  // namespace sluice::definition
