// What collections remove, and above all what they leave.
#include "engine/retention/collection.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/retention/retention_house.hpp"

using namespace sluice;
using namespace sluice::test;
using retention::Rules;

namespace {

using Numbers = std::vector<ExecutionNumber>;

Rules executions_of(std::int64_t age_ms, std::uint32_t most = 0, std::uint32_t targets = 1) {
  Rules rules;
  rules.executions_age_ms = age_ms;
  rules.executions_most = most;
  rules.rollback_targets = targets;
  return rules;
}

// Successes, a day apart.
std::vector<Uuid> run_daily(RetentionHouse& house, int count) {
  std::vector<Uuid> ids;
  for (int i = 0; i < count; ++i) {
    ids.push_back(house.start());
    house.finish_all();
    house.clock.advance(kDayMs);
  }
  return ids;
}

}  // namespace

TEST_CASE("without rules nothing is removed") {
  RetentionHouse house;
  run_daily(house, 3);
  const auto report = house.collect({});
  CHECK(report.executions.removed + report.logs.removed + report.artifacts.removed == 0);
  CHECK(house.numbers() == Numbers{3, 2, 1});
  CHECK(house.artifacts() == 18);
}

TEST_CASE("old executions go with their facts and logs; the newest successes stay") {
  RetentionHouse house;
  const auto ids = run_daily(house, 6);
  const auto dry = house.collect(executions_of(kDayMs * 7 / 2, 0, 2), true);
  CHECK(dry.executions.removed == 3);
  CHECK(dry.logs.removed == 3);
  CHECK(house.numbers().size() == 6);
  const auto report = house.collect(executions_of(kDayMs * 7 / 2, 0, 2));
  CHECK(report.executions.removed == 3);
  CHECK(report.troubles.empty());
  CHECK(house.numbers() == Numbers{6, 5, 4});
  CHECK_FALSE(house.has_log(ids[0]));
  CHECK(house.has_log(ids[3]));
  house.clock.advance(100 * kDayMs);
  const auto later = house.collect(executions_of(kDayMs, 0, 2));
  CHECK(house.numbers() == Numbers{6, 5});
  REQUIRE(later.kept.size() == 2);
  CHECK(later.kept[0].why == "needed by retry or rollback");
  CHECK(later.kept[1].why == "one of the newest successes of a stage");
  house.check();
  house.reopen();
  CHECK(house.roll_back(ids[4], "S3").empty());
  house.finish_all();
  CHECK(house.roll_back(ids[0], "S3") == "PipelineExecutionNotFoundException");
}

TEST_CASE("more executions than the most go, the oldest first") {
  RetentionHouse house;
  run_daily(house, 7);
  CHECK(house.collect(executions_of(0, 3)).executions.removed == 4);
  CHECK(house.numbers() == Numbers{7, 6, 5});
}

TEST_CASE("what waits or can be retried stays, however old") {
  RetentionHouse house;
  house.start();
  house.finish_one(true);  // waits in its first stage
  house.clock.advance(500 * kDayMs);
  const auto report = house.collect(executions_of(1));
  CHECK(report.executions.removed == 0);
  REQUIRE(report.kept.size() == 1);
  CHECK(report.kept[0].why == "in flight");
  house.reopen();
  house.finish_all();
  CHECK(house.rows().front().status == ExecutionStatus::kSucceeded);
  const Uuid failed = house.start();
  house.finish_one(true);
  house.finish_one(true);
  house.finish_one(false);
  house.finish_one(true);
  house.clock.advance(500 * kDayMs);
  Rules rules = executions_of(1);
  rules.artifacts_age_ms = rules.logs_age_ms = 1;
  rules.artifacts_bytes = 1;
  house.collect(rules);
  house.check();
  CHECK(house.retry(failed, "S2").empty());
  house.finish_all();
  CHECK(house.rows().front().status == ExecutionStatus::kSucceeded);
}

TEST_CASE("facts that somebody has yet to read stay") {
  RetentionHouse house;
  run_daily(house, 4);
  house.read_upto = house.store->execution_facts("p", 2)->back().sequence - 1;
  const auto report = house.collect(executions_of(1));
  CHECK(report.executions.removed == 1);
  CHECK(report.executions.unread == 2);
  CHECK(house.numbers() == Numbers{4, 3, 2});
}

TEST_CASE("old versions and transitions go once nothing kept is of them") {
  RetentionHouse house;
  run_daily(house, 2);
  for (int i = 0; i < 3; ++i) house.adopt();
  house.clock.advance(kDayMs);
  run_daily(house, 2);
  CHECK(house.store->adoption("p", 2));
  house.clock.advance(10 * kDayMs);
  house.collect(executions_of(5 * kDayMs));
  CHECK(house.numbers() == Numbers{4});
  CHECK(house.store->adoption("p", 1));
  CHECK_FALSE(house.store->adoption("p", 2));
  CHECK_FALSE(house.store->adoption("p", 3));
  CHECK(house.store->adoption("p", 4));
  house.check();
  house.reopen();
}

