#include "plugins/build/reading.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace sluice::build {
namespace {
constexpr std::size_t kMostProblems = 20;

const char* name_of(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kText:
      return "text";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a mapping";
  }
  return "";
}

std::string element(const std::string& what, std::size_t i) {
  return what + '[' + std::to_string(i) + ']';
}
}  // namespace

std::string to_text(const Problem& problem, const std::string& file) {
  std::string text = file;
  if (problem.line > 0)
    text += ':' + std::to_string(problem.line) + ':' + std::to_string(problem.column);
  return text + ": " + problem.message;
}

void Reading::error(Place place, std::string message) {
  if (parsed_.errors.size() < kMostProblems)
    parsed_.errors.push_back({place.line, place.column, std::move(message)});
}

void Reading::warning(Place place, std::string message) {
  if (parsed_.warnings.size() < kMostProblems)
    parsed_.warnings.push_back({place.line, place.column, std::move(message)});
}

bool Reading::is_map(const YamlNode& node, const std::string& what) {
  if (node.kind == YamlNode::Kind::kMap) return true;
  error(node.place, what + " has to be a mapping, and is " + name_of(node.kind));
  return false;
}

void Reading::text(const YamlNode* node, const std::string& what, std::string& into) {
  if (!node || node->kind == YamlNode::Kind::kNull) return;
  if (node->kind == YamlNode::Kind::kText)
    into = node->text;
  else
    error(node->place, what + " has to be text, and is " + name_of(node->kind));
}

void Reading::flag(const YamlNode* node, const std::string& what, bool& into) {
  if (!node || node->kind == YamlNode::Kind::kNull) return;
  std::string word = node->text;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool yes = word == "yes" || word == "true" || word == "on";
  if (yes || word == "no" || word == "false" || word == "off")
    into = yes;
  else
    error(node->place, what + " has to be yes or no");
}

void Reading::texts(const YamlNode* node, const std::string& what, Texts& into) {
  if (!node || node->kind == YamlNode::Kind::kNull) return;
  if (node->kind != YamlNode::Kind::kList) {
    error(node->place, what + " has to be a list of text, and is " + name_of(node->kind));
    return;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const auto& item = node->items[i];
    if (item.kind == YamlNode::Kind::kText && !item.text.empty())
      into.push_back(item.text);
    else
      error(item.place,
            element(what, i) + " has to be text, and is " +
                (item.text.empty() && item.kind == YamlNode::Kind::kText ? "empty"
                                                                         : name_of(item.kind)));
  }
}

void Reading::commands(const YamlNode* node, const std::string& what, Texts& into) {
  if (!node || node->kind == YamlNode::Kind::kNull) return;
  if (node->kind != YamlNode::Kind::kList) {
    error(node->place, what + " has to be a list of commands, and is " + name_of(node->kind));
    return;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const auto& item = node->items[i];
    if (item.kind == YamlNode::Kind::kText)
      into.push_back(item.text);
    else if (item.kind == YamlNode::Kind::kMap)
      error(item.place, element(what, i) +
                            ": this command was read as a mapping, because of the ': ' in it; put "
                            "the whole command in quotes");
    else if (item.kind == YamlNode::Kind::kList)
      error(item.place, element(what, i) + ": a command has to be text, and is a list");
    else
      warning(item.place, element(what, i) + ": an empty command is left out");
  }
}

void Reading::pairs(const YamlNode* node, const std::string& what, Pairs& into) {
  if (!node || node->kind == YamlNode::Kind::kNull || !is_map(*node, what)) return;
  for (const auto& entry : node->entries) {
    std::string value;
    text(&entry.value, what + '.' + entry.key, value);
    if (entry.key.empty() || entry.key.find('=') != std::string::npos)
      error(entry.place, what + ": '" + entry.key + "' cannot be the name of a variable");
    into.emplace_back(entry.key, value);
  }
}

void Reading::known_keys(const YamlNode& map, const std::string& section,
                         std::initializer_list<std::string_view> known) {
  for (const auto& entry : map.entries)
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      warning(entry.place, "unknown key '" + entry.key + "' in section " + section + " is ignored");
}

}  // namespace sluice::build
