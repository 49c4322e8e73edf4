#include "engine/core/lifecycle.hpp"

#include <catch2/catch.hpp>
#include <cctype>
#include <set>

#include "engine/core/names.hpp"

using namespace sluice;

TEST_CASE(
    "every (status, cause) has a row, is ignored, refused, or said to be impossible, and why") {
  std::set<unsigned> rows;
  std::size_t cells = 0;
  for (const LifecycleText& life : lifecycles()) {
    for (std::size_t status = 0; status < life.statuses.size(); ++status) {
      for (std::size_t cause = 0; cause < life.causes.size(); ++cause) {
        INFO(life.name << ": " << life.statuses[status] << ", " << life.causes[cause]);
        const Cell& cell = *life.at(status, cause);
        ++cells;
        REQUIRE(cell.defined);
        if (cell.outcome == Outcome::kMove) {
          CHECK(cell.to < life.statuses.size());
          CHECK(rows.insert(cell.row).second);
        } else {
          CHECK_FALSE(cell.why.empty());
        }
        CHECK((cell.outcome == Outcome::kRejected) == !cell.code.empty());
      }
    }
  }
  CHECK(rows.size() == row_count());
  CHECK(cells > 150);
}

TEST_CASE("nothing leads out of Succeeded, Superseded and Cancelled executions") {
  for (const auto status :
       {ExecutionStatus::kSucceeded, ExecutionStatus::kSuperseded, ExecutionStatus::kCancelled}) {
    for (std::size_t cause = 0; cause < kExecutionCauses; ++cause) {
      INFO(to_text(status) << ", cause " << cause);
      CHECK(cell(status, static_cast<ExecutionCause>(cause)).outcome != Outcome::kMove);
    }
  }
}
