#include "engine/store/block.hpp"

#include <catch2/catch.hpp>

#include "engine/store/codec.hpp"
#include "tests/store/samples.hpp"

namespace sluice {

TEST_CASE("a block gives back its segments and facts in order") {
  BlockWriter block;
  const Facts facts = samples::one_of_each(9);
  block.begin_segment(7, {5000});
  for (const Fact& fact : facts) block.add(fact);
  block.begin_segment(8, {5001});  // stays empty, and leaves no trace
  block.begin_segment(3, {5002});
  block.add(StageStarted{4, 1});
  CHECK(block.count() == facts.size() + 1);
  const std::string bytes(block.finish());
  const auto segments = read_block(bytes);
  REQUIRE(segments);
  REQUIRE(segments->size() == 2);
  CHECK((*segments)[0].pipeline == 7);
  CHECK((*segments)[0].at == Instant{5000});
  CHECK((*segments)[0].count == facts.size());
  CHECK((*segments)[1].pipeline == 3);
  FactReader reader((*segments)[0].facts);
  for (const Fact& fact : facts) {
    CAPTURE(fact.index());
    CHECK(reader.execution() == execution_of(fact));
    const auto back = reader.take();
    REQUIRE(back);
    CHECK(samples::describe(*back) == samples::describe(fact));
  }
  CHECK(reader.at_end());
}

TEST_CASE("facts can be passed over one by one") {
  BlockWriter block;
  block.begin_segment(1, {1});
  for (const Fact& fact : samples::one_of_each(9)) block.add(fact);
  const std::string bytes(block.finish());
  const auto segments = read_block(bytes);
  FactReader reader((*segments)[0].facts);
  std::size_t count = 0;
  for (; !reader.at_end(); ++count) REQUIRE(reader.skip());
  CHECK(count == (*segments)[0].count);
}

TEST_CASE("an emptied block is like a new one") {
  BlockWriter block;
  block.begin_segment(1, {1});
  block.add(StageStarted{1, 0});
  block.clear();
  CHECK(block.count() == 0);
  CHECK(read_block(block.finish())->empty());
}

TEST_CASE("a block in which any one bit is flipped is refused") {
  BlockWriter block;
  block.begin_segment(1, {1});
  block.add(StageStarted{3, 1});
  block.add(ExecutionFailed{3, "out of disk"});
  const std::string whole(block.finish());
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    CAPTURE(bit);
    REQUIRE_FALSE(read_block(damaged));
  }
  for (std::size_t size = 0; size < whole.size(); ++size)
    REQUIRE_FALSE(read_block(whole.substr(0, size)));
}

}  // namespace sluice
