#include <catch2/catch.hpp>
#include <cstdlib>
#include <iterator>
#include <random>

#include "tests/core/monkey.hpp"

using namespace sluice::test;

// Seeds that once found something, so that they are tried for ever.
// 2068739370: after a change of mode, a superseded and a queued execution each waited for the
// other.
constexpr std::uint64_t kFound[] = {2068739370};

// SLUICE_SEED replays one seed; SLUICE_SEEDS tries that many fresh ones; else the same ones every
// time.
TEST_CASE("whatever happens, in whatever order, the invariants hold and everything can end") {
  const char* replay = std::getenv("SLUICE_SEED");
  const char* many = std::getenv("SLUICE_SEEDS");
  const std::uint64_t first = replay != nullptr ? std::strtoull(replay, nullptr, 10)
                              : many != nullptr ? std::random_device{}()
                                                : 1;
  const int seeds = replay != nullptr ? 1 : many != nullptr ? std::atoi(many) : 150;
  std::size_t facts = 0;
  for (int i = 0; i < seeds; ++i) {
    const std::uint64_t seed = replay == nullptr && i < static_cast<int>(std::size(kFound))
                                   ? kFound[i]
                                   : first + static_cast<std::uint64_t>(i);
    Monkey monkey(seed);
    std::string broken;
    for (int step = 0; step < 200 && broken.empty(); ++step) broken = monkey.step();
    if (broken.empty()) broken = monkey.drain();
    if (!broken.empty()) {
      FAIL(monkey.story() << "BROKEN " << broken << "\nreplay: SLUICE_SEED=" << seed);
    }
    facts += monkey.world().fact_count();
  }
  CHECK(facts > 0);
  WARN(seeds << " seeds from " << first << ", " << facts << " facts");
}
