// Plugins that misbehave: each costs one attempt, says clearly what it was, leaves nothing behind,
// and a neighbour does not notice.
#include <signal.h>

#include <catch2/catch.hpp>
#include <ostream>

#include "tests/abi/pool_fixture.hpp"

namespace sluice {
std::ostream& operator<<(std::ostream& out, FailureKind kind) {
  return out << static_cast<int>(kind);
}
}  // namespace sluice

namespace {
using namespace sluice;
using namespace sluice::testing;

struct Beast {
  const char* provider;
  std::map<std::string, std::string> configuration;
  std::int64_t allowed_ms;
  FailureKind kind;
  const char* message;  // part of it
  const char* log;      // part of it
};

const Beast kBeasts[] = {
    {"crash", {}, 0, FailureKind::kCrashed, "signal 11 (Segmentation fault)", "write_to_nowhere"},
    {"crash", {}, 0, FailureKind::kCrashed, "misbehaving.so crashed", "about to crash"},
    {"crash-in-thread", {}, 0, FailureKind::kCrashed, "signal 11", "write_to_nowhere"},
    {"abort-in-thread", {}, 0, FailureKind::kCrashed, "signal 6 (Aborted)", "nobody catches this"},
    {"stack-overflow", {}, 0, FailureKind::kCrashed, "signal 11", "deeper"},
    {"kill-group", {}, 0, FailureKind::kCrashed, "killed with signal 9", ""},
    {"loop", {}, 50, FailureKind::kTimedOut, "the action had", ""},
    {"ignore-term", {}, 50, FailureKind::kTimedOut, "had to be killed", ""},
    {"stop-itself", {}, 50, FailureKind::kTimedOut, "had to be killed", ""},
    {"end-main-thread", {}, 50, FailureKind::kTimedOut, "had to be killed", ""},
    {"exit", {{"status", "0"}}, 0, FailureKind::kMisbehaved, "exit(0)", ""},
    {"exit", {{"status", "3"}}, 0, FailureKind::kMisbehaved, "exit(3)", ""},
    {"quick-exit", {}, 0, FailureKind::kMisbehaved, "exit(0)", ""},
    {"throw", {}, 0, FailureKind::kMisbehaved, "an exception left run: thrown through C", ""},
    {"throw-number", {}, 0, FailureKind::kMisbehaved, "an exception left run", ""},
    {"close-all", {}, 0, FailureKind::kMisbehaved, "closed descriptors", ""},
    {"close-all-and-stay", {}, 0, FailureKind::kMisbehaved, "closed descriptors", ""},
    {"garbage", {}, 0, FailureKind::kMisbehaved, "wrote something to its protocol descriptor", ""},
    {"garbage", {{"text", "hello"}}, 0, FailureKind::kMisbehaved, "that is no message", ""},
    {"huge-variable", {}, 0, FailureKind::kMisbehaved, "122880", "refused"},
    {"wrong-outcome", {}, 0, FailureKind::kMisbehaved, "run returned 7", ""},
    {"wrong-kind", {}, 0, FailureKind::kMisbehaved, "kind 99", ""},
    {"silent-failure", {}, 0, FailureKind::kPermanent, "without saying why", ""},
    {"null-everywhere", {}, 0, FailureKind::kPermanent, "without saying why", ""},
    {"continue-without-token", {}, 0, FailureKind::kMisbehaved, "continue_later()", ""},
    {"long-token", {}, 0, FailureKind::kMisbehaved, "2048", ""},
    {"daemonise-and-crash", {}, 0, FailureKind::kCrashed, "killed with signal 9", ""},
    {"daemonise-and-hang", {}, 100, FailureKind::kTimedOut, "had to be killed", ""},
};

TEST_CASE("whatever a plugin does to its process costs one attempt and says what it was") {
  const int descriptors = open_descriptors();
  {
    PoolFixture pool;
    for (const auto& beast : kBeasts) {
      INFO(beast.provider);
      Job neighbour = pool.job("sleep");
      neighbour.configuration = {{"ms", "5"}};
      Job job = pool.job(beast.provider);
      job.configuration = beast.configuration;
      if (beast.allowed_ms > 0) job.deadline = PoolFixture::in_ms(beast.allowed_ms);
      pool.start(job);
      pool.start(neighbour);
      const Answer answer = pool.wait(job);
      INFO(answer.log);
      REQUIRE(std::holds_alternative<ReportFailure>(answer.report));
      CHECK(answer.failure().kind == beast.kind);
      CHECK_THAT(answer.failure().message, Catch::Contains(beast.message));
      CHECK_THAT(answer.log, Catch::Contains(beast.log));
      CHECK(answer.log_ends == 1);
      CHECK(pool.wait(neighbour).succeeded());
      CHECK(pool.run(pool.job("fresh")).succeeded());
    }
    pool.close();
    CHECK(std::filesystem::is_empty(pool.root() / "work"));
  }
  CHECK(leftover_processes().empty());
  CHECK(open_descriptors() == descriptors);
}

TEST_CASE("what a plugin may get away with succeeds, and leaves nothing to the next run") {
  for (const char* provider :
       {"flood", "endless-line", "output-after-return", "daemonise", "bad-variable-name",
        "many-details", "remove-work-directory", "leave-locked-files"}) {
    INFO(provider);
    PoolFixture pool([](auto& options) { options.max_log_bytes = 1 << 20; });
    Job job = pool.job(provider);
    job.configuration = {{"megabytes", "20"}, {"keep_output", "1"}};
    const Answer answer = pool.run(job);
    if (const auto* failure = std::get_if<ReportFailure>(&answer.report))
      FAIL(failure->failure.message);
    CHECK(answer.log.size() < (1u << 20) + 200);
    const Answer next = pool.run(pool.job("fresh"));
    if (const auto* failure = std::get_if<ReportFailure>(&next.report))
      FAIL(failure->failure.message);
    CHECK(next.log == "");
    pool.close();
    CHECK(leftover_processes().empty());
    CHECK(std::filesystem::is_empty(pool.root() / "work"));
  }
}

TEST_CASE("a flood is cut off with a line that says so") {
  PoolFixture pool([](auto& options) { options.max_log_bytes = 100000; });
  Job job = pool.job("flood");
  job.configuration = {{"megabytes", "50"}};
  const Answer answer = pool.run(job);
  CHECK(answer.succeeded());
  CHECK_THAT(answer.log, Catch::EndsWith("what follows is not kept]\n"));
}

TEST_CASE(
    "processes left behind are ended and counted in the log, unless starting them is the purpose") {
  PoolFixture pool;
  Job refused = pool.job("daemonise");
  refused.configuration = {{"keep_output", "1"}};
  CHECK_THAT(pool.run(refused).log,
             Catch::Contains("1 process that the action left behind was ended"));
  CHECK(pool.run(pool.job("daemonise-allowed")).log == "");
  pool.close();
  const auto left = leftover_processes();
  REQUIRE(left.size() == 1);
  kill(left.front(), SIGKILL);
}

TEST_CASE("a plugin that crashes again and again is started with a delay, and its jobs still run") {
  PoolFixture pool;
  std::vector<Job> jobs;
  for (int i = 0; i < 6; ++i) jobs.push_back(pool.job("quick-exit"));
  for (const auto& job : jobs) pool.start(job);
  for (const auto& job : jobs) CHECK(pool.wait(job).failure().kind == FailureKind::kMisbehaved);
  CHECK(pool.run(pool.job("fresh")).succeeded());
}

}  // namespace
