// What SqliteStore does beyond the contract: it keeps, and it refuses with a reason.
#include "engine/store/sqlite_store.hpp"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/store/faulty_disk.hpp"
#include "tests/store/samples.hpp"
#include "tests/store/scratch.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

std::vector<Append> batch_of(const std::string& pipeline, ExecutionNumber number, int facts) {
  Append append{pipeline, {5000 + number}, {}, {samples::row(pipeline, number)}};
  for (int i = 0; i < facts; ++i) append.facts.push_back(StageStarted{number, Index(i)});
  return {append};
}

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void execute(const fs::path& file, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

// Runs f in a child process, whose exit status tells whether it was true.
template <class F>
pid_t start_child(F f) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(f() ? 0 : 1);
  return child;
}
bool succeeded(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

ErrorKind kind_of_opening(const fs::path& file, const std::string& words) {
  const auto store = open_sqlite_store(file);
  REQUIRE_FALSE(store);
  CHECK_THAT(store.error().text(), Catch::Contains(words) && Catch::Contains(file.string()));
  return store.error().kind;
}

}  // namespace

TEST_CASE("what was committed is there after the file is opened again") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  Facts sample = samples::one_of_each(1);
  sample.pop_back();  // the pipeline stays
  const std::size_t facts = sample.size();
  ExecutionRow row = samples::row("a", 1);
  row.details = {{{0, {"src", "", "abc", "fix", "https://example.org"}}}, "enough", 3, {0, 2}};
  {
    auto store = open_sqlite_store(file).value();
    const std::vector<Append> batch = {{"a", {5}, sample, {row}}};
    REQUIRE(store->commit(batch));
    REQUIRE(store->save_snapshot("a", {facts, {}}));
    REQUIRE(store->set_cursor("publisher", 20));
  }
  auto store = open_sqlite_store(file).value();
  CHECK(*store->last_sequence() == facts);
  CHECK(store->facts_after(0, 1000)->size() == facts);
  CHECK(*store->execution("a", 1) == row);
  CHECK(store->snapshot("a")->value().sequence == facts);
  CHECK(*store->cursor("publisher") == 20);
}

TEST_CASE("facts are found in every range of a long history") {
  const Scratch scratch;
  auto store = open_sqlite_store(scratch.path() / "sluice.db").value();
  // One quiet pipeline among busy ones; more facts than two ranges of blocks.
  std::vector<Sequence> quiet;
  for (ExecutionNumber number = 1; number <= 12; ++number) {
    quiet.push_back(*store->commit(batch_of("quiet", 7, 1)));
    REQUIRE(store->commit(batch_of("busy", number, 5000)));
  }
  const auto facts = store->execution_facts("quiet", 7);
  REQUIRE(facts);
  REQUIRE(facts->size() == quiet.size());
  for (std::size_t i = 0; i < quiet.size(); ++i) CHECK((*facts)[i].sequence == quiet[i]);
  CHECK(store->pipeline_facts("quiet", quiet[4], 100)->size() == 7);
  CHECK(store->execution_facts("busy", 11)->size() == 5000);
  CHECK(store->pipeline_facts("busy", 0, 100'000)->size() == 60'000);
}

TEST_CASE("data of a newer version is refused and not changed by a byte") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  REQUIRE(open_sqlite_store(file).value()->commit(batch_of("a", 1, 3)));
  execute(file, "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string before = content(file);
  CHECK(kind_of_opening(file, "newer") == ErrorKind::kUnsupported);
  CHECK(content(file) == before);
  CHECK(content(file.string() + "-wal").empty());
}

TEST_CASE("what is no database of ours is refused and not changed") {
  const Scratch scratch;
  const auto other = scratch.path() / "other.db", text = scratch.path() / "text.db";
  execute(other, "CREATE TABLE t (x)");
  const std::string before = content(other);
  CHECK(kind_of_opening(other, "another program") == ErrorKind::kBadInput);
  CHECK(content(other) == before);
  std::ofstream(text) << std::string(5000, 'x');
  CHECK(kind_of_opening(text, "not a database") == ErrorKind::kCorrupt);
  CHECK(content(text) == std::string(5000, 'x'));
  fs::create_directory(scratch.path() / "directory");
  CHECK(kind_of_opening(scratch.path() / "directory", "cannot be opened") ==
        ErrorKind::kUnavailable);
  CHECK(kind_of_opening("/nonexistent/sluice.db", "cannot be") == ErrorKind::kUnavailable);
}

TEST_CASE("an empty file becomes a database") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  { std::ofstream made(file); }
  auto store = open_sqlite_store(file).value();
  CHECK(store->commit(batch_of("a", 1, 3)));
}

TEST_CASE("a directory that may not be written is a clear error") {
  const Scratch scratch;
  REQUIRE(::chmod(scratch.path().c_str(), 0555) == 0);
  CHECK(succeeded(start_child([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return false;
    const auto store = open_sqlite_store(scratch.path() / "sluice.db");
    return !store && store.error().kind == ErrorKind::kUnavailable &&
           store.error().message.find("may be written") != std::string::npos;
  })));
  ::chmod(scratch.path().c_str(), 0755);
}

