// What every Store does. Each case is run against each store.
#include <atomic>
#include <thread>

#include "tests/store/both_stores.hpp"

namespace sluice {

STORE_TEST("a new store holds nothing") {
  TestType at;
  CHECK(*at.store.last_sequence() == 0);
  CHECK(at.store.facts_after(0, 10)->empty());
  CHECK(at.store.pipeline_facts("a", 0, 10)->empty());
  CHECK(at.store.pipeline_facts("", 0, 10)->empty());
  CHECK(at.store.execution_facts("a", 1)->empty());
  CHECK(at.store.pipelines()->empty());
  CHECK(at.store.executions({})->empty());
  CHECK_FALSE(at.store.snapshot("a")->has_value());
  CHECK(*at.store.cursor("publisher") == 0);
  CHECK(kind_of(at.store.declaration("a", 1)) == ErrorKind::kNotFound);
  CHECK(kind_of(at.store.execution("a", 1)) == ErrorKind::kNotFound);
  CHECK(kind_of(at.store.find_execution("abcd")) == ErrorKind::kNotFound);
}

STORE_TEST("every fact is read back as it was committed, with its time and pipeline") {
  TestType at;
  const Facts facts = samples::one_of_each(9);
  CHECK(commit(at.store, {append_of("webshop", facts)}) == 1);
  const auto back = at.store.facts_after(0, 100);
  REQUIRE(back);
  REQUIRE(back->size() == facts.size());
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const StoredFact& stored = (*back)[i];
    CHECK(stored.sequence == i + 1);
    CHECK(plain_name(stored.pipeline) == "webshop");
    CHECK(stored.at == Instant{5000});
    CHECK(samples::describe(stored.fact) == samples::describe(facts[i]));
  }
}

STORE_TEST("one sequence runs through all pipelines and commits") {
  TestType at;
  CHECK(commit(at.store, {append_of("a", {StageStarted{1, 0}, StageStarted{1, 1}}),
                          append_of("b", {StageStarted{1, 0}})}) == 1);
  CHECK(*at.store.last_sequence() == 3);
  CHECK(commit(at.store, {append_of("a", {StageStarted{1, 2}})}) == 4);
  CHECK(sequences(at.store.pipeline_facts("a", 0, 10)) == Sequences{1, 2, 4});
  CHECK(sequences(at.store.pipeline_facts("b", 0, 10)) == Sequences{3});
  CHECK(sequences(at.store.facts_after(0, 10)) == Sequences{1, 2, 3, 4});
  CHECK(*at.store.pipelines() == std::vector<std::string>{"a", "b"});
}

STORE_TEST("reading goes on after any sequence and stops at any limit") {
  TestType at;
  for (ExecutionNumber number = 1; number <= 4; ++number) {
    commit(at.store, {append_of("a", Facts(3, StageStarted{number, 0})),
                      append_of("b", Facts(2, StageStarted{number, 0}))});
  }
  const Sequences of_a = {1, 2, 3, 6, 7, 8, 11, 12, 13, 16, 17, 18};
  for (Sequence after = 0; after <= 21; ++after) {
    for (std::uint32_t limit = 0; limit <= 21; ++limit) {
      CAPTURE(after, limit);
      Sequences all, some;
      for (Sequence s = after + 1; s <= 20 && all.size() < limit; ++s) all.push_back(s);
      for (const Sequence s : of_a) {
        if (s > after && some.size() < limit) some.push_back(s);
      }
      REQUIRE(sequences(at.store.facts_after(after, limit)) == all);
      REQUIRE(sequences(at.store.pipeline_facts("a", after, limit)) == some);
    }
  }
}

STORE_TEST("the facts of one execution are found among those of others in the same commit") {
  TestType at;
  Facts mixed;
  for (int i = 0; i < 1000; ++i)
    mixed.push_back(StageStarted{ExecutionNumber(1 + i % 7), Index(i)});
  commit(at.store, {append_of("a", mixed), append_of("b", {StageStarted{3, 0}})});
  commit(at.store, {append_of("a", {StageStopped{3, 0, {}}, StageStopped{4, 0, {}}})});
  const auto facts = at.store.execution_facts("a", 3);
  REQUIRE(facts);
  REQUIRE(facts->size() == 144);
  for (std::size_t i = 0; i < 143; ++i) CHECK((*facts)[i].sequence == 3 + 7 * i);
  CHECK(facts->back().sequence == 1002);
  CHECK(sequences(at.store.execution_facts("b", 3)) == Sequences{1001});
  CHECK(at.store.execution_facts("a", 8)->empty());
}

