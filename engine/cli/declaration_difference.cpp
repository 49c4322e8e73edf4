#include "engine/cli/declaration_difference.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace sluice {
namespace {

using Json = nlohmann::json;
using Kind = DeclarationChange::Kind;
using Parts = std::vector<std::pair<std::string, const Json*>>;

constexpr int kShortestValue = 20;

// The parts of a value that have a place of their own; none for a plain value. Lists whose elements
// lack names count by position.
Parts parts_of(const Json& value) {
  Parts parts;
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) parts.emplace_back(key, &member);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const bool named = value[i].is_object() && value[i].contains("name");
      parts.emplace_back(named ? value[i]["name"].get<std::string>() : std::to_string(i + 1),
                         &value[i]);
    }
  }
  return parts;
}

const Json* find(const Parts& parts, const std::string& name) {
  for (const auto& [known, value] : parts)
    if (known == name) return value;
  return nullptr;
}

// Stages hold actions, and a path reads best without the word between them.
std::string below(const std::string& place, const std::string& name) {
  if (name == "actions") return place;
  return place.empty() ? name : place + "/" + name;
}

void compare(const std::string& place, const Json& before, const Json& after,
             std::vector<DeclarationChange>& changes) {
  if (before == after) return;
  if (before.type() != after.type() || !after.is_structured() || before.empty() || after.empty()) {
    changes.push_back({Kind::kChanged, place, before.dump(), after.dump()});
    return;
  }
  const Parts old_parts = parts_of(before);
  const Parts new_parts = parts_of(after);
  for (const auto& [name, value] : new_parts) {
    if (const Json* old = find(old_parts, name)) {
      compare(below(place, name), *old, *value, changes);
    } else {
      changes.push_back({Kind::kAdded, below(place, name), "", value->dump()});
    }
  }
  for (const auto& [name, value] : old_parts)
    if (!find(new_parts, name))
      changes.push_back({Kind::kRemoved, below(place, name), value->dump(), ""});
  if (old_parts.size() != new_parts.size()) return;
  for (std::size_t i = 0; i < new_parts.size(); ++i) {
    if (old_parts[i].first == new_parts[i].first) continue;
    if (before.is_array() && find(old_parts, new_parts[i].first))
      changes.push_back(
          {Kind::kChanged, place + " (order)", old_parts[i].first, new_parts[i].first});
    return;
  }
}

}  // namespace

std::vector<DeclarationChange> declaration_changes(const Json& before, const Json& after) {
  Json old_one = before, new_one = after;
  old_one.erase("version");
  new_one.erase("version");
  std::vector<DeclarationChange> changes;
  compare("", old_one, new_one, changes);
  return changes;
}

std::string change_lines(const std::vector<DeclarationChange>& changes, const Terminal& terminal) {
  std::string text;
  for (const DeclarationChange& change : changes) {
    const char* mark = change.kind == Kind::kAdded     ? "+"
                       : change.kind == Kind::kRemoved ? "-"
                                                       : "~";
    const Paint paint = change.kind == Kind::kAdded     ? Paint::kGreen
                        : change.kind == Kind::kRemoved ? Paint::kRed
                                                        : Paint::kYellow;
    const std::string head = std::string(mark) + " " + change.place;
    std::string values = change.before + change.after;
    if (change.kind == Kind::kChanged) values = change.before + " -> " + change.after;
    const int room = std::max(terminal.width - columns_of(head) - 2, kShortestValue);
    text += terminal.paint(head, paint) + "  " + fit(values, room) + "\n";
  }
  return text;
}

}  // namespace sluice