TEST_CASE("a damaged file gives errors, never other facts") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  SqliteOptions options;
  options.checkpoint_pages = 1;
  for (ExecutionNumber number = 1; number <= 4; ++number) {
    auto store = open_sqlite_store(file, options).value();
    REQUIRE(store->commit(batch_of("a", number, 150)));
  }
  execute(file, "PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string whole = content(file);
  const auto read_all = [&]() -> std::string {
    auto store = open_sqlite_store(file);
    if (!store) return "";
    const auto facts = (*store)->facts_after(0, 10'000);
    static_cast<void>((*store)->execution_facts("a", 2));
    static_cast<void>((*store)->pipeline_facts("a", 0, 10'000));
    static_cast<void>((*store)->executions({}));
    static_cast<void>((*store)->find_execution("1122"));
    static_cast<void>((*store)->commit(batch_of("a", 9, 1)));
    if (!facts) return "";
    std::string text;
    for (const StoredFact& fact : *facts) {
      text += std::to_string(fact.sequence) + fact.pipeline + samples::describe(fact.fact);
    }
    return text;
  };
  const std::string expected = read_all();
  REQUIRE(expected.size() > 600 * 8);
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    std::string damaged = whole;
    const std::size_t at = random() % damaged.size();
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(file.string() + suffix);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << damaged;
    const std::string got = read_all();
    CAPTURE(at);
    // What the last commits hold may be lost with the pointer to them; nothing may be changed.
    REQUIRE(expected.substr(0, got.size()) == got);
  }
}

TEST_CASE("a commit that fails at any call leaves nothing and can be repeated") {
  for (const int code : {SQLITE_IOERR_WRITE, SQLITE_FULL, SQLITE_IOERR_FSYNC}) {
    const Scratch scratch;
    const auto file = scratch.path() / "sluice.db";
    SqliteOptions options;
    options.vfs = faulty_disk::name();
    options.checkpoint_pages = 8;
    REQUIRE(open_sqlite_store(file));
    auto store = open_sqlite_store(file, options).value();
    Sequence last = 0;
    int refused = 0;
    bool reached = true;
    for (int nth = 1; reached; ++nth) {
      CAPTURE(code, nth);
      const std::string pipeline = "pipeline" + std::to_string(nth);
      const auto batch = batch_of(pipeline, 1, 10);
      faulty_disk::fail_call(nth, code);
      const auto done = store->commit(batch);
      reached = faulty_disk::has_failed();
      faulty_disk::fail_call(0, 0);
      if (!done) {
        ++refused;
        CHECK(done.error().kind == ErrorKind::kUnavailable);
        REQUIRE(*store->last_sequence() == last);
        REQUIRE(open_sqlite_store(file).value()->execution(pipeline, 1).error().kind ==
                ErrorKind::kNotFound);
        const auto again = store->commit(batch);
        REQUIRE(again);
        REQUIRE(*again == last + 1);
      }
      last += 10;
      REQUIRE(*store->last_sequence() == last);
      REQUIRE(store->pipeline_facts(pipeline, 0, 100)->size() == 10);
      REQUIRE(store->execution(pipeline, 1));
    }
    CHECK(refused > 3);
    store.reset();
    CHECK(open_sqlite_store(file).value()->facts_after(0, 100'000)->size() == last);
  }
}

TEST_CASE("opening that fails at any call is an error and harms nothing") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  SqliteOptions options;
  options.vfs = faulty_disk::name();
  bool reached = true;
  for (int nth = 1; reached; ++nth) {
    CAPTURE(nth);
    faulty_disk::fail_call(nth, SQLITE_IOERR_WRITE);
    static_cast<void>(open_sqlite_store(file, options));
    reached = faulty_disk::has_failed();
    faulty_disk::fail_call(0, 0);
    auto store = open_sqlite_store(file);
    REQUIRE(store);
    REQUIRE((*store)->commit(batch_of("a", ExecutionNumber(nth), 2)));
    REQUIRE(*(*store)->last_sequence() == 2 * Sequence(nth));
    if (nth % 2 == 0) continue;
    // And while it is being made.
    const Scratch fresh;
    faulty_disk::fail_call(nth, SQLITE_FULL);
    const auto made = open_sqlite_store(fresh.path() / "sluice.db", options);
    reached |= faulty_disk::has_failed();
    faulty_disk::fail_call(0, 0);
    REQUIRE(open_sqlite_store(fresh.path() / "sluice.db"));
    if (made) continue;
    for (const auto& entry : fs::directory_iterator(fresh.path())) {
      REQUIRE(entry.path().filename().string().find(".new") == std::string::npos);
    }
  }
}

TEST_CASE("a full disk refuses commits until there is room") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  CHECK(succeeded(start_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    auto store = open_sqlite_store(file).value();
    const rlimit tight{300'000, RLIM_INFINITY}, wide{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &tight);
    ExecutionNumber number = 1;
    Result<Sequence> done = Sequence{0};
    while ((done = store->commit(batch_of("a", number, 100)))) ++number;
    if (done.error().kind != ErrorKind::kUnavailable) return false;
    if (*store->last_sequence() != 100 * Sequence(number - 1)) return false;
    ::setrlimit(RLIMIT_FSIZE, &wide);
    done = store->commit(batch_of("a", number, 100));
    return done && *done == 100 * Sequence(number - 1) + 1;
  })));
  auto store = open_sqlite_store(file).value();
  CHECK(store->facts_after(0, 1'000'000)->size() == *store->last_sequence());
}

TEST_CASE("what was acknowledged before kill -9 is there after it, and nothing by halves") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  Sequence acknowledged = 0;
  for (int round = 0; round < 5; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = start_child([&] {
      SqliteOptions options;
      options.checkpoint_pages = 20;
      auto store = open_sqlite_store(file, options).value();
      for (ExecutionNumber number = 1;; ++number) {
        const auto first = store->commit(batch_of("a", number, 7));
        if (!first || ::write(ends[1], &*first, sizeof *first) < 0) return false;
      }
    });
    ::close(ends[1]);
    for (unsigned wait = 1 + random() % 30; wait != 0; --wait) {
      Sequence first = 0;
      REQUIRE(::read(ends[0], &first, sizeof first) == sizeof first);
      REQUIRE(first == acknowledged + 1);
      acknowledged = first + 6;
    }
    ::kill(child, SIGKILL);
    CHECK_FALSE(succeeded(child));
    // What it had told before it died counts too.
    for (Sequence first = 0; ::read(ends[0], &first, sizeof first) > 0;) acknowledged = first + 6;
    ::close(ends[0]);
    auto store = open_sqlite_store(file).value();
    const auto facts = store->facts_after(0, 1'000'000);
    REQUIRE(facts);
    CHECK(facts->size() >= acknowledged);
    CHECK(facts->size() % 7 == 0);
    acknowledged = facts->size();
  }
}