STORE_TEST("a large commit of large facts comes back whole") {
  TestType at;
  Facts large;
  for (ExecutionNumber i = 1; i <= 300; ++i)
    large.push_back(ExecutionFailed{i, std::string(5000, 'x')});
  commit(at.store, {append_of("a", large)});
  const auto facts = at.store.facts_after(0, 1000);
  REQUIRE(facts);
  REQUIRE(facts->size() == 300);
  CHECK(std::get<ExecutionFailed>(facts->back().fact).summary.size() == 5000);
}

STORE_TEST("each version of a declaration can be asked for") {
  TestType at;
  const auto one = samples::declaration("a", 1), two = samples::declaration("a", 2);
  commit(at.store, {append_of("a", {StageStarted{1, 0}, DefinitionAdopted{one}})});
  commit(at.store, {append_of("a", {DefinitionAdopted{two}, StageStarted{2, 0}})});
  REQUIRE(at.store.declaration("a", 1));
  CHECK(**at.store.declaration("a", 1) == one);
  CHECK(**at.store.declaration("a", 2) == two);
  CHECK(kind_of(at.store.declaration("a", 3)) == ErrorKind::kNotFound);
  CHECK(kind_of(at.store.declaration("b", 1)) == ErrorKind::kNotFound);
}

STORE_TEST("the row of an execution is inserted, then replaced in every column") {
  TestType at;
  ExecutionRow row = samples::row("a", 7);
  commit(at.store, {append_of("a", {}, {row})});
  CHECK(*at.store.execution("a", 7) == row);
  row.status = ExecutionStatus::kFailed;
  row.updated = {9999};
  row.summary = "tests failed";
  commit(at.store, {append_of("a", {}, {row})});
  CHECK(*at.store.execution("a", 7) == row);
  row = {"a", 7,   samples::uuid(70), 9,  ExecutionType::kRollback, ExecutionStatus::kSucceeded,
         {1}, {2}, {"Webhook", "x"},  "y"};
  commit(at.store, {append_of("a", {}, {row})});
  CHECK(*at.store.execution("a", 7) == row);
  CHECK(at.store.executions({})->size() == 1);
  CHECK(*at.store.find_execution("11223344-5566-0046-99aa-bbccddee0046") == row);
  CHECK(kind_of(at.store.find_execution("11223344-5566-0007-99aa-bbccddee0007")) ==
        ErrorKind::kNotFound);
}

STORE_TEST("history is listed newest first, by pipeline, by state and in pages") {
  TestType at;
  using enum ExecutionStatus;
  std::vector<ExecutionRow> of_a, of_b;
  for (ExecutionNumber number = 1; number <= 6; ++number) {
    of_a.push_back(samples::row("a", number, number % 2 == 0 ? kSucceeded : kFailed));
  }
  for (ExecutionNumber number = 11; number <= 13; ++number) {
    of_b.push_back(samples::row("b", number, number == 12 ? kInProgress : kSucceeded));
  }
  commit(at.store, {append_of("a", {}, of_a), append_of("b", {}, of_b)});
  CHECK(numbers(at.store.executions({})) == Numbers{13, 12, 11, 6, 5, 4, 3, 2, 1});
  CHECK(numbers(at.store.executions({"a", {}, {}, 100})) == Numbers{6, 5, 4, 3, 2, 1});
  CHECK(numbers(at.store.executions({"a", kFailed, {}, 100})) == Numbers{5, 3, 1});
  CHECK(numbers(at.store.executions({"a", kSucceeded, {}, 2})) == Numbers{6, 4});
  CHECK(numbers(at.store.executions({"", kSucceeded, {}, 3})) == Numbers{13, 11, 6});
  CHECK(numbers(at.store.executions({"", kInProgress, {}, 100})) == Numbers{12});
  CHECK(numbers(at.store.executions({"", {}, {1011}, 2})) == Numbers{6, 5});
  CHECK(numbers(at.store.executions({"a", {}, {1003}, 100})) == Numbers{2, 1});
  CHECK(numbers(at.store.executions({"", kFailed, {1005}, 1})) == Numbers{3});
  CHECK(numbers(at.store.executions({"none", {}, {}, 100})).empty());
  CHECK(numbers(at.store.executions({"none", kFailed, {}, 100})).empty());
  CHECK(numbers(at.store.executions({"", {}, {}, 0})).empty());
}

