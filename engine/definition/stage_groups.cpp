#include "engine/definition/stage_groups.hpp"

#include "engine/definition/words.hpp"

namespace sluice::definition {

std::vector<std::vector<std::size_t>> run_order_groups(const StageDeclaration& stage) {
  std::map<std::uint16_t, std::vector<std::size_t>> by_order;
  for (std::size_t a = 0; a < stage.actions.size(); ++a) {
    by_order[stage.actions[a].run_order].push_back(a);
  }
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [order, group] : by_order) groups.push_back(std::move(group));
  return groups;
}

std::string action_type_word(const ActionTypeId& type) {
  auto word = std::string(category_text(type.category)) + "/" + type.provider;
  for (auto& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word;
}

}  // namespace sluice::definition
