// A worker and an engine's hosts over a real socket: restarts of either, and messages that no good
// engine would send.
#include <catch2/catch.hpp>

#include "engine/runtime/random_id.hpp"
#include "tests/workers/worker_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace sluice::workers;

namespace {

// An engine's end without an engine.
struct RawEngine {
  explicit RawEngine(const Directory& directory, Uuid id, std::int64_t pid = 0,
                     ProtocolVersion protocol = kProtocol)
      : channel(EngineChannel::connect({directory.path(), "socket"}).value()) {
    say(Hello{protocol, id, pid, "raw"});
  }
  void say(const ToWorker& message) {
    std::string payload;
    REQUIRE(append(payload, message));
    channel->send(payload);
  }
  // The next message.
  FromWorker hear() {
    REQUIRE(become_true([&] {
      if (!heard.empty()) return true;
      if (const auto payload = channel->receive()) heard = decode_from_worker(*payload).messages;
      return !heard.empty();
    }));
    FromWorker first = std::move(heard.front());
    heard.erase(heard.begin());
    return first;
  }
  std::unique_ptr<EngineChannel> channel;
  std::vector<FromWorker> heard;
};

}  // namespace

TEST_CASE("a job goes to the worker, its report comes back and is acknowledged") {
  const Directory directory;
  WorkerThread worker(directory.path());
  EngineDouble engine(directory.path());
  engine.hosts->resumed();
  for (ExecutionNumber i = 1; i <= 100; ++i) engine.hosts->start(job("p", i));
  CHECK(become_true([&] { return engine.reports() == 100; }));
  CHECK(become_true([&] { return engine.hosts->standing().sent == 0; }));
  CHECK(engine.outcome(100) == "success");
  CHECK(worker.hosts->started() == 100);
}

TEST_CASE("the next engine takes up what runs and is told what ended while there was none") {
  const Directory directory;
  WorkerThread worker(directory.path());
  {
    EngineDouble first(directory.path());
    first.hosts->resumed();
    first.hosts->start(held_job(1));
    REQUIRE(become_true([&] { return worker.hosts->held() == 1; }));
  }
  worker.hosts->release();
  EngineDouble second(directory.path());
  second.hosts->resume(held_job(1));
  second.hosts->resume(job("p", 2));  // wanted, and never sent
  second.hosts->resumed();
  CHECK(become_true([&] { return second.reports() == 2; }));
  CHECK(second.outcome(1) == "success");
  CHECK(second.outcome(2) == "success");
  CHECK(worker.hosts->started() == 2);
}

TEST_CASE("a result that was never settled is told to the next engine") {
  const Directory directory;
  WorkerThread worker(directory.path());
  {
    EngineDouble first(directory.path(), {}, false);
    first.hosts->resumed();
    first.hosts->start(job("p", 1));
    REQUIRE(become_true([&] { return first.outcome(1) == "success"; }));
  }
  EngineDouble second(directory.path());
  second.hosts->resume(job("p", 1));
  second.hosts->resumed();
  CHECK(become_true([&] { return second.outcome(1) == "success"; }));
  CHECK(become_true([&] { return second.hosts->standing().sent == 0; }));
  CHECK(worker.hosts->started() == 1);
}

TEST_CASE("what the next engine does not want any more is cancelled in the worker") {
  const Directory directory;
  WorkerThread worker(directory.path());
  {
    EngineDouble first(directory.path());
    first.hosts->resumed();
    first.hosts->start(held_job(1));
    first.hosts->start(held_job(2));
    REQUIRE(become_true([&] { return worker.hosts->held() == 2; }));
  }
  EngineDouble second(directory.path());
  second.hosts->resume(held_job(2));
  second.hosts->resumed();
  CHECK(become_true([&] { return worker.hosts->held() == 1; }));
  second.hosts->cancel("p", held_job(2).key);
  CHECK(become_true([&] { return worker.hosts->held() == 0; }));
}

