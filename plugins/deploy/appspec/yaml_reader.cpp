#include "plugins/deploy/appspec/yaml_reader.hpp"

namespace sluice::appspec {
namespace {

const char* shape(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "a mapping";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Scalar:
      return "a single value";
    default:
      return "nothing";
  }
}

}  // namespace

std::string YamlReader::place(const YAML::Node& node) const {
  const auto mark = node.Mark();
  if (mark.is_null()) return file_;
  return file_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

Fault YamlReader::fault(const YAML::Node& node, std::string word, std::string message) const {
  return {std::move(word), std::move(message), place(node)};
}

Fault YamlReader::at(const YAML::Node& node, Fault fault) const {
  fault.where = place(node);
  return fault;
}

std::optional<YAML::Node> YamlReader::find(const YAML::Node& map, const std::string& key) {
  std::optional<YAML::Node> found;
  for (const auto& entry : map) {
    if (!entry.first.IsScalar() || entry.first.Scalar() != key) continue;
    found.reset();
    if (!entry.second.IsNull() &&
        !(entry.second.IsScalar() && scalar(entry.second).kind == ScalarKind::kNull))
      found.emplace(entry.second);
  }
  return found;
}

Scalar YamlReader::scalar(const YAML::Node& node) {
  if (node.IsNull()) return read_plain_scalar("");
  if (node.Tag() == "?" || node.Tag().empty()) return read_plain_scalar(node.Scalar());
  Scalar quoted;
  quoted.text = node.Scalar();
  return quoted;
}

Check YamlReader::require_map(const YAML::Node& node, const std::string& what) const {
  if (node.IsMap()) return Done{};
  return fault(node, "TYPE_ERROR", what + " must be a mapping (key: value), not " + shape(node));
}

Check YamlReader::require_list(const YAML::Node& node, const std::string& what) const {
  if (node.IsSequence()) return Done{};
  return fault(node, "TYPE_ERROR", what + " must be a list (- item), not " + shape(node));
}

Checked<std::string> YamlReader::text(const YAML::Node& node, const std::string& what) const {
  if (!node.IsScalar())
    return fault(node, "TYPE_ERROR", what + " must be text, not " + shape(node));
  std::string text = node.Scalar();
  if (text.find('\0') != std::string::npos)
    return fault(node, "TYPE_ERROR", what + " holds a zero byte; remove it");
  return text;
}

Checked<std::vector<std::string>> YamlReader::texts(const YAML::Node& node,
                                                    const std::string& what) const {
  if (auto list = require_list(node, what); !list) return list.fault();
  std::vector<std::string> result;
  for (const auto& item : node) {
    auto one = text(item, "each item of " + what);
    if (!one) return one.fault();
    result.push_back(*one);
  }
  return result;
}

}  // namespace sluice::appspec