TEST_CASE("processes that make, write and read one file at once do not disturb each other") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  constexpr int kWriters = 3, kCommits = 30;
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    children.push_back(start_child([&] {
      auto opened = open_sqlite_store(file);
      if (!opened) return false;
      Store& store = **opened;
      const std::string name = "pipeline-" + std::to_string(writer);
      for (ExecutionNumber number = 1; number <= kCommits; ++number) {
        if (!store.commit(batch_of(name, number, 3))) return false;
        const auto mine = store.pipeline_facts(name, 0, 1000);
        if (!mine || mine->size() != 3 * number) return false;
        if (!store.executions({}) || !store.set_cursor(name, mine->back().sequence)) return false;
      }
      return true;
    }));
  }
  for (const pid_t child : children) CHECK(succeeded(child));
  auto store = open_sqlite_store(file).value();
  const auto facts = store->facts_after(0, 10'000);
  REQUIRE(facts);
  CHECK(facts->size() == 3 * kWriters * kCommits);
  for (std::size_t i = 0; i < facts->size(); ++i) REQUIRE((*facts)[i].sequence == i + 1);
  const auto names = store->pipelines();
  REQUIRE(names);
  CHECK(names->size() == kWriters);
  for (const std::string& name : *names) {
    CHECK(store->executions({name, {}, {}, 1000})->size() == kCommits);
    CHECK(*store->cursor(name) == store->pipeline_facts(name, 0, 1000)->back().sequence);
  }
}

TEST_CASE("a cursor that follows other processes' commits is written now and then") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  auto follower = open_sqlite_store(file).value(), other = open_sqlite_store(file).value();
  REQUIRE(follower->set_cursor("publisher", 900));
  CHECK(*other->cursor("publisher") == 0);
  REQUIRE(follower->set_cursor("publisher", 1000));
  CHECK(*other->cursor("publisher") == 1000);
  REQUIRE(follower->set_cursor("publisher", 1999));
  CHECK(*other->cursor("publisher") == 1000);
  CHECK(*follower->cursor("publisher") == 1999);
  follower.reset();
  CHECK(*other->cursor("publisher") == 1999);
}

TEST_CASE("a commit gives up on a lock after its deadline") {
  const Scratch scratch;
  const auto file = scratch.path() / "sluice.db";
  SqliteOptions options;
  options.busy_timeout_ms = 20;
  auto store = open_sqlite_store(file, options).value();
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  const auto refused = store->commit(batch_of("a", 1, 3));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(refused.error().message, Catch::Contains("Another process"));
  CHECK(store->executions({})->empty());
  sqlite3_close(other);
  CHECK(store->commit(batch_of("a", 1, 3)));
}

}  // namespace sluice
