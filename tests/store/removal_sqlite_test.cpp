// Removing history from the database: failures, kills, long histories and damage.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "tests/store/ended.hpp"
#include "tests/store/faulty_disk.hpp"

namespace sluice {
namespace {

void execute(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

// Whether an execution is there whole, or gone whole.
bool is_whole(const Store& store, ExecutionNumber number) {
  const auto facts = store.execution_facts("a", number);
  REQUIRE(facts);
  return facts->size() == (store.execution("a", number) ? 3U : 0U);
}

}  // namespace

TEST_CASE("a removal that fails at any call leaves everything and can be repeated") {
  for (const int code : {SQLITE_IOERR_WRITE, SQLITE_FULL}) {
    bool reached = true;
    for (int nth = 1; reached; ++nth) {
      CAPTURE(code, nth);
      const Scratch scratch;
      const auto file = scratch.path() / "sluice.db";
      SqliteOptions options;
      options.vfs = faulty_disk::name();
      commit_ended(*open_sqlite_store(file).value(), "a", 40);
      auto store = open_sqlite_store(file, options).value();
      const Removal removal = removal_of("a", {1, 7, 8, 40});
      faulty_disk::fail_call(nth, code);
      const auto done = store->remove_history(removal);
      reached = faulty_disk::has_failed();
      faulty_disk::fail_call(0, 0);
      if (!done) {
        CHECK(done.error().kind == ErrorKind::kUnavailable);
        REQUIRE(*store->removed_between(0, 1000) == 0);
        REQUIRE(store->facts_after(0, 1000)->size() == 122);
        REQUIRE(store->executions({"a", {}, {}, 100})->size() == 41);
        REQUIRE(store->remove_history(removal)->executions.size() == 4);
      }
      store.reset();
      store = open_sqlite_store(file).value();
      REQUIRE(store->facts_after(0, 1000)->size() == 110);
      REQUIRE(store->executions({"a", {}, {}, 100})->size() == 37);
      REQUIRE(store->snapshot("a")->value().sequence == 121);
    }
  }
}

TEST_CASE("kill -9 between and in removals leaves whole executions and a whole sequence") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 4; ++round) {
    const Scratch scratch;
    const auto file = scratch.path() / "sluice.db";
    commit_ended(*open_sqlite_store(file).value(), "a", 500);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = open_sqlite_store(file).value();
      for (ExecutionNumber number = 1; number <= 500; number += 2) {
        if (!store->remove_history(removal_of("a", {number, number + 1}, 10'000))) ::_exit(1);
        if (::write(ends[1], "x", 1) != 1) ::_exit(1);
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    char told = 0;
    for (unsigned wait = 1 + random() % 60; wait != 0; --wait)
      REQUIRE(::read(ends[0], &told, 1) == 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    auto store = open_sqlite_store(file).value();
    for (ExecutionNumber number = 1; number <= 500; ++number) REQUIRE(is_whole(*store, number));
    CHECK(*store->last_sequence() == 1502);
    const auto facts = store->facts_after(0, 10'000);
    REQUIRE(facts);
    CHECK(facts->size() + *store->removed_between(0, 1502) == 1502);
    CHECK(store->executions({"a", {}, {}, 1000})->size() < 501);
  }
}

TEST_CASE("another connection goes on committing while history is removed, and finds its facts") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  auto engine = open_sqlite_store(file).value(), collector = open_sqlite_store(file).value();
  commit_ended(*engine, "a", 30);
  for (ExecutionNumber number = 1; number <= 30; ++number) {
    commit(*engine, {append_of("b", {StageStarted{number, 0}, version_of("b", number)})});
    CHECK(collector->remove_history(removal_of("a", {number}))->executions.size() == 1);
    Removal versions;
    versions.upto = 1000;
    REQUIRE(engine->save_snapshot("b", {*engine->last_sequence(), {}}));
    if (number > 2) {
      const auto about = sequences(engine->execution_facts("b", 0));
      versions.facts = {{"b", {about.front()}}};
      CHECK(collector->remove_history(versions)->facts == 1);
    }
  }
  CHECK(engine->execution_facts("b", 0)->size() == 2);
  CHECK(engine->adoption("b", 30));
  CHECK(engine->pipeline_facts("b", 0, 1000)->size() == 32);
}

TEST_CASE("executions of a long history go without the ranges between them being touched") {
  const Scratch scratch;
  auto store = open_sqlite_store(scratch.path() / "sluice.db").value();
  for (ExecutionNumber number = 1; number <= 9; ++number) {
    commit(*store, {append_of("quiet", {StageStarted{7, 0}},
                              {samples::row("quiet", 7, ExecutionStatus::kFailed)})});
    commit(*store, {append_of("busy", Facts(5000, StageStarted{number, 0}))});
  }
  REQUIRE(store->save_snapshot("quiet", {*store->last_sequence(), {}}));
  CHECK(store->remove_history(removal_of("quiet", {7}, 100'000))->facts == 9);
  CHECK(store->facts_after(0, 100'000)->size() == 45'000);
  CHECK(store->execution_facts("busy", 4)->size() == 5000);
  CHECK(*store->removed_between(0, 100'000) == 9);
}

TEST_CASE("a hole that nobody removed is damage") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  {
    auto store = open_sqlite_store(file).value();
    commit_ended(*store, "a", 4);
    REQUIRE(store->remove_history(removal_of("a", {2})));
    CHECK(store->facts_after(0, 100)->size() == 11);
  }
  execute(file, "DELETE FROM removed WHERE first > 5");
  auto store = open_sqlite_store(file).value();
  const auto facts = store->facts_after(0, 100);
  REQUIRE_FALSE(facts);
  CHECK(facts.error().kind == ErrorKind::kCorrupt);
}

}  // namespace sluice
