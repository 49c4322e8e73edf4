#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>

#include "engine/definition/node.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

Position position(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

// yaml-cpp's events instead of its node graph: limits hold while reading, aliases cost nothing, and
// duplicate keys are seen.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& text, Document& document, Diagnostics& diagnostics)
      : text_(text), document_(document), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      throw Refusal{position(mark), Code::kSeveralDocuments,
                    "a second YAML document starts here; one file declares one pipeline"};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto& node = document_.add(Node::Kind::kNull, position(mark));
    remember(anchor, node);
    put(node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    const bool open = found != anchors_.end() && is_open(*found->second);
    if (found == anchors_.end() || open) {
      throw Refusal{position(mark), Code::kSyntax, "this alias stands inside its own anchor"};
    }
    if (wants_key()) {
      set_key(position(mark), *found->second);
    } else {
      put(*found->second, position(mark));
    }
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // Written as the escape "\0"; environment variables and arguments would end there.
    if (value.find('\0') != std::string::npos) {
      throw Refusal{position(mark), Code::kBadCharacter,
                    "a NUL character is not allowed in a workflow file; remove the \\0"};
    }
    auto& node = document_.add(Node::Kind::kScalar, position(mark));
    node.text = value;
    node.bytes = value.size();
    node.quoted = tag != "?";
    if (node.quoted) check_quotes(mark);
    check_tag(mark, tag);
    remember(anchor, node);
    put(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::kList, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::kMap, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node* node;
    std::string key;
    Position key_at;
    bool has_key = false;
  };

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (wants_key()) refuse_key(position(mark));
    if (frames_.size() >= kMaxDepth) {
      throw Refusal{position(mark), Code::kTooDeep,
                    "lists and maps are nested more than " + std::to_string(kMaxDepth) + " deep"};
    }
    check_tag(mark, tag);
    auto& node = document_.add(kind, position(mark));
    remember(anchor, node);
    frames_.push_back({&node, {}, {}});
  }

  void close() {
    Node& node = *frames_.back().node;
    frames_.pop_back();
    if (node.is_map()) Document::close(node, diagnostics_);
    put(node);
  }

  void put(const Node& node) { put(node, node.at); }

  void put(const Node& node, Position at) {
    if (frames_.empty()) {
      document_.set_root(node);
      return;
    }
    auto& frame = frames_.back();
    if (frame.node->is_list()) {
      Document::append(*frame.node, node);
    } else if (frame.has_key) {
      Document::append(*frame.node, std::move(frame.key), frame.key_at, node);
      frame.has_key = false;
    } else {
      set_key(at, node);
    }
  }

  [[nodiscard]] bool wants_key() const {
    return !frames_.empty() && frames_.back().node->is_map() && !frames_.back().has_key;
  }

  void set_key(Position at, const Node& node) {
    if (!node.is_scalar()) refuse_key(at);
    if (node.text == "<<" && !node.quoted) {
      throw Refusal{
          at, Code::kUnsupportedYaml,
          "merge keys (<<) are not supported; write the keys out, or use an alias for the "
          "whole value"};
    }
    auto& frame = frames_.back();
    frame.key = node.text;
    frame.key_at = at;
    frame.has_key = true;
  }

  [[noreturn]] static void refuse_key(Position at) {
    throw Refusal{at, Code::kUnsupportedYaml,
                  "a key must be plain text, not a list or a map; is a bracket left open?"};
  }

  void remember(YAML::anchor_t anchor, const Node& node) {
    if (anchor != 0) anchors_[anchor] = &node;
  }

  [[nodiscard]] bool is_open(const Node& node) const {
    for (const auto& frame : frames_) {
      if (frame.node == &node) return true;
    }
    return false;
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag.empty() || tag == "?" || tag == "!" || tag.starts_with(kCore)) return;
    diagnostics_.error(position(mark), Code::kUnsupportedYaml,
                       "the tag " + quote(tag) + " is not supported; write the value itself");
  }

  // yaml-cpp 0.7 takes the end of the file for the closing quote.
  void check_quotes(const YAML::Mark& mark) const {
    const auto start = static_cast<std::size_t>(mark.pos);
    if (start >= text_.size() || (text_[start] != '"' && text_[start] != '\'')) return;
    const char mark_character = text_[start];
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\' && mark_character == '"') {
        ++i;
      } else if (text_[i] == mark_character) {
        return;
      }
    }
    throw Refusal{position(mark), Code::kSyntax,
                  "not valid YAML: the text in quotes that starts here has no end"};
  }

  const std::string& text_;
  Document& document_;
  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, const Node*> anchors_;
  int documents_ = 0;
};

// yaml-cpp keeps every token after an unclosed bracket in memory, 250 bytes each, before it hands
// out the first; no readable file leaves this many open.
void check_brackets(const std::string& text) {
  Position at;
  std::size_t open = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') ++open;
    if ((c == ']' || c == '}') && open > 0) --open;
    if (open > kMaxOpenBrackets) {
      throw Refusal{at, Code::kTooDeep,
                    "more than " + std::to_string(kMaxOpenBrackets) + " brackets are open here"};
    }
    ++at.column;
    if (c == '\n') at = {at.line + 1, 1};
  }
}

}  // namespace

Document read_yaml(const std::string& text, Diagnostics& diagnostics) {
  check_brackets(text);
  Document document;
  TreeBuilder builder(text, document, diagnostics);
  std::istringstream input(text);
  try {
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::DeepRecursion& error) {
    throw Refusal{position(error.mark), Code::kTooDeep,
                  "lists and maps are nested more than " + std::to_string(kMaxDepth) + " deep"};
  } catch (const YAML::ParserException& error) {
    throw Refusal{position(error.mark), Code::kSyntax, "not valid YAML: " + error.msg};
  } catch (const YAML::Exception& error) {
    throw Refusal{position(error.mark), Code::kSyntax, "not valid YAML: " + error.msg};
  }
  return document;
}

}  // namespace sluice::definition
