#include "tests/retention/retention_house.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/core/artifacts_in_use.hpp"
#include "engine/core/core.hpp"
#include "engine/runtime/event_reader.hpp"
#include "tests/core/world.hpp"
#include "tests/support/declarations.hpp"

namespace sluice::test {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const std::vector<ActionTypeDescription> kNoTypes;

// Each action of a stage takes what the first one of the stage before has left.
PipelineDeclaration declaration(ExecutionMode mode) {
  PipelineDeclaration pipeline = grid("p", 3, 2);
  pipeline.mode = mode;
  for (std::size_t s = 0; s < pipeline.stages.size(); ++s) {
    for (ActionDeclaration& action : pipeline.stages[s].actions) {
      action.timeout_ms = 2000 * kDayMs;
      const std::string own = pipeline.stages[s].name + action.name;
      action.output_artifacts.push_back({own, {}});
      if (s > 0) action.input_artifacts.push_back(pipeline.stages[s - 1].name + "A1");
    }
  }
  return pipeline;
}

}  // namespace

RetentionHouse::RetentionHouse(ExecutionMode mode)
    : logs(scratch.path() / "logs"),
      artifact_store(scratch.path() / "artifacts"),
      declaration_(declaration(mode)) {
  fs::create_directory(scratch.path() / "artifacts");
  fs::create_directory(scratch.path() / "logs");
  store = open_sqlite_store(scratch.path() / "sluice.db").value();
  collectors = open_sqlite_store(scratch.path() / "sluice.db").value();
  open_engine();
  adopt();
}

RetentionHouse::~RetentionHouse() {
  operations.reset();
}

void RetentionHouse::open_engine() {
  engine = std::make_unique<Engine>(*store, hosts, clock);
  REQUIRE(engine->load_all());
  engine->resume();
  operations = std::make_unique<api::Operations>(api::Parts{*engine,
                                                            *store,
                                                            clock,
                                                            logs,
                                                            kNoTypes,
                                                            {},
                                                            "/srv",
                                                            "/data",
                                                            "0",
                                                            clock.now(),
                                                            {},
                                                            &artifact_store,
                                                            {}});
}

void RetentionHouse::settle() {
  for (int i = 0; i < 4; ++i) engine->step(false);
}

void RetentionHouse::adopt() {
  if (engine->find("p") == nullptr)
    REQUIRE(engine->create("p", {AdoptDefinition{declaration_}}, {}));
  else
    REQUIRE(engine->submit("p", AdoptDefinition{declaration_}));
  settle();
}