STORE_TEST("an execution is found by its id or by a beginning that only it has") {
  TestType at;
  std::vector<ExecutionRow> rows;
  for (ExecutionNumber number = 1; number <= 3; ++number) rows.push_back(samples::row("a", number));
  rows[0].id = {0x0123456789abcdef, 0xfedcba9876543210};
  rows[1].id = {0x0123456789abcdef, 0xfedcba9876543211};
  rows[2].id = {0xf123456789abcdef, 0x0edcba9876543210};
  commit(at.store, {append_of("a", {}, rows)});
  struct Row {
    const char* prefix;
    ExecutionNumber number;
    ErrorKind kind;
  };
  const Row table[] = {
      {"01234567-89ab-cdef-fedc-ba9876543210", 1, {}},
      {"01234567-89AB-CDEF-FEDC-BA9876543211", 2, {}},
      {"01234567-89ab-cdef-fedc-ba987654321", 0, ErrorKind::kConflict},
      {"01234567-89ab-cdef-", 0, ErrorKind::kConflict},
      {"01234567-89ab-cdef", 0, ErrorKind::kConflict},
      {"0123", 0, ErrorKind::kConflict},
      {"f123", 3, {}},
      {"f1234567-", 3, {}},
      {"f1234567-89ab-cdef-0", 3, {}},
      {"f1234567-89ab-cdef-1", 0, ErrorKind::kNotFound},
      {"f123456789ab", 0, ErrorKind::kNotFound},
      {"f12", 0, ErrorKind::kBadInput},
      {"", 0, ErrorKind::kBadInput},
      {"ffff", 0, ErrorKind::kNotFound},
      {"what", 0, ErrorKind::kNotFound},
      {"01234567-89ab-cdef-fedc-ba98765432100", 0, ErrorKind::kNotFound},
  };
  for (const Row& row : table) {
    CAPTURE(row.prefix);
    const auto found = at.store.find_execution(row.prefix);
    if (row.number != 0) {
      REQUIRE(found);
      CHECK(*found == rows[row.number - 1]);
    } else {
      CHECK(kind_of(found) == row.kind);
    }
  }
}

STORE_TEST("the last snapshot of a pipeline is given back") {
  TestType at;
  Pipeline pipeline;
  pipeline.last_number = 4;
  REQUIRE(at.store.save_snapshot("a", {17, pipeline}));
  pipeline.last_number = 5;
  REQUIRE(at.store.save_snapshot("a", {18, pipeline}));
  const auto got = at.store.snapshot("a");
  REQUIRE(got);
  REQUIRE(got->has_value());
  CHECK((*got)->sequence == 18);
  CHECK((*got)->pipeline.last_number == 5);
  CHECK_FALSE(at.store.snapshot("b")->has_value());
}

STORE_TEST("tags are a pipeline's own, replaced as a whole, and gone with it") {
  TestType at;
  commit(at.store, {append_of("a", {DefinitionAdopted{}}), append_of("b", {DefinitionAdopted{}})});
  REQUIRE(at.store.set_tags("a", {{"team", "web"}, {"cost", ""}}));
  CHECK(*at.store.tags("a") == Texts{{"cost", ""}, {"team", "web"}});
  CHECK(at.store.tags("b")->empty());
  REQUIRE(at.store.set_tags("a", {{"team", "shop"}}));
  CHECK(*at.store.tags("a") == Texts{{"team", "shop"}});
  REQUIRE(at.store.set_tags("nobody", {{"team", "web"}}));
  CHECK(at.store.tags("nobody")->empty());
  commit(at.store, {append_of("a", {PipelineRemoved{}})});
  CHECK(at.store.tags("a")->empty());
  commit(at.store, {append_of("a", {DefinitionAdopted{}})});
  CHECK(at.store.tags("a")->empty());
}

STORE_TEST("cursors are told apart by name and keep their last position") {
  TestType at;
  REQUIRE(at.store.set_cursor("publisher", 3));
  REQUIRE(at.store.set_cursor("archive", 1));
  REQUIRE(at.store.set_cursor("publisher", 8));
  CHECK(*at.store.cursor("publisher") == 8);
  commit(at.store, {append_of("a", {StageStarted{1, 0}})});
  CHECK(*at.store.cursor("publisher") == 8);
  CHECK(*at.store.cursor("archive") == 1);
  CHECK(*at.store.cursor("other") == 0);
}

