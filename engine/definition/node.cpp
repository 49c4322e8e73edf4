#include "engine/definition/node.hpp"

#include <algorithm>
#include <numeric>

#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

void absorb(Node& parent, const Node& child, Position at) {
  parent.nodes += child.nodes;
  parent.bytes += child.bytes;
  parent.depth = std::max(parent.depth, child.depth + 1);
  if (parent.nodes > kMaxNodes || parent.bytes > kMaxExpandedBytes) {
    throw Refusal{at, Code::kTooManyNodes,
                  "the document grows beyond " + std::to_string(kMaxNodes) +
                      " values here; split the pipeline, or use fewer aliases"};
  }
  if (parent.depth > kMaxDepth) {
    throw Refusal{at, Code::kTooDeep,
                  "lists and maps are nested more than " + std::to_string(kMaxDepth) + " deep"};
  }
}

struct BadByte {
  std::size_t offset;
  Code code;
};

// Length of the UTF-8 sequence at text[i], or 0 if there is none (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) {
    return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U;
  };
  const auto continues = [&](std::size_t k) { return (byte(k) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(i);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(i + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(i + 1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(i + 1) > 0x9F;
    return continues(i + 1) && continues(i + 2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(i + 1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(i + 1) > 0x8F;
    return continues(i + 1) && continues(i + 2) && continues(i + 3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

std::optional<BadByte> first_bad_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
      return BadByte{i, Code::kBadCharacter};
    }
    const auto length = sequence_length(text, i);
    if (length == 0) return BadByte{i, Code::kNotUtf8};
    i += length;
  }
  return std::nullopt;
}

Position position_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n');
  const auto column = start == std::string_view::npos ? offset : offset - start - 1;
  return {static_cast<std::uint32_t>(lines + 1), static_cast<std::uint32_t>(column + 1)};
}

std::string hex(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

bool check_text(std::string_view text, Diagnostics& diagnostics) {
  if (text.size() > kMaxTextBytes) {
    diagnostics.error({}, Code::kTooLarge,
                      "the file has " + std::to_string(text.size()) +
                          " bytes; a workflow file has at most " + std::to_string(kMaxTextBytes) +
                          " (2 MiB)");
    return false;
  }
  const auto bad = first_bad_byte(text);
  if (!bad) return true;
  const auto shown = hex(text[bad->offset]);
  diagnostics.error(
      position_at(text, bad->offset), bad->code,
      bad->code == Code::kNotUtf8
          ? "byte " + shown + " is not UTF-8; save the file as UTF-8 without BOM"
          : "control character " + shown + " is not allowed in a workflow file; remove it");
  return false;
}

bool is_json_file(std::string_view file) {
  return file.ends_with(".json");
}

}  // namespace

const Node::Entry* Node::entry(std::string_view key) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view key) const {
  const auto* found = entry(key);
  return found == nullptr ? nullptr : found->value;
}

Node& Document::add(Node::Kind kind, Position at) {
  if (nodes_.size() >= kMaxNodes) {
    throw Refusal{at, Code::kTooManyNodes,
                  "the document holds more than " + std::to_string(kMaxNodes) +
                      " values; split the pipeline"};
  }
  auto& node = nodes_.emplace_back();
  node.kind = kind;
  node.at = at;
  return node;
}

void Document::append(Node& list, const Node& item) {
  absorb(list, item, item.at);
  list.items.push_back(&item);
}

void Document::append(Node& map, std::string key, Position at, const Node& value) {
  absorb(map, value, at);
  map.bytes += key.size();
  map.entries.push_back({std::move(key), at, &value});
}

void Document::close(Node& map, Diagnostics& diagnostics) {
  std::vector<std::size_t> order(map.entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return map.entries[a].key < map.entries[b].key;
  });
  std::vector<bool> repeated(order.size());
  for (std::size_t i = 1, first = 0; i < order.size(); ++i) {
    const auto& earlier = map.entries[order[first]];
    const auto& entry = map.entries[order[i]];
    if (entry.key != earlier.key) {
      first = i;
      continue;
    }
    repeated[order[i]] = true;
    diagnostics.error(entry.at, Code::kDuplicateKey,
                      "key " + quote(entry.key) + " was given in line " +
                          std::to_string(earlier.at.line) + " already; keep one of the two");
  }
  std::size_t index = 0;
  std::erase_if(map.entries, [&](const Node::Entry&) { return repeated[index++]; });
}

std::optional<Document> read_document(std::string_view text, const std::string& file,
                                      Diagnostics& diagnostics) {
  if (!check_text(text, diagnostics)) return std::nullopt;
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    diagnostics.error({}, Code::kEmpty, "the file is empty; a pipeline needs `name` and `stages`");
    return std::nullopt;
  }
  const bool json_like = text[first] == '{' || text[first] == '[';
  try {
    if (json_like) {
      Diagnostics trial;
      try {
        auto document = read_json(text, trial);
        if (trial.failed()) return read_json(text, diagnostics);
        return document;
      } catch (const Refusal&) {
        // `{name: x}` is YAML's flow style; in a *.json file JSON's own message is the better one.
        if (is_json_file(file)) throw;
      }
    }
    auto document = read_yaml(std::string(text), diagnostics);
    if (document.root() == nullptr || document.root()->kind == Node::Kind::kNull) {
      diagnostics.error({}, Code::kEmpty,
                        "the file declares nothing; a pipeline needs `name` and `stages`");
      return std::nullopt;
    }
    return document;
  } catch (const Refusal& refusal) {
    diagnostics.error(refusal.at, refusal.code, refusal.message);
    return std::nullopt;
  }
}

}  // namespace sluice::definition
