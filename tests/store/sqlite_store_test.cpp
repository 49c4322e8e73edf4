// What SqliteStore does beyond the contract: it keeps.
#include "engine/store/sqlite_store.hpp"

#include <catch2/catch.hpp>

#include "tests/store/samples.hpp"
#include "tests/store/scratch.hpp"

namespace sluice {

TEST_CASE("what was committed is there after the file is opened again") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  {
    auto store = open_sqlite_store(file).value();
    const std::vector<Append> batch = {{"a", {5}, samples::one_of_each(1), {samples::row("a", 1)}}};
    REQUIRE(store->commit(batch));
    REQUIRE(store->save_snapshot("a", {21, {}}));
    REQUIRE(store->set_cursor("publisher", 20));
  }
  auto store = open_sqlite_store(file).value();
  CHECK(*store->last_sequence() == std::variant_size_v<Fact>);
  CHECK(store->execution_facts("a", 1)->size() > 20);
  CHECK(*store->execution("a", 1) == samples::row("a", 1));
  CHECK(store->snapshot("a")->value().sequence == 21);
  CHECK(*store->cursor("publisher") == 20);
}

}  // namespace sluice
