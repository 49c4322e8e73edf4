// What every Store does when history is removed.
#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/store/both_stores.hpp"
#include "tests/store/ended.hpp"

namespace sluice {
STORE_TEST("what is removed is gone from every list, and the rest keeps its sequence") {
  TestType at;
  commit_ended(at.store, "a", 4);
  commit_ended(at.store, "b", 4);
  const auto removed = at.store.remove_history(removal_of("a", {2, 3}));
  REQUIRE(removed);
  CHECK(removed->facts == 6);
  REQUIRE(removed->executions.size() == 2);
  CHECK(removed->executions[0] == Removal::Ended{"a", 2, samples::uuid(2)});
  CHECK(sequences(at.store.pipeline_facts("a", 0, 100)) == Sequences{1, 2, 5, 6, 9, 10, 13, 14});
  CHECK(sequences(at.store.facts_after(2, 4)) == Sequences{5, 6, 9, 10});
  CHECK(sequences(at.store.facts_after(3, 2)) == Sequences{5, 6});
  CHECK(sequences(at.store.facts_after(6, 2)) == Sequences{9, 10});
  CHECK(at.store.execution_facts("a", 2)->empty());
  CHECK(sequences(at.store.execution_facts("a", 4)) == Sequences{5, 9, 13});
  CHECK(sequences(at.store.execution_facts("b", 2)) == Sequences{17, 21, 25});
  CHECK(kind_of(at.store.execution("a", 2)) == ErrorKind::kNotFound);
  CHECK(numbers(at.store.executions({"a", {}, {}, 100})) == Numbers{99, 4, 1});
  CHECK(*at.store.last_sequence() == 28);
  CHECK(commit(at.store, {append_of("a", {StageStarted{9, 0}})}) == 29);
}

STORE_TEST("how many sequences were removed is known for every range") {
  TestType at;
  commit_ended(at.store, "a", 4);
  const Numbers order[] = {{3}, {1}, {2, 4}};
  for (const Numbers& some : order) {
    REQUIRE(at.store.remove_history(removal_of("a", some)));
    const auto left = sequences(at.store.facts_after(0, 100));
    for (Sequence after = 0; after <= 15; ++after) {
      for (Sequence upto = after; upto <= 14; ++upto) {
        CAPTURE(after, upto);
        const auto there = std::count_if(left.begin(), left.end(),
                                         [&](Sequence s) { return s > after && s <= upto; });
        REQUIRE(*at.store.removed_between(after, upto) == upto - after - Sequence(there));
      }
    }
  }
  CHECK(sequences(at.store.facts_after(0, 100)) == Sequences{1, 14});
}

STORE_TEST("what recovery, a reader or the count of sequences needs is not removed") {
  TestType at;
  commit_ended(at.store, "a", 3);
  commit(at.store, {append_of("a", {StageStarted{2, 5}})});  // after the snapshot
  commit(at.store,
         {append_of("c", {StageStarted{1, 0}}, {samples::row("c", 1, ExecutionStatus::kFailed)})});
  struct Case {
    const char* what;
    Removal removal;
  };
  Removal other_id = removal_of("a", {1});
  other_id.executions[0].id = samples::uuid(77);
  const Case cases[] = {{"a fact after the snapshot", removal_of("a", {2})},
                        {"in flight", removal_of("a", {99})},
                        {"a fact that was not read", removal_of("a", {1}, 7)},
                        {"another execution by that name", other_id},
                        {"not there", removal_of("a", {50})},
                        {"no such pipeline", removal_of("z", {1})},
                        {"no snapshot, and the newest fact", removal_of("c", {1})}};
  for (const Case& one : cases) {
    CAPTURE(one.what);
    const auto removed = at.store.remove_history(one.removal);
    REQUIRE(removed);
    CHECK(removed->executions.empty());
    CHECK(removed->facts == 0);
  }
  CHECK(*at.store.removed_between(0, 100) == 0);
  CHECK(at.store.remove_history(removal_of("a", {1, 2, 3}))->executions.size() == 2);
}

STORE_TEST("facts about a pipeline itself go by their sequence, with the versions they hold") {
  TestType at;
  commit(at.store, {append_of("a", {version_of("a", 1), TransitionEnabled{"Build", true, "ann"},
                                    StageStarted{1, 0}, version_of("a", 2)})});
  REQUIRE(at.store.save_snapshot("a", {4, {}}));
  commit(at.store, {append_of("a", {TransitionEnabled{"Build", true, "ann"}})});
  CHECK(sequences(at.store.execution_facts("a", 0)) == Sequences{1, 2, 4, 5});
  Removal removal;
  removal.upto = 100;
  removal.facts = {{"a", {1, 2, 3, 5}}, {"b", {4}}};
  const auto removed = at.store.remove_history(removal);
  REQUIRE(removed);
  CHECK(removed->facts == 2);
  CHECK(sequences(at.store.facts_after(0, 10)) == Sequences{3, 4, 5});
  CHECK(kind_of(at.store.adoption("a", 1)) == ErrorKind::kNotFound);
  CHECK(at.store.adoption("a", 0)->declaration->version == 2);
  CHECK(at.store.remove_history(removal)->facts == 0);
}

STORE_TEST("the history of a pipeline that was removed needs no snapshot to go") {
  TestType at;
  commit(at.store, {append_of("a", {version_of("a", 1), StageStarted{1, 0}, PipelineRemoved{"ann"}},
                              {samples::row("a", 1, ExecutionStatus::kCancelled)})});
  commit(at.store, {append_of("a", {version_of("a", 1), StageStarted{1, 0}},
                              {samples::row("a", 1, ExecutionStatus::kSucceeded)})});
  const auto names = at.store.removed_pipelines();
  REQUIRE(names);
  REQUIRE(names->size() == 1);
  Removal removal = removal_of(names->front(), {1});
  removal.facts = {{names->front(), {1, 3}}};
  CHECK(at.store.remove_history(removal)->facts == 3);
  CHECK(sequences(at.store.facts_after(0, 10)) == Sequences{4, 5});
  CHECK(at.store.execution("a", 1)->pipeline == "a");
  CHECK(at.store.adoption("a", 1));
}

STORE_TEST("readers see an execution whole or not at all while it is removed") {
  TestType at;
  commit_ended(at.store, "a", 60);
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0, reads = 0;
  std::thread reader([&] {
    while (!done || reads < 2) {
      for (ExecutionNumber number = 1; number <= 60; ++number) {
        const auto facts = at.store.execution_facts("a", number);
        if (!facts || (facts->size() != 3 && !facts->empty())) ++torn;
      }
      if (!at.store.facts_after(0, 1000)) ++torn;
      ++reads;
    }
  });
  for (ExecutionNumber number = 1; number <= 60; ++number)
    CHECK(at.store.remove_history(removal_of("a", {number}))->executions.size() == 1);
  done = true;
  reader.join();
  CHECK(torn == 0);
  CHECK(sequences(at.store.facts_after(0, 1000)) == Sequences{1, 182});
}

}  // namespace sluice
