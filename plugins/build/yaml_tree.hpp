// A YAML document as a plain tree that knows where everything stood. The YAML library is seen by
// yaml_tree.cpp alone.
#ifndef SLUICE_PLUGINS_BUILD_YAML_TREE_HPP
#define SLUICE_PLUGINS_BUILD_YAML_TREE_HPP

#include <string>
#include <string_view>
#include <vector>

namespace sluice::build {

// Lines and columns count from 1; 0 is unknown.
struct Place {
  int line = 0, column = 0;
};

struct YamlNode {
  enum class Kind { kNull, kText, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  Place place;
  std::string text;             // kText: as written, numbers and booleans too
  std::vector<YamlNode> items;  // kList
  std::vector<Entry> entries;   // kMap, in the file's order; keys are unique

  // The value of a key of a map, or null.
  const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Entry {
  std::string key;
  Place place;
  YamlNode value;
};

struct YamlTree {
  YamlNode root;
  std::string error;  // not empty: the document could not be read
  Place error_place;
};

// Refuses what is not UTF-8, larger than 1 MiB, or has more than 50,000 nodes once aliases are
// written out. Understands `<<` merge keys. Only the first document counts.
YamlTree read_yaml(std::string_view text);

}  // namespace sluice::build

#endif
