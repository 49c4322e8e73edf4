#include "engine/definition/action_types.hpp"

#include <algorithm>

#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

// What does the work of a cloud provider here. Their settings differ, so this is advice and not a
// translation.
struct Equivalent {
  std::string_view category, provider, uses;
};
constexpr Equivalent kEquivalents[] = {
    {"Source", "CodeCommit", "source/git"},
    {"Source", "CodeStarSourceConnection", "source/git"},
    {"Source", "GitHub", "source/git"},
    {"Source", "S3", "source/directory"},
    {"Build", "CodeBuild", "build/buildspec"},
    {"Test", "CodeBuild", "test/buildspec"},
    {"Deploy", "CodeDeploy", "deploy/appspec"},
    {"Compute", "Commands", "compute/commands"},
    {"Invoke", "Lambda", "invoke/exec"},
    {"Approval", "Manual", "approval/manual"},
};

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_rule(const ActionTypeDescription& type) {
  return type.id.category == Category::kRule;
}

// Slips are usually in one of the four fields; the catalogue's own spellings are compared whole.
std::vector<std::string> near_types(const std::vector<const ActionTypeDescription*>& all,
                                    const ActionTypeId& id) {
  constexpr std::size_t kMostNamed = 3;
  std::vector<std::string> known;
  for (const auto* type : all) {
    if (is_rule(*type) == (id.category == Category::kRule)) known.push_back(type_text(type->id));
  }
  return nearest(type_text(id), known, kMostNamed);
}

}  // namespace

std::string type_text(const ActionTypeId& id) {
  return std::string(category_text(id.category)) + "/" + id.owner + "/" + id.provider + "@" +
         id.version;
}

bool newer_version(std::string_view a, std::string_view b) {
  if (is_number(a) && is_number(b)) return std::stol(std::string(a)) > std::stol(std::string(b));
  if (is_number(a) != is_number(b)) return is_number(a);
  return a > b;
}

ActionTypes::ActionTypes(const std::vector<ActionTypeDescription>& catalogue) {
  for (const auto& type : catalogue) all_.push_back(&type);
}

const ActionTypeDescription* ActionTypes::find(const ActionTypeId& id) const {
  const auto by_id = [&](const ActionTypeId& wanted) -> const ActionTypeDescription* {
    const auto found = std::find_if(all_.begin(), all_.end(),
                                    [&](const auto* type) { return type->id == wanted; });
    return found == all_.end() ? nullptr : *found;
  };
  const auto* exact = by_id(id);
  if (exact != nullptr || id.owner != "AWS") return exact;
  auto ours = id;
  ours.owner = "Sluice";
  return by_id(ours);
}

const ActionTypeDescription* ActionTypes::find(std::string_view uses, bool rule) const {
  const auto at = uses.find('@');
  const auto name = uses.substr(0, at);
  const ActionTypeDescription* best = nullptr;
  for (const auto* type : all_) {
    if (type->uses != name || is_rule(*type) != rule) continue;
    if (at != std::string_view::npos && type->id.version != uses.substr(at + 1)) continue;
    if (best == nullptr || newer_version(type->id.version, best->id.version)) best = type;
  }
  return best;
}

std::vector<std::string> ActionTypes::known_uses(bool rule) const {
  std::vector<std::string> known;
  for (const auto* type : all_) {
    if (is_rule(*type) == rule) known.push_back(type->uses);
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return known;
}

std::string ActionTypes::explain_unknown(const ActionTypeId& id) const {
  std::string text = "no plugin provides " + quote(type_text(id));
  const auto category = category_text(id.category);
  for (const auto& row : kEquivalents) {
    const bool ours = id.owner == "AWS" || id.owner == "ThirdParty";
    if (ours && row.category == category && row.provider == id.provider &&
        find(row.uses, false) != nullptr) {
      return text + "; here `uses: " + std::string(row.uses) + "` does its work";
    }
  }
  const auto near = near_types(all_, id);
  if (near.empty()) return text + "; `sluice plugin list` shows what there is";
  text += "; near are ";
  for (std::size_t i = 0; i < near.size(); ++i) text += (i == 0 ? "" : ", ") + near[i];
  return text;
}

std::string ActionTypes::explain_unknown(std::string_view uses, bool rule) const {
  const auto at = uses.find('@');
  const auto name = uses.substr(0, at);
  std::string versions;
  for (const auto* type : all_) {
    if (type->uses == name && is_rule(*type) == rule) {
      versions += (versions.empty() ? "" : ", ") + type->id.version;
    }
  }
  if (!versions.empty()) {
    return quote(name) + " has no version " + quote(uses.substr(at + 1)) + "; it has " + versions;
  }
  return "no plugin provides " + quote(name) + suggestion(name, known_uses(rule));
}

}  // namespace sluice::definition
