// The loop: inputs, commits, replies, effects and recovery, with fake hosts and time that a test
// moves.
#include "engine/runtime/engine.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "engine/runtime/event_reader.hpp"
#include "engine/runtime/random_id.hpp"
#include "engine/store/memory_store.hpp"
#include "tests/support/declarations.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/prompt_hosts.hpp"

using namespace sluice;

namespace {

// A store whose commits can be made to fail.
class BrokenStore final : public MemoryStore {
 public:
  Result<Sequence> commit(std::span<const Append> batch) override {
    if (broken) return Error{ErrorKind::kUnavailable, "disk", "full"};
    return MemoryStore::commit(batch);
  }
  bool broken = false;
};

struct House {
  BrokenStore store;
  PromptHosts hosts;
  ManualClock clock;
  std::unique_ptr<Engine> engine;
  std::vector<StoredFact> told;

  explicit House(const PipelineDeclaration& declaration) {
    open(declaration.name);
    REQUIRE(engine->submit(declaration.name, AdoptDefinition{declaration}));
    step();
  }
  void open(const std::string& pipeline) {
    hosts.jobs.clear();
    engine = std::make_unique<Engine>(store, hosts, clock);
    engine->listen([this](std::span<const StoredFact> facts) {
      told.insert(told.end(), facts.begin(), facts.end());
    });
    REQUIRE(engine->load(pipeline, {}));
  }
  void step() { engine->step(false); }
  Uuid start(const std::string& pipeline) {
    const Uuid id = random_id();
    REQUIRE(engine->submit(pipeline, StartExecution{id, {}, {}, {}, ""}));
    step();
    return id;
  }
  void finish_all_jobs() {
    const std::vector<Job> running = std::exchange(hosts.jobs, {});
    for (const Job& job : running) engine->report(job.pipeline, ReportSuccess{job.key, {}, {}, {}});
    step();
  }
  ExecutionStatus status(const Uuid& id) const { return store.find_execution(to_text(id))->status; }
};

}  // namespace

TEST_CASE("a run goes through its stages and each stage's actions run side by side") {
  House house(grid("p", 3, 3));
  const Uuid id = house.start("p");
  for (int stage = 0; stage < 3; ++stage) {
    REQUIRE(house.hosts.jobs.size() == 3);
    CHECK(house.hosts.jobs.front().stage == "S" + std::to_string(stage + 1));
    house.finish_all_jobs();
  }
  CHECK(house.status(id) == ExecutionStatus::kSucceeded);
  CHECK(house.hosts.cancelled.empty());
}

TEST_CASE("the last finish of a stage and the first starts of the next are one commit") {
  House house(grid("p", 2, 1));
  house.start("p");
  house.told.clear();
  house.finish_all_jobs();
  REQUIRE(house.told.size() == 4);
  CHECK(std::holds_alternative<ActionSucceeded>(house.told[0].fact));
  CHECK(std::holds_alternative<StageSucceeded>(house.told[1].fact));
  CHECK(std::holds_alternative<StageStarted>(house.told[2].fact));
  CHECK(std::holds_alternative<ActionStarted>(house.told[3].fact));
}

TEST_CASE("a caller is answered after the commit, and told to try again if it fails") {
  House house(grid("p", 2, 1));
  std::vector<Reply> replies;
  const auto note = [&](const Reply& reply) { replies.push_back(reply); };
  house.store.broken = true;
  REQUIRE(house.engine->submit("p", StartExecution{random_id(), {}, {}, {}, ""}, note));
  house.step();
  REQUIRE(replies.size() == 1);
  CHECK(std::get<Rejected>(replies[0]).code == "ServiceUnavailableException");
  CHECK(house.engine->find("p")->executions.empty());
  CHECK(house.hosts.jobs.empty());

  house.store.broken = false;
  REQUIRE(house.engine->submit("p", StartExecution{random_id(), {}, {}, {}, ""}, note));
  house.step();
  REQUIRE(replies.size() == 2);
  CHECK(std::get<Accepted>(replies[1]).execution == 1);
}

TEST_CASE("a worker's report survives a commit that fails") {
  House house(grid("p", 2, 1));
  const Uuid id = house.start("p");
  house.store.broken = true;
  house.finish_all_jobs();
  CHECK(house.status(id) == ExecutionStatus::kInProgress);
  house.store.broken = false;
  house.clock.advance(1000);
  house.step();
  REQUIRE(house.hosts.jobs.size() == 1);
  CHECK(house.hosts.jobs.front().stage == "S2");
  house.finish_all_jobs();
  CHECK(house.status(id) == ExecutionStatus::kSucceeded);
}

