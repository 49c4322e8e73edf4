// The worker as a process of its own: started, killed, replaced.
#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/workers/worker_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

std::vector<std::string> command(const Directory& directory) {
  return {SLUICE_WORKER_DOUBLE, directory.path()};
}

std::int64_t worker_pid(EngineDouble& engine) {
  std::int64_t pid = 0;
  REQUIRE(become_true([&] {
    const auto standing = engine.hosts->standing();
    pid = standing.connected ? standing.pid : 0;
    return pid > 0;
  }));
  return pid;
}

}  // namespace

TEST_CASE("a worker that is not there is started, in a session of its own") {
  const Directory directory;
  EngineDouble engine(directory.path(), command(directory));
  engine.hosts->resumed();
  engine.hosts->start(job("p", 1));
  CHECK(become_true([&] { return engine.outcome(1) == "success"; }));
  const auto pid = static_cast<pid_t>(worker_pid(engine));
  CHECK(getsid(pid) == pid);
  CHECK(getsid(pid) != getsid(0));
  kill(pid, SIGKILL);
}

TEST_CASE("when the worker is killed, what it had is lost and the next one gets what follows") {
  const Directory directory;
  EngineDouble engine(directory.path(), command(directory));
  engine.hosts->resumed();
  engine.hosts->start(held_job(1));
  const auto first = worker_pid(engine);
  REQUIRE(become_true([&] { return engine.hosts->standing().sent == 1; }));
  kill(static_cast<pid_t>(first), SIGKILL);
  CHECK(become_true([&] { return engine.outcome(1) == "Lost"; }));
  CHECK(engine.heard("signal 9"));
  engine.hosts->start(job("p", 2));
  CHECK(become_true([&] { return engine.outcome(2) == "success"; }));
  const auto second = worker_pid(engine);
  CHECK(second != first);
  kill(static_cast<pid_t>(second), SIGKILL);
}

TEST_CASE("when both are killed, the next engine reports what ran as lost and starts the rest") {
  const Directory directory;
  {
    EngineDouble engine(directory.path(), command(directory));
    engine.hosts->resumed();
    engine.hosts->start(held_job(1));
    const auto pid = worker_pid(engine);
    REQUIRE(become_true([&] { return engine.hosts->standing().sent == 1; }));
    kill(static_cast<pid_t>(pid), SIGKILL);
  }
  EngineDouble next(directory.path(), command(directory));
  next.hosts->resume(held_job(1));
  next.hosts->resumed();
  next.hosts->start(job("p", 2));
  CHECK(become_true([&] { return next.outcome(1) == "Lost" && next.outcome(2) == "success"; }));
  kill(static_cast<pid_t>(worker_pid(next)), SIGKILL);
}

TEST_CASE("a worker that cannot be started is said, and tried again") {
  const Directory directory;
  EngineDouble engine(directory.path(), {"/nonexistent/sluice", "worker"});
  engine.hosts->resumed();
  engine.hosts->start(job("p", 1));
  CHECK(become_true([&] { return engine.heard("the next attempt is in 100 ms"); }));
  CHECK(engine.outcome(1) == "");
}

TEST_CASE("a worker is replaced when it is idle, and a job after that starts the next one") {
  const Directory directory;
  EngineDouble engine(directory.path(), command(directory));
  engine.hosts->resumed();
  engine.hosts->start(job("p", 1));
  const auto first = worker_pid(engine);
  engine.hosts->renew();
  REQUIRE(become_true([&] { return engine.hosts->standing().pid != first; }));
  CHECK(engine.outcome(1) == "success");
  engine.hosts->start(job("p", 2));
  CHECK(become_true([&] { return engine.outcome(2) == "success"; }));
  kill(static_cast<pid_t>(worker_pid(engine)), SIGKILL);
}

TEST_CASE("with nothing to do neither the engine's thread nor the worker wakes up") {
  const Directory directory;
  EngineDouble engine(directory.path(), command(directory));
  engine.hosts->resumed();
  engine.hosts->start(job("p", 1));
  const auto pid = worker_pid(engine);
  REQUIRE(become_true([&] { return engine.hosts->standing().sent == 0; }));
  // Sleeps of all threads of both processes, as the kernel counts them.
  const auto sleeps = [&] {
    std::uint64_t sum = 0;
    for (const auto& process : {std::string("self"), std::to_string(pid)})
      for (const auto& thread : std::filesystem::directory_iterator("/proc/" + process + "/task")) {
        if (process == "self" && thread.path().filename() == std::to_string(getpid())) continue;
        std::ifstream status(thread.path() / "status");
        for (std::string line; std::getline(status, line);)
          if (line.starts_with("voluntary_ctxt_switches:"))
            sum += std::stoull(line.substr(line.find(':') + 1));
      }
    return sum;
  };
  std::uint64_t before = sleeps();
  // It may take a moment to come to rest; then a whole half second has to pass without a wake-up.
  CHECK(become_true([&] {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
    (void)become_true([&] { return std::chrono::steady_clock::now() > until; });
    return std::exchange(before, sleeps()) == sleeps();
  }));
  kill(static_cast<pid_t>(pid), SIGKILL);
}