TEST_CASE("a second engine waits until the process of the first has ended") {
  const Directory directory;
  WorkerThread worker(directory.path());
  RawEngine first(directory, random_id(), 1);  // the process that never ends
  REQUIRE(std::holds_alternative<Welcome>(first.hear()));
  RawEngine second(directory, random_id());
  const auto answer = second.hear();
  REQUIRE(std::holds_alternative<Refused>(answer));
  CHECK(std::get<Refused>(answer).kind == RefusalKind::kHeld);
  CHECK(std::get<Refused>(answer).holder == 1);
  first.say(Goodbye{"enough"});
  CHECK(std::holds_alternative<Welcome>(second.hear()));
}

TEST_CASE("an engine two minor versions away is refused") {
  const Directory directory;
  WorkerThread worker(directory.path());
  for (const ProtocolVersion version : {ProtocolVersion{1, 2}, ProtocolVersion{2, 0}}) {
    RawEngine engine(directory, random_id(), 0, version);
    const auto answer = engine.hear();
    REQUIRE(std::holds_alternative<Refused>(answer));
    CHECK(std::get<Refused>(answer).kind == RefusalKind::kVersion);
    CHECK(std::get<Refused>(answer).protocol == kProtocol);
  }
  RawEngine newer(directory, random_id(), 0, {1, 1});
  CHECK(std::holds_alternative<Welcome>(newer.hear()));
}

TEST_CASE("what is no message is refused and ends the session") {
  const Directory directory;
  WorkerThread worker(directory.path());
  RawEngine engine(directory, random_id(), 1);
  REQUIRE(std::holds_alternative<Welcome>(engine.hear()));
  engine.channel->send("no message");
  const auto answer = engine.hear();
  REQUIRE(std::holds_alternative<Refused>(answer));
  CHECK(std::get<Refused>(answer).kind == RefusalKind::kMalformed);
  RawEngine other(directory, random_id());
  CHECK(std::holds_alternative<Welcome>(other.hear()));
}

TEST_CASE("what was said in an earlier session comes to nothing in the present one") {
  const Directory directory;
  WorkerThread worker(directory.path());
  const Uuid id = random_id();
  RawEngine earlier(directory, id);
  REQUIRE(std::holds_alternative<Welcome>(earlier.hear()));
  RawEngine present(directory, id);
  REQUIRE(std::holds_alternative<Welcome>(present.hear()));
  earlier.say(Start{held_job(1)});
  present.say(Start{held_job(2)});
  present.say(Start{held_job(2)});
  REQUIRE(become_true([&] { return worker.hosts->held() == 1; }));
  RawEngine next(directory, id);
  const auto welcome = next.hear();
  REQUIRE(std::holds_alternative<Welcome>(welcome));
  CHECK(std::get<Welcome>(welcome).jobs == std::vector<JobName>{name_of(held_job(2))});
}

TEST_CASE("a worker that is asked to end finishes what runs, takes no more, and leaves the rest") {
  const Directory directory;
  WorkerThread first(directory.path());
  EngineDouble engine(directory.path(), {}, false);
  engine.hosts->resumed();
  engine.hosts->start(held_job(1));
  REQUIRE(become_true([&] { return first.hosts->held() == 1; }));
  first.worker->drain(false);
  engine.hosts.reset();
  CHECK_FALSE(first.ended());
  first.hosts->release();
  first.join();
  first.worker.reset();  // gives the lease back

  WorkerThread next(directory.path());
  EngineDouble later(directory.path());
  later.hosts->resume(held_job(1));
  later.hosts->resumed();
  CHECK(become_true([&] { return later.outcome(1) == "success"; }));
  CHECK(next.hosts->started() == 0);
}

TEST_CASE("a worker without an engine and without work ends by itself") {
  const Directory directory;
  WorkerThread worker(directory.path(), 1);
  worker.join();
  CHECK(worker.ended());
}

TEST_CASE("one data directory has one worker") {
  const Directory directory;
  WorkerThread worker(directory.path());
  WorkerOptions options;
  options.place = {directory.path(), "socket"};
  options.files.directory = options.leases = directory.path();
  const auto second = Worker::open(std::move(options));
  REQUIRE_FALSE(second);
  CHECK(second.error().text().find("pid") != std::string::npos);
}