TEST_CASE("a clock that is set back holds up no report, ends nothing early and leaves the order") {
  House house(grid("p", 2, 1));
  const Uuid first = house.start("p");
  house.store.broken = true;
  house.finish_all_jobs();
  house.store.broken = false;
  house.clock.advance(-3'600'000);
  house.step();
  REQUIRE(house.hosts.jobs.size() == 1);
  CHECK(house.hosts.jobs.front().stage == "S2");
  house.finish_all_jobs();
  CHECK(house.status(first) == ExecutionStatus::kSucceeded);

  const Uuid second = house.start("p");
  house.clock.advance(-3'600'000);
  house.step();
  CHECK(house.status(second) == ExecutionStatus::kInProgress);
  house.clock.advance(2 * 3'600'000 - 1);  // its deadline is a time of day
  house.step();
  CHECK(house.status(second) == ExecutionStatus::kInProgress);
  house.clock.advance(1);
  house.step();
  CHECK(house.status(second) == ExecutionStatus::kFailed);
  CHECK(house.hosts.cancelled.size() == 1);
  const auto rows = house.store.executions({"p", {}, {}, 10});
  REQUIRE(rows->size() == 2);
  CHECK(rows->front().id == second);
  for (std::size_t i = 1; i < house.told.size(); ++i)
    CHECK(house.told[i - 1].sequence < house.told[i].sequence);
}

TEST_CASE("a call whose report waits for the store is not started a second time") {
  House house(grid("p", 2, 2));
  house.start("p");
  const std::vector<Job> running = std::exchange(house.hosts.jobs, {});
  house.store.broken = true;
  house.engine->report("p", ReportSuccess{running[0].key, {}, {}, {}});
  house.step();
  house.store.broken = false;
  house.engine->report("p", ReportSuccess{running[1].key, {}, {}, {}});
  house.step();
  CHECK(house.hosts.jobs.empty());
  house.clock.advance(1000);
  house.step();
  CHECK(house.hosts.jobs.size() == 2);
  CHECK(house.hosts.jobs.front().stage == "S2");
}

TEST_CASE("a report is settled once, after the commit of what it changed or after its refusal") {
  House house(grid("p", 2, 1));
  house.start("p");
  const Job job = house.hosts.jobs.front();
  int settled = 0;
  std::optional<Reply> answer;
  const auto note = [&](const Reply& reply) { ++settled, answer = reply; };
  house.store.broken = true;
  house.engine->report("p", ReportSuccess{job.key, {}, {}, {}}, note);
  house.step();
  CHECK(settled == 0);
  house.store.broken = false;
  house.clock.advance(1000);
  house.step();
  CHECK(settled == 1);
  CHECK(std::holds_alternative<Accepted>(*answer));

  house.engine->report("p", ReportSuccess{job.key, {}, {}, {}}, note);
  house.step();
  CHECK(settled == 2);
  CHECK(std::get<Rejected>(*answer).code == "StaleReport");
}

TEST_CASE("what was wanted when the engine began is resumed, what it begins itself is started") {
  House house(grid("p", 2, 2));
  house.start("p");
  CHECK(house.hosts.resumed_jobs == 0);
  house.open("p");
  house.engine->stop();
  REQUIRE(house.engine->run());
  CHECK(house.hosts.jobs.size() == 2);
  CHECK(house.hosts.resumed_jobs == 2);
  CHECK(house.hosts.all_resumed);
  house.open("p");
  house.step();
  house.start("p");
  CHECK(house.hosts.jobs.size() == 2);
  house.finish_all_jobs();
  CHECK(house.hosts.jobs.size() == 4);
  CHECK(house.hosts.resumed_jobs == 4);
}

TEST_CASE("an action that is over its time fails and its worker is cancelled") {
  House house(grid("p", 2, 1));
  const Uuid id = house.start("p");
  house.clock.advance(3'600'000 - 1);
  house.step();
  CHECK(house.status(id) == ExecutionStatus::kInProgress);
  house.clock.advance(1);
  house.step();
  CHECK(house.status(id) == ExecutionStatus::kFailed);
  CHECK(house.hosts.cancelled.size() == 1);
}

TEST_CASE("after a crash the state is what the store says and lost workers are reported") {
  House house(grid("p", 2, 2));
  const Uuid id = house.start("p");
  const Pipeline before = *house.engine->find("p");
  house.open("p");
  const Pipeline& after = *house.engine->find("p");
  CHECK(after.executions == before.executions);
  house.engine->report_lost("p");
  house.step();
  CHECK(house.status(id) == ExecutionStatus::kFailed);
}

