// A document as a tree of values that know where they stand in the text. YAML and JSON both end up
// here; what comes after need not know which it was.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/definition/diagnostic.hpp"

namespace sluice::definition {

// Limits of a workflow file. The largest declaration that the cloud service takes has 1000 actions;
// exported with four-space indentation that is about 1.5 MB and 60,000 values.
inline constexpr std::size_t kMaxTextBytes = std::size_t{2} << 20;
inline constexpr std::size_t kMaxNodes = 250'000;                    // aliases followed
inline constexpr std::size_t kMaxExpandedBytes = 2 * kMaxTextBytes;  // likewise
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxOpenBrackets = 1000;  // of YAML text, wherever they stand

struct Node {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };
  struct Entry {
    std::string key;
    Position at;
    const Node* value = nullptr;
  };

  Kind kind = Kind::kNull;
  bool quoted = false;  // a scalar in quotes or block style: text, never a number
  Position at;
  std::string text;                             // of a scalar
  std::vector<const Node*> items;               // of a list; owned by the Document
  std::vector<Entry> entries;                   // of a map, in file order, keys unique
  std::size_t nodes = 1, bytes = 0, depth = 1;  // of the whole subtree, aliases followed

  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::kList; }
  [[nodiscard]] bool is_map() const { return kind == Kind::kMap; }
  // The value of a key of a map, or null.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] const Entry* entry(std::string_view key) const;
};

// Thrown by the builder below out of a parser's callbacks, caught in read_document.
struct Refusal {
  Position at;
  Code code;
  std::string message;
};

// Owns the nodes. Movable; nodes keep their addresses.
class Document {
 public:
  [[nodiscard]] const Node* root() const { return root_; }

  // Used by the readers. A container is opened, filled and closed; every step checks the limits.
  [[nodiscard]] Node& add(Node::Kind kind, Position at);
  static void append(Node& list, const Node& item);
  static void append(Node& map, std::string key, Position at, const Node& value);
  // Duplicate keys are reported, and the first one stays.
  static void close(Node& map, Diagnostics& diagnostics);
  void set_root(const Node& node) { root_ = &node; }

 private:
  std::deque<Node> nodes_;
  const Node* root_ = nullptr;
};

// YAML 1.2 as yaml-cpp reads it, or JSON (a text that starts with `{` and is valid JSON, or a file
// called *.json). Returns nothing after an error that leaves no tree; a tree may come with errors.
[[nodiscard]] std::optional<Document> read_document(std::string_view text, const std::string& file,
                                                    Diagnostics& diagnostics);

// The two readers behind it; both throw Refusal.
[[nodiscard]] Document read_yaml(const std::string& text, Diagnostics& diagnostics);
[[nodiscard]] Document read_json(std::string_view text, Diagnostics& diagnostics);

// JSON text of a value: numbers, booleans and null as YAML's core schema reads plain scalars.
[[nodiscard]] std::string json_text(const Node& node);

}  // namespace sluice::definition
