#include "tests/core/scenario.hpp"

#include <catch2/catch.hpp>

#include "engine/core/names.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const std::vector<std::span<const Scenario>>& all_scenarios() {
  static const std::vector<std::span<const Scenario>> kAll = {
      basic_scenarios(), action_scenarios(),    mode_scenarios(),    transition_scenarios(),
      again_scenarios(), condition_scenarios(), override_scenarios()};
  return kAll;
}

}  // namespace

TEST_CASE("inputs bring the facts that the facts sheet says, in its order") {
  for (const auto& table : all_scenarios()) {
    for (const Scenario& scenario : table) {
      INFO(scenario.name);
      RowSet rows;
      CHECK(play(scenario, rows) == normal(scenario.script));
    }
  }
}

TEST_CASE("every row of the lifecycle tables is exercised by a scenario") {
  RowSet rows;
  for (const auto& table : all_scenarios()) {
    for (const Scenario& scenario : table) (void)play(scenario, rows);
  }
  for (const LifecycleText& life : lifecycles()) {
    for (std::size_t status = 0; status < life.statuses.size(); ++status) {
      for (std::size_t cause = 0; cause < life.causes.size(); ++cause) {
        const Cell& cell = *life.at(status, cause);
        if (cell.outcome != Outcome::kMove) continue;
        INFO(life.name << ": " << life.statuses[status] << ", " << life.causes[cause]);
        CHECK(rows.test(cell.row));
      }
    }
  }
}