Uuid RetentionHouse::start() {
  const Uuid id{0xabc0'0000'0000'0000 + ++started_, started_ << 32};
  REQUIRE(engine->submit("p", StartExecution{id, {}, {}, {}, ""}));
  settle();
  return id;
}

// An artifact file by the name of its digest, packed now.
std::string RetentionHouse::pack() {
  char digest[65];
  ++packed_;
  std::snprintf(digest, sizeof digest, "%02x%062llx", static_cast<unsigned>(packed_ % 256),
                static_cast<unsigned long long>(packed_));
  const fs::path path = artifact_store.path(digest);
  fs::create_directories(path.parent_path());
  std::ofstream(path) << std::string(artifact_bytes, 'x');
  const std::int64_t now_ms = clock.now().ms;
  const timespec times[2] = {{now_ms / 1000, now_ms % 1000 * 1'000'000},
                             {now_ms / 1000, now_ms % 1000 * 1'000'000}};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
  return digest;
}

void RetentionHouse::check_inputs(const Job& job) {
  for (const ArtifactRef& input : job.inputs) {
    INFO(job.execution_id << " " << job.stage << "." << job.action << " needs " << input.name);
    REQUIRE(has_artifact(input.digest));
  }
}

bool RetentionHouse::finish_one(bool well, std::size_t which) {
  if (hosts.jobs.empty()) return false;
  const auto at = hosts.jobs.begin() + static_cast<std::ptrdiff_t>(which % hosts.jobs.size());
  const Job job = *at;
  hosts.jobs.erase(at);
  check_inputs(job);
  const fs::path log = logs.path(
      {job.pipeline, parse_uuid(job.execution_id), job.stage, job.action, job.key.attempt});
  fs::create_directories(log.parent_path());
  std::ofstream(log) << std::string(50, 'l');
  const std::int64_t now_ms = clock.now().ms;
  const timespec times[2] = {{now_ms / 1000, 0}, {now_ms / 1000, 0}};
  ::utimensat(AT_FDCWD, log.c_str(), times, 0);
  if (well)
    engine->report(
        "p", ReportSuccess{
                 job.key, {}, {}, {ArtifactRef{job.outputs.front().name, pack(), "", "", ""}}});
  else
    engine->report("p", ReportFailure{job.key, {}, {FailureKind::kPermanent, "Bad", "bad"}});
  settle();
  return true;
}

void RetentionHouse::finish_all() {
  while (finish_one(true)) {
  }
}

std::string RetentionHouse::call(const std::string& operation, const std::string& body) {
  std::optional<api::Response> response;
  operations->call({std::string(api::kCodePipeline) + "." + operation, body, {"arn:ann", 1, 1}},
                   [&](api::Response got) { response = std::move(got); });
  settle();
  REQUIRE(response);
  REQUIRE(response->status <= 400);
  return response->error_type;
}

std::string RetentionHouse::retry(Uuid execution, const std::string& stage) {
  return call("RetryStageExecution", json{{"pipelineName", "p"},
                                          {"stageName", stage},
                                          {"pipelineExecutionId", to_text(execution)},
                                          {"retryMode", "FAILED_ACTIONS"}}
                                         .dump());
}

std::string RetentionHouse::roll_back(Uuid target, const std::string& stage) {
  return call("RollbackStage", json{{"pipelineName", "p"},
                                    {"stageName", stage},
                                    {"targetPipelineExecutionId", to_text(target)}}
                                   .dump());
}

void RetentionHouse::remove_pipeline() {
  REQUIRE(engine->submit("p", RemovePipeline{"ann"}));
  settle();
  hosts.jobs.clear();
}

retention::Report RetentionHouse::collect(const retention::Rules& rules, bool dry_run,
                                          std::optional<unsigned> steps) {
  const retention::Surroundings with{
      *collectors,
      scratch.path() / "artifacts",
      scratch.path() / "logs",
      clock,
      [this](const std::string& pipeline, bool save) {
        std::optional<retention::InUse> use;
        const Question question = [&](const Pipeline* state) {
          use = state != nullptr ? retention::in_use(*state) : retention::InUse{};
        };
        REQUIRE((save ? engine->ask_saved(pipeline, question) : engine->ask(pipeline, question)));
        settle();
        return use;
      },
      [this] { return read_upto; },
      [&steps] { return !steps || (*steps)-- != 0; }};
  return retention::Collection(with, rules, dry_run).run();
}

void RetentionHouse::reopen() {
  const Pipeline* live = engine->find("p");
  const std::optional<Pipeline> before = live != nullptr ? std::optional(*live) : std::nullopt;
  hosts.jobs.clear();
  operations.reset();
  engine.reset();
  open_engine();
  REQUIRE((engine->find("p") != nullptr) == before.has_value());
  if (before) REQUIRE(same(*before, state()));
}

std::vector<ExecutionRow> RetentionHouse::rows() const {
  return store->executions({"p", {}, {}, 10'000, 0}).value();
}

std::vector<ExecutionNumber> RetentionHouse::numbers() const {
  std::vector<ExecutionNumber> numbers;
  for (const ExecutionRow& row : rows()) numbers.push_back(row.number);
  return numbers;
}

bool RetentionHouse::has_artifact(const std::string& digest) const {
  return artifact_store.exists(digest);
}

bool RetentionHouse::has_log(Uuid execution) const {
  return fs::exists(scratch.path() / "logs/p" / to_text(execution));
}

std::size_t RetentionHouse::artifacts() const {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(scratch.path() / "artifacts"))
    if (entry.is_regular_file()) ++count;
  return count;
}

// Live state has its rows and artifacts; every row has whole facts, which give events; the sequence
// is whole but for what was removed; recovery gives the same state.
void RetentionHouse::check() {
  if (const Pipeline* live = engine->find("p")) {
    artifacts_in_use(*live, [&](const std::string& digest) { REQUIRE(has_artifact(digest)); });
    for (const auto* executions : {&live->executions, &live->finished})
      for (const auto& [number, e] : *executions) REQUIRE(store->execution("p", number));
  }
  for (const ExecutionRow& row : rows()) {
    const auto facts = store->execution_facts("p", row.number);
    REQUIRE(facts);
    REQUIRE(!facts->empty());
    REQUIRE(std::holds_alternative<ExecutionStarted>(facts->front().fact));
    REQUIRE(store->declaration("p", row.version));
  }
  const auto facts = store->facts_after(0, 1'000'000);
  REQUIRE(facts);
  const Sequence last = *store->last_sequence();
  REQUIRE(facts->size() + *store->removed_between(0, last) == last);
  EventReader reader(*store, {});
  Sequence upto = 0;
  REQUIRE(reader.read(0, 1'000'000, upto));
  REQUIRE(upto == last);
}

}  // namespace sluice::test
