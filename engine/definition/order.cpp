#include "engine/definition/order.hpp"

#include "engine/definition/suggest.hpp"

namespace sluice::definition {

ActionSpot spot_of(const Draft& draft, std::size_t stage, std::size_t action) {
  return {stage, action, draft.declaration.stages[stage].actions[action].run_order};
}

bool runs_before(const ActionSpot& producer, const ActionSpot& user) {
  if (producer.stage != user.stage) return producer.stage < user.stage;
  return producer.run_order < user.run_order;
}

std::string describe(const Draft& draft, const ActionSpot& spot) {
  const auto& stage = draft.declaration.stages[spot.stage];
  return "action " + quote(stage.actions[spot.action].name) + " of stage " + quote(stage.name);
}

void for_each_rule(const Draft& draft, std::size_t stage,
                   const std::function<void(const RuleDeclaration&, const TypedPlace&,
                                            const ActionSpot&)>& visit) {
  const auto& declared = draft.declaration.stages[stage];
  const auto& places = draft.stages[stage];
  const auto each = [&](const ConditionDeclaration& condition, const std::vector<TypedPlace>& where,
                        std::uint32_t order) {
    for (std::size_t i = 0; i < condition.rules.size(); ++i) {
      visit(condition.rules[i], where[i], {stage, std::numeric_limits<std::size_t>::max(), order});
    }
  };
  each(declared.before_entry, places.before_entry, kBeforeActions);
  each(declared.on_success, places.on_success, kAfterActions);
  each(declared.on_failure.condition, places.on_failure, kAfterActions);
}

}  // namespace sluice::definition
