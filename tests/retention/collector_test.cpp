// The collector's thread: when it collects, and how it ends.
#include "engine/retention/collector.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "tests/retention/retention_house.hpp"

using namespace sluice;
using namespace sluice::test;
using retention::Collector;
using retention::Report;
using retention::Rules;

namespace {

// A house whose engine runs on a thread, and a collector of it.
struct Served {
  RetentionHouse house;
  std::promise<Report> told;
  std::thread loop;
  std::unique_ptr<Collector> collector;

  Served() {
    for (int i = 0; i < 3; ++i) {
      house.start();
      house.finish_all();
      house.clock.advance(kDayMs);
    }
  }
  void serve(const Rules& rules) {
    loop = std::thread([this] { static_cast<void>(house.engine->run()); });
    Collector::Setup setup{*house.engine,
                           [this] { return open_sqlite_store(house.scratch.path() / "sluice.db"); },
                           house.scratch.path() / "artifacts",
                           house.scratch.path() / "logs",
                           house.clock,
                           [] { return Sequence{1'000'000}; },
                           [this](const Report& report) { told.set_value(report); }};
    collector = std::make_unique<Collector>(std::move(setup), rules);
  }
  ~Served() {
    collector.reset();
    house.engine->stop();
    if (loop.joinable()) loop.join();
  }
  Report collect(bool dry_run) {
    std::promise<Report> done;
    REQUIRE(collector->collect(dry_run, [&](const Report& report) { done.set_value(report); }));
    return done.get_future().get();
  }
};

Rules two_at_most() {
  Rules rules;
  rules.executions_most = 2;
  rules.rollback_targets = 1;
  return rules;
}

}  // namespace

TEST_CASE("a collector collects at its start, and tells what it removed") {
  Served served;
  served.serve(two_at_most());
  const Report report = served.told.get_future().get();
  CHECK(report.executions.removed == 1);
  CHECK(to_text(report).find("removed 1 executions") == 0);
}

TEST_CASE("it collects when it is asked to, dry or not, and when its rules change") {
  Served served;
  served.serve({});
  const Report without = served.collect(false);
  REQUIRE(without.troubles.size() == 1);
  CHECK(without.troubles[0].find("retention") != std::string::npos);
  served.collector->set(two_at_most());
  CHECK(served.told.get_future().get().executions.removed == 1);
  CHECK(served.collect(true).executions.removed == 0);
  CHECK(served.house.store->executions({"p", {}, {}, 10, 0})->size() == 2);
}

TEST_CASE("a collector that has been stopped takes nothing and ends although its engine is gone") {
  Served served;
  served.house.engine->stop();
  served.serve(two_at_most());
  served.loop.join();
  const Report report = served.told.get_future().get();
  CHECK(report.executions.removed == 0);
  CHECK_FALSE(report.troubles.empty());
  served.collector->stop();
  CHECK_FALSE(served.collector->collect(false, [](const Report&) {}));
}
