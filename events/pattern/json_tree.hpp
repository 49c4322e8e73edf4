// A small tree of one JSON text, for patterns: keeps the raw text of every value (numbers are
// compared by their spelling in one corner of the language) and refuses repeated names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/pattern/refusal.hpp"

namespace sluice::pattern {

enum class JsonType : std::uint8_t { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };

struct JsonNode {
  JsonType type = JsonType::kNull;
  std::uint32_t begin = 0;      // byte offset in the text
  std::uint32_t end = 0;        // one past the last byte
  std::uint32_t name = kNone;   // index into JsonTree::strings, for members of objects
  std::uint32_t text = kNone;   // index into JsonTree::strings, for strings
  std::uint32_t first = kNone;  // first child
  std::uint32_t next = kNone;   // next sibling

  static constexpr std::uint32_t kNone = UINT32_MAX;
};

struct JsonTree {
  std::string_view source;      // borrowed: must outlive the tree
  std::vector<JsonNode> nodes;  // nodes[0] is the root
  std::vector<std::string> strings;

  [[nodiscard]] std::string_view raw(const JsonNode& node) const {
    return source.substr(node.begin, node.end - node.begin);
  }
};

// Reads the whole text. Refuses anything but one JSON value, deeper than `max_depth` included.
[[nodiscard]] Outcome<JsonTree> read_json_tree(std::string_view text, std::size_t max_depth);

}  // namespace sluice::pattern
