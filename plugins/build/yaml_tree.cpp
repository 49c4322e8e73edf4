#include "plugins/build/yaml_tree.hpp"

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <utility>

namespace sluice::build {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr int kMostNodes = 50'000;
constexpr int kDeepest = 64;

struct Refusal {
  std::string why;
  Place place;
};

Place place_of(const YAML::Mark& mark) {
  return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

// Length of the UTF-8 character at text[0], or 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t length = byte(0) < 0x80   ? 1
                       : byte(0) < 0xC2 ? 0
                       : byte(0) < 0xE0 ? 2
                       : byte(0) < 0xF0 ? 3
                       : byte(0) < 0xF5 ? 4
                                        : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if (length == 3 && ((byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xED && byte(1) > 0x9F)))
    return 0;
  if (length == 4 && ((byte(0) == 0xF0 && byte(1) < 0x90) || (byte(0) == 0xF4 && byte(1) > 0x8F)))
    return 0;
  return length;
}

void check_text(std::string_view text) {
  if (text.size() > kMostBytes) throw Refusal{"the file is larger than 1 MiB", {1, 1}};
  Place place{1, 1};
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) throw Refusal{"this is not UTF-8 text", place};
    if (text[0] == '\0') throw Refusal{"there is a zero byte in the text", place};
    ++place.column;
    if (text[0] == '\n') place = {place.line + 1, 1};
    text.remove_prefix(length);
  }
}

class Copier {
 public:
  YamlNode copy(const YAML::Node& from, int depth = 0) {
    YamlNode to;
    to.place = place_of(from.Mark());
    if (++nodes_ > kMostNodes)
      throw Refusal{"too many nodes once aliases are written out", to.place};
    if (depth > kDeepest) throw Refusal{"nested too deeply", to.place};
    switch (from.Type()) {
      case YAML::NodeType::Scalar:
        to.kind = YamlNode::Kind::kText;
        to.text = from.Scalar();
        break;
      case YAML::NodeType::Sequence:
        to.kind = YamlNode::Kind::kList;
        for (const auto& item : from) to.items.push_back(copy(item, depth + 1));
        break;
      case YAML::NodeType::Map:
        to.kind = YamlNode::Kind::kMap;
        copy_map(from, to, depth);
        break;
      default:
        break;
    }
    return to;
  }

 private:
  void copy_map(const YAML::Node& from, YamlNode& to, int depth) {
    std::vector<YamlNode> merged;
    for (const auto& entry : from) {
      const Place place = place_of(entry.first.Mark());
      if (!entry.first.IsScalar() && !entry.first.IsNull())
        throw Refusal{"a key has to be text", place};
      std::string key = entry.first.IsNull() ? "" : entry.first.Scalar();
      YamlNode value = copy(entry.second, depth + 1);
      if (value.kind == YamlNode::Kind::kNull)
        value.place = place;  // where nothing stands is nowhere
      if (key == "<<" && value.kind == YamlNode::Kind::kMap) {
        merged.push_back(std::move(value));
      } else if (key == "<<" && value.kind == YamlNode::Kind::kList) {
        for (auto& item : value.items) merged.push_back(std::move(item));
      } else {
        if (to.find(key)) throw Refusal{"the key '" + key + "' stands here twice", place};
        to.entries.push_back({std::move(key), place, std::move(value)});
      }
    }
    for (auto& map : merged)
      for (auto& entry : map.entries)
        if (!to.find(entry.key)) to.entries.push_back(std::move(entry));
  }

  int nodes_ = 0;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

YamlTree read_yaml(std::string_view text) {
  YamlTree tree;
  try {
    check_text(text);
    tree.root = Copier().copy(YAML::Load(std::string(text)));
  } catch (const Refusal& refusal) {
    tree.error = refusal.why;
    tree.error_place = refusal.place;
  } catch (const YAML::Exception& exception) {
    tree.error = exception.msg;
    tree.error_place = place_of(exception.mark);
  }
  return tree;
}

}  // namespace sluice::build