TEST_CASE("a lost attempt is not started again while its loss is being reported") {
  PipelineDeclaration declaration = grid("p", 2, 2);
  declaration.stages[0].actions[1].idempotent = true;
  House house(declaration);
  house.start("p");
  house.open("p");
  house.engine->report_lost("p");
  house.engine->resume();
  CHECK(house.hosts.jobs.empty());
  house.step();
  REQUIRE(house.hosts.jobs.size() == 1);
  CHECK(house.hosts.jobs[0].key == ActionKey{1, 0, 1, 2, 1});
}

TEST_CASE("a snapshot and the facts after it give the same state as all facts") {
  House house(grid("p", 2, 1));
  EngineOptions options;
  options.facts_per_snapshot = 5;
  house.engine = std::make_unique<Engine>(house.store, house.hosts, house.clock, options);
  REQUIRE(house.engine->load("p", {}));
  for (int i = 0; i < 3; ++i) {
    house.start("p");
    house.finish_all_jobs();
    house.finish_all_jobs();
  }
  const Uuid running = house.start("p");
  REQUIRE(house.store.snapshot("p")->has_value());
  const Pipeline before = *house.engine->find("p");
  house.open("p");
  CHECK(house.engine->find("p")->executions == before.executions);
  CHECK(house.engine->find("p")->last_number == 4);
  CHECK(house.status(running) == ExecutionStatus::kInProgress);
}

TEST_CASE(
    "an engine that has all pipelines saves those that little happens to, and the next one goes "
    "on") {
  House house(grid("busy", 2, 1));
  const Uuid quiet = random_id();
  EngineOptions options;
  options.facts_to_recover = 100;
  const auto open = [&] {
    house.engine = std::make_unique<Engine>(house.store, house.hosts, house.clock, options);
    REQUIRE(house.engine->load_all());
  };
  open();
  REQUIRE(house.engine->create("quiet", {AdoptDefinition{grid("quiet", 2, 1)}}, {}));
  REQUIRE(house.engine->submit("quiet", StartExecution{quiet, {}, {}, {}, ""}));
  house.step();
  house.hosts.jobs.clear();
  CHECK_FALSE(house.store.snapshot("quiet")->has_value());
  for (int i = 0; i < 50; ++i) {
    house.start("busy");
    house.finish_all_jobs();
    house.finish_all_jobs();
  }
  REQUIRE(house.store.snapshot("quiet")->has_value());
  const Sequence saved = *house.store.cursor(kSavedCursor);
  CHECK(saved > 0);
  CHECK(*house.store.last_sequence() - saved <= 100 + 20);
  const Pipeline before = *house.engine->find("busy");
  open();
  CHECK(house.engine->find("busy")->last_number == 50);
  CHECK(house.engine->find("busy")->finished == before.finished);
  CHECK(house.engine->find("quiet")->executions.at(1).id == quiet);
  house.hosts.jobs.clear();
  house.engine->resume();
  REQUIRE(house.hosts.jobs.size() == 1);
  CHECK(house.hosts.jobs[0].pipeline == "quiet");
}

TEST_CASE("the row of an execution that waited is changed like that of any other") {
  House house(grid("p", 3, 1));
  const Uuid id = house.start("p");
  house.finish_all_jobs();
  REQUIRE(house.hosts.jobs.size() == 1);
  const ActionKey key = house.hosts.jobs[0].key;
  house.hosts.jobs.clear();
  house.engine->report("p", ReportContinue{key, "token", -1, {}});
  house.step();
  REQUIRE(house.engine->submit("p", SignalAction{key, "{}"}));
  house.step();
  house.finish_all_jobs();
  house.finish_all_jobs();
  const ExecutionRow row = *house.store.execution("p", 1);
  CHECK(row.id == id);
  CHECK(row.status == ExecutionStatus::kSucceeded);
  CHECK(row.details.succeeded_stages == std::vector<Index>{0, 1, 2});
}

TEST_CASE("a removed pipeline leaves no snapshot to the next one of its name") {
  House house(grid("p", 2, 1));
  EngineOptions options;
  options.facts_per_snapshot = 1;
  house.engine = std::make_unique<Engine>(house.store, house.hosts, house.clock, options);
  REQUIRE(house.engine->load("p", {}));
  house.start("p");
  REQUIRE(house.engine->submit("p", RemovePipeline{}));
  house.step();
  CHECK_FALSE(house.store.snapshot("p")->has_value());
  REQUIRE(house.engine->create("p", {AdoptDefinition{grid("p", 2, 1)}}, {}));
  house.step();
  const Uuid id = house.start("p");
  house.open("p");
  CHECK(house.engine->find("p")->executions.begin()->second.id == id);
}

