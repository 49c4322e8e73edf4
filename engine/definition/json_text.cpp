#include <nlohmann/json.hpp>

#include "engine/definition/node.hpp"

namespace sluice::definition {
namespace {

using Json = nlohmann::ordered_json;

Json scalar(const Node& node) {
  if (node.quoted) return node.text;
  if (node.text == "true" || node.text == "True" || node.text == "TRUE") return true;
  if (node.text == "false" || node.text == "False" || node.text == "FALSE") return false;
  auto number = Json::parse(node.text, nullptr, false);
  return number.is_number() ? number : Json(node.text);
}

Json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return nullptr;
    case Node::Kind::kScalar:
      return scalar(node);
    case Node::Kind::kList: {
      auto list = Json::array();
      for (const auto* item : node.items) list.push_back(to_json(*item));
      return list;
    }
    case Node::Kind::kMap: {
      auto map = Json::object();
      for (const auto& entry : node.entries) map.emplace(entry.key, to_json(*entry.value));
      return map;
    }
  }
  return nullptr;
}

}  // namespace

std::string json_text(const Node& node) {
  return to_json(node).dump();
}

}  // namespace sluice::definition