STORE_TEST("names are bytes: quotes, other alphabets and NUL are nothing special") {
  TestType at;
  const std::vector<std::string> names = {std::string("nul\0l", 5), "o'clock\"; --", "przesyłka"};
  for (const std::string& name : names) {
    commit(at.store, {append_of(name, {StageStarted{1, 0}}, {samples::row(name, 1)})});
    CHECK(at.store.pipeline_facts(name, 0, 10)->size() == 1);
    CHECK(at.store.execution(name, 1)->pipeline == name);
  }
  CHECK(*at.store.pipelines() == names);
}

STORE_TEST("readers in other threads see whole commits while the writer goes on") {
  TestType at;
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0, reads = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto facts = at.store.facts_after(0, 100'000);
        if (!facts || facts->size() % 5 != 0) ++torn;
        const auto rows = at.store.executions({});
        if (!rows) ++torn;
        ++reads;
      }
    });
  }
  for (ExecutionNumber number = 1; number <= 60; ++number) {
    commit(at.store,
           {append_of("a", Facts(5, StageStarted{number, 0}), {samples::row("a", number)})});
  }
  while (reads < 4) std::this_thread::yield();
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(torn == 0);
  CHECK(*at.store.last_sequence() == 300);
}

STORE_TEST("a version is found with the time at which it came, and the newest without a number") {
  TestType at;
  commit(at.store, {{"a", {100}, {version_of("a", 1)}, {}}});
  commit(at.store, {{"a", {200}, {version_of("a", 2)}, {}}});
  CHECK(at.store.adoption("a", 1)->at == Instant{100});
  CHECK(at.store.adoption("a", 0)->at == Instant{200});
  CHECK(at.store.adoption("a", 0)->declaration->version == 2);
  CHECK(kind_of(at.store.adoption("a", 3)) == ErrorKind::kNotFound);
  CHECK(kind_of(at.store.adoption("b", 0)) == ErrorKind::kNotFound);
  CHECK(kind_of(at.store.declaration("a", 0)) == ErrorKind::kNotFound);
}

STORE_TEST("a removed pipeline leaves its name to the next one, and its history under another") {
  TestType at;
  const Facts first_life = {version_of("a", 1), StageStarted{1, 0}, PipelineRemoved{"ann"}};
  commit(at.store, {append_of("a", first_life, {samples::row("a", 1), samples::row("a", 2)})});
  CHECK(at.store.pipelines()->empty());
  CHECK(at.store.executions({})->empty());
  CHECK(at.store.executions({"a", {}, {}, 10, 0})->empty());
  CHECK(at.store.execution_facts("a", 1)->empty());
  CHECK(kind_of(at.store.execution("a", 1)) == ErrorKind::kNotFound);
  CHECK(kind_of(at.store.adoption("a", 0)) == ErrorKind::kNotFound);

  const auto facts = at.store.facts_after(0, 10);
  REQUIRE(facts->size() == 3);
  const std::string old = facts->front().pipeline;
  CHECK(old != "a");
  CHECK(plain_name(old) == "a");
  CHECK(at.store.execution(old, 1)->pipeline == old);
  CHECK(at.store.find_execution("11223344-5566-0002")->pipeline == old);
  CHECK(sequences(at.store.execution_facts(old, 1)) == Sequences{2});
  CHECK(at.store.adoption(old, 1)->declaration->version == 1);

  commit(at.store,
         {append_of("a", {version_of("a", 1), StageStarted{1, 0}}, {samples::row("a", 1)})});
  CHECK(*at.store.pipelines() == std::vector<std::string>{"a"});
  CHECK(numbers(at.store.executions({"a", {}, {}, 10, 0})) == Numbers{1});
  CHECK(sequences(at.store.pipeline_facts("a", 0, 10)) == Sequences{4, 5});
  CHECK(at.store.facts_after(3, 10)->front().pipeline == "a");

  commit(at.store, {append_of("a", {PipelineRemoved{"ann"}})});
  CHECK(at.store.pipelines()->empty());
  CHECK(at.store.execution(old, 2)->number == 2);
}

STORE_TEST("the executions of a pipeline are listed on from a number") {
  TestType at;
  std::vector<ExecutionRow> rows;
  for (ExecutionNumber number = 1; number <= 5; ++number) rows.push_back(samples::row("a", number));
  commit(at.store, {append_of("a", {version_of("a", 1)}, rows)});
  CHECK(numbers(at.store.executions({"a", {}, {}, 2, 4})) == Numbers{3, 2});
  CHECK(numbers(at.store.executions({"a", ExecutionStatus::kInProgress, {}, 2, 3})) ==
        Numbers{2, 1});
  CHECK(numbers(at.store.executions({"a", {}, {}, 2, 1})).empty());
}

}  // namespace sluice