TEST_CASE("an inbox that is full says so and takes nothing") {
  BrokenStore store;
  PromptHosts hosts;
  ManualClock clock;
  EngineOptions options;
  options.inbox_limit = 2;
  Engine engine(store, hosts, clock, options);
  CHECK(engine.submit("p", AdoptDefinition{}));
  CHECK(engine.submit("p", AdoptDefinition{}));
  CHECK_FALSE(engine.submit("p", AdoptDefinition{}));
}

TEST_CASE("an input for a pipeline that is not loaded is refused by name") {
  House house(grid("p", 2, 1));
  std::optional<Reply> answer;
  REQUIRE(house.engine->submit("q", StopExecution{}, [&](const Reply& reply) { answer = reply; }));
  house.step();
  REQUIRE(answer);
  CHECK(std::get<Rejected>(*answer).code == "PipelineNotFoundException");
}

TEST_CASE("events of a clean run come in the order of the fact sheet and name everything") {
  House house(grid("p", 2, 1));
  house.start("p");
  house.finish_all_jobs();
  house.finish_all_jobs();
  EventReader reader(house.store, {});
  Sequence upto = 0;
  const auto events = reader.read(0, 1000, upto);
  REQUIRE(events);
  std::vector<std::string> topics;
  std::set<std::string> ids;
  for (const Event& event : *events) {
    topics.push_back(event.topic);
    ids.insert(event.id);
  }
  CHECK(topics == std::vector<std::string>{
                      "sluice.definition.ADOPTED.p", "codepipeline.pipeline.STARTED.p",
                      "codepipeline.stage.STARTED.p.S1", "codepipeline.action.STARTED.p.S1.A1",
                      "codepipeline.action.SUCCEEDED.p.S1.A1", "codepipeline.stage.SUCCEEDED.p.S1",
                      "codepipeline.stage.STARTED.p.S2", "codepipeline.action.STARTED.p.S2.A1",
                      "codepipeline.action.SUCCEEDED.p.S2.A1", "codepipeline.stage.SUCCEEDED.p.S2",
                      "codepipeline.pipeline.SUCCEEDED.p"});
  CHECK(ids.size() == events->size());
  CHECK(upto == *house.store.last_sequence());
}

TEST_CASE(
    "after a retry all later events of its stage say when it was, and those of others do not") {
  House house(grid("p", 2, 1));
  const Uuid id = house.start("p");
  const Job failing = house.hosts.jobs.front();
  house.hosts.jobs.clear();
  house.engine->report("p", ReportFailure{failing.key, {}, {FailureKind::kPermanent, "X", "no"}});
  house.step();
  house.clock.advance(1000);
  REQUIRE(house.engine->submit("p", RetryStage{id, "S1", RetryMode::kFailedActions, ""}));
  house.step();
  house.clock.advance(1000);
  house.finish_all_jobs();
  house.finish_all_jobs();
  EventReader reader(house.store, {});
  Sequence upto = 0;
  const auto events = reader.read(0, 1000, upto);
  REQUIRE(events);
  std::string retried;
  std::vector<std::string> with;
  for (const Event& event : *events) {
    const auto at = event.detail.find("\"stage-last-retry-attempt-time\":");
    if (at == std::string::npos) continue;
    with.push_back(event.topic);
    const std::string time = event.detail.substr(at, 60);
    CHECK((retried.empty() || retried == time));
    retried = time;
  }
  CHECK(with == std::vector<std::string>{"codepipeline.stage.RESUMED.p.S1",
                                         "codepipeline.stage.SUCCEEDED.p.S1"});
  // A reader that begins in between says the same.
  EventReader late(house.store, {});
  const auto before = events->end() - 6;
  const auto rest = late.read(before->sequence - 1, 1000, upto);
  REQUIRE(rest);
  CHECK(std::equal(rest->begin(), rest->end(), before, events->end(),
                   [](const Event& a, const Event& b) { return a.detail == b.detail; }));
}

TEST_CASE("a pipeline that is made is made whole or not at all") {
  House house(grid("q", 2, 1));
  std::optional<Reply> answer;
  const auto create = [&](StartExecution first) {
    REQUIRE(house.engine->create("p", {AdoptDefinition{grid("p", 2, 1)}, std::move(first)},
                                 [&](const Reply& reply) { answer = reply; }));
    house.step();
  };
  create(StartExecution{});  // an execution without an id
  CHECK(std::get<Rejected>(*answer).code == "ValidationException");
  CHECK(house.engine->find("p") == nullptr);
  CHECK_FALSE(house.store.adoption("p", 0));
  create(StartExecution{random_id(), {}, {}, {}, ""});
  CHECK(std::holds_alternative<Accepted>(*answer));
  CHECK(house.store.adoption("p", 0)->declaration->version == 1);
}