TEST_CASE(
    "a removed pipeline leaves nothing in the end, and whoever has its name now stays whole") {
  RetentionHouse house;
  run_daily(house, 3);
  house.remove_pipeline();
  house.adopt();
  house.clock.advance(10 * kDayMs);
  run_daily(house, 1);
  house.collect(executions_of(5 * kDayMs));
  const auto facts = house.store->facts_after(0, 10'000);
  REQUIRE(!facts->empty());
  for (const StoredFact& stored : *facts) CHECK(stored.pipeline == "p");
  CHECK(house.numbers() == Numbers{1});
  house.check();
  house.reopen();
}

TEST_CASE("artifacts that nothing kept shows go by age; the others stay while history does") {
  RetentionHouse house;
  const auto ids = run_daily(house, 5);
  Rules rules = executions_of(kDayMs * 5 / 2);
  rules.artifacts_age_ms = kDayMs * 7 / 2;
  const auto dry = house.collect(rules, true);
  CHECK(dry.artifacts.removed == 12);
  const auto report = house.collect(rules);
  CHECK(house.numbers() == Numbers{5, 4});
  CHECK(report.artifacts.removed == 12);  // of 1 and 2; those of 3 are not old enough
  CHECK(report.artifacts.removed_bytes == 1200);
  CHECK(report.artifacts.young == 6);
  CHECK(report.artifacts.in_history + report.artifacts.needed == 12);
  CHECK(house.artifacts() == 18);
  house.check();
}

TEST_CASE(
    "over the size the oldest unneeded artifacts go first, then those that only history shows") {
  RetentionHouse house;
  const auto ids = run_daily(house, 5);
  house.collect(executions_of(0, 4));  // artifacts of the first are needed by nothing
  Rules rules;
  rules.rollback_targets = 2;
  rules.artifacts_bytes = 2450;  // what was packed at one time goes at one time
  CHECK(house.collect(rules).artifacts.removed == 6);
  rules.artifacts_bytes = 2000;
  CHECK(house.collect(rules, true).artifacts.removed == 6);
  CHECK(house.collect(rules).artifacts.removed == 6);
  CHECK(house.artifacts() == 18);
  // What was removed is told, not found out by a failing action.
  CHECK(house.roll_back(ids[1], "S3") == "UnableToRollbackStageException");
  rules.artifacts_bytes = 100;
  const auto report = house.collect(rules);
  CHECK(house.artifacts() == 12);
  REQUIRE(report.troubles.size() == 1);
  CHECK(report.troubles[0].find("retention.artifacts.size") != std::string::npos);
  CHECK(house.roll_back(ids[3], "S3").empty());
  house.finish_all();
  house.check();
}

TEST_CASE("what a running action has packed and not yet reported stays") {
  RetentionHouse house;
  run_daily(house, 1);
  house.start();
  house.finish_one(true);
  house.finish_one(true);  // stage 2 runs
  house.clock.advance(kHourMs);
  const std::string packed = house.pack();
  house.clock.advance(30 * kDayMs);
  Rules rules;
  rules.artifacts_age_ms = 1;
  house.collect(rules);
  CHECK(house.has_artifact(packed));
  house.finish_all();
  house.clock.advance(kDayMs);
  house.collect(rules);
  CHECK_FALSE(house.has_artifact(packed));
}

TEST_CASE("logs go by age, then by size, never those of what is in flight") {
  RetentionHouse house;
  const auto ids = run_daily(house, 4);
  const Uuid running = house.start();
  house.finish_one(true);
  house.clock.advance(kDayMs);
  Rules rules;
  rules.logs_age_ms = kDayMs * 9 / 2;
  auto report = house.collect(rules);
  CHECK(report.logs.removed == 1);
  CHECK(report.logs.removed_bytes == 300);
  CHECK_FALSE(house.has_log(ids[0]));
  rules.logs_age_ms = 0;
  rules.logs_bytes = 1;
  report = house.collect(rules);
  CHECK(house.has_log(running));
  CHECK(house.has_log(ids[3]));  // may be rolled back to
  CHECK_FALSE(house.has_log(ids[2]));
  CHECK(house.numbers().size() == 5);
  house.check();
}

TEST_CASE(
    "whatever happens and wherever a collection is broken off, nothing is lost that is needed") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto roll = [&](std::uint32_t sides) { return random() % sides; };
  for (int history = 0; history < 12; ++history) {
    const ExecutionMode modes[] = {ExecutionMode::kQueued, ExecutionMode::kSuperseded,
                                   ExecutionMode::kParallel};
    RetentionHouse house(modes[roll(3)]);
    for (int i = 0; i < 150; ++i) {
      const auto rows = house.rows();
      const auto some = [&] { return rows[roll(static_cast<std::uint32_t>(rows.size()))].id; };
      const std::string stage = "S" + std::to_string(1 + roll(3));
      const std::uint32_t act = roll(100);
      if (house.engine->find("p") == nullptr) {
        house.adopt();
      } else if (act < 20) {
        house.start();
      } else if (act < 60) {
        house.finish_one(roll(10) != 0, roll(8));
      } else if (act < 64 && !rows.empty()) {
        house.retry(some(), stage);
      } else if (act < 70 && !rows.empty()) {
        house.roll_back(some(), stage);
      } else if (act < 71) {
        house.adopt();
      } else if (act < 72) {
        house.remove_pipeline();
      } else if (act < 80) {
        house.clock.advance(static_cast<std::int64_t>(roll(3 * 86'400'000)));
      } else if (act < 85) {
        house.reopen();
      } else {
        Rules rules = executions_of(roll(2) * (1 + roll(10 * 86'400'000U)), roll(2) * (1 + roll(8)),
                                    1 + roll(3));
        rules.artifacts_age_ms = roll(2) * (1 + roll(2 * 86'400'000U));
        rules.artifacts_bytes = roll(2) * (1 + roll(3000));
        rules.logs_age_ms = roll(2) * (1 + roll(2 * 86'400'000U));
        rules.logs_bytes = roll(2) * (1 + roll(2000));
        house.collect(rules, roll(5) == 0, roll(3) == 0 ? std::optional(roll(30)) : std::nullopt);
      }
      house.check();
    }
    house.reopen();
    house.finish_all();
    house.check();
  }
}
