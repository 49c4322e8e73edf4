// What the AppSpec parser needs of a YAML node: typed reads whose refusals carry file:line:column.
// Only parser sources include this header.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugins/deploy/appspec/fault.hpp"
#include "plugins/deploy/appspec/yaml11.hpp"

namespace sluice::appspec {

class YamlReader {
 public:
  explicit YamlReader(std::string file) : file_(std::move(file)) {}

  [[nodiscard]] std::string place(const YAML::Node& node) const;
  [[nodiscard]] Fault fault(const YAML::Node& node, std::string word, std::string message) const;
  // A Fault of a value grammar, put at the node.
  [[nodiscard]] Fault at(const YAML::Node& node, Fault fault) const;

  // The value of `key` in a mapping; of two with one name the last, as the agent reads them.
  // Absent when the key is missing or its value is null.
  [[nodiscard]] static std::optional<YAML::Node> find(const YAML::Node& map,
                                                      const std::string& key);
  // What a scalar means; a quoted or tagged one is text.
  [[nodiscard]] static Scalar scalar(const YAML::Node& node);

  // TYPE_ERROR unless the node is of that shape. `what` names it in the message.
  [[nodiscard]] Check require_map(const YAML::Node& node, const std::string& what) const;
  [[nodiscard]] Check require_list(const YAML::Node& node, const std::string& what) const;
  // A scalar as it is written, whatever YAML takes it for.
  [[nodiscard]] Checked<std::string> text(const YAML::Node& node, const std::string& what) const;
  // A list of scalars as text.
  [[nodiscard]] Checked<std::vector<std::string>> texts(const YAML::Node& node,
                                                        const std::string& what) const;

 private:
  std::string file_;
};

}  // namespace sluice::appspec
