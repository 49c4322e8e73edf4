// An engine and a worker under every kind of accident, at random: nothing is started twice, nothing
// is lost without a reason, nothing is stuck. SLUICE_SEED replays one seed.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>

#include "tests/workers/ledger_world.hpp"

using sluice::testing::LedgerWorld;

TEST_CASE("whatever is killed and whatever is lost, each job runs once and comes to its end") {
  const char* const one = std::getenv("SLUICE_SEED");
  const std::uint64_t first = one ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t last = one ? first : 2000;
  LedgerWorld::Counts all;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    INFO("replay with SLUICE_SEED=" << seed);
    LedgerWorld world(seed);
    for (int i = 0; i < 1000; ++i) {
      const std::string wrong = world.step();
      INFO("step " << i);
      REQUIRE(wrong == "");
    }
    REQUIRE(world.settle_down() == "");
    const auto& counts = world.counts();
    all.wanted += counts.wanted, all.started += counts.started;
    all.succeeded += counts.succeeded, all.lost += counts.lost, all.cancelled += counts.cancelled;
    all.engine_kills += counts.engine_kills, all.worker_kills += counts.worker_kills;
    all.worker_ends += counts.worker_ends, all.breaks += counts.breaks;
    REQUIRE(counts.wanted == counts.succeeded + counts.lost + counts.cancelled);
  }
  std::printf(
      "%d jobs: %d started, %d succeeded, %d lost, %d cancelled; engines killed %d times, workers "
      "%d times; workers ended %d times, connections broke %d times\n",
      all.wanted, all.started, all.succeeded, all.lost, all.cancelled, all.engine_kills,
      all.worker_kills, all.worker_ends, all.breaks);
  if (one) return;
  CHECK(all.succeeded > 1000);
  CHECK(all.lost > 100);
  CHECK(all.worker_ends > 100);
}
