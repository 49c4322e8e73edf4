// The pool with plugins that keep the rules.
#include "engine/hosts/host_pool.hpp"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/hosts/fake_hosts.hpp"
#include "tests/abi/pool_fixture.hpp"

namespace {
using namespace sluice;
using namespace sluice::testing;

TEST_CASE("a run is told everything that the job says") {
  PoolFixture pool;
  Job job = pool.job("tell");
  job.configuration = {{"a", "1"}, {"z", "26"}};
  job.commands = {"make"};
  job.output_variables = {"VERSION"};
  job.environment = {{"NAME", "value", false}};
  job.outputs = {{"out", {"*.o", "*.a"}}};
  job.source_revision = "abc";
  job.continuation = "";
  const Answer answer = pool.run(job);
  REQUIRE(answer.succeeded());
  CHECK(answer.variable("pipeline") == "webshop");
  CHECK(answer.variable("stage") == "Stage");
  CHECK(answer.variable("action") == "Action");
  CHECK(answer.variable("execution") == "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee");
  CHECK(answer.variable("revision") == "abc");
  CHECK(answer.variable("base") == pool.root().string());
  // b is the schema's default.
  CHECK(answer.variable("texts") == "a=1;z=26;b=7;make;VERSION;NAME=value;out:*.o;out:*.a;");
}

TEST_CASE("the job as JSON has the shape of the cloud's job") {
  PoolFixture pool;
  pool.artifacts["d1"] = {{"f", "x"}};
  Job job = pool.job("tell");
  job.configuration = {{"key", "a \"quoted\"\nvalue"}};
  job.inputs = {{"src", "d1", "r1", "", ""}};
  job.outputs = {{"out", {}}};
  job.has_continuation = true;
  job.continuation = "token";
  const Answer answer = pool.run(job);
  REQUIRE(answer.succeeded());
  auto json = nlohmann::json::parse(answer.variable("job"));
  auto& data = json["data"];
  for (auto* const list : {&data["inputArtifacts"], &data["outputArtifacts"]})
    for (auto& artifact : *list) {
      CHECK(artifact["location"]["path"].get<std::string>().starts_with(pool.root().string()));
      artifact["location"].erase("path");
    }
  CHECK(json == nlohmann::json::parse(R"json({
    "id": "11112222-3333-4444-8555-666677778888", "accountId": "000000000000",
    "data": {
      "actionTypeId": {"category": "Invoke", "owner": "Custom", "provider": "tell", "version": "1"},
      "actionConfiguration": {"configuration": {"key": "a \"quoted\"\nvalue", "b": "7"}},
      "pipelineContext": {"pipelineName": "webshop",
        "pipelineExecutionId": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "pipelineArn": "arn:aws:codepipeline:local:000000000000:webshop",
        "stage": {"name": "Stage"},
        "action": {"name": "Action", "actionExecutionId": "11112222-3333-4444-8555-666677778888"}},
      "inputArtifacts": [{"name": "src", "location": {"type": "directory"}, "revision": "r1"}],
      "outputArtifacts": [{"name": "out", "location": {"type": "directory"}}],
      "continuationToken": "token"}})json"));
}

TEST_CASE("artifacts go in and out, with what the run says of them") {
  PoolFixture pool;
  pool.artifacts["d1"] = {{"a", "1"}, {"sub/b", "2"}};
  pool.artifacts["d2"] = {{"c", "3"}};
  Job job = pool.job("merge", Category::kBuild);
  job.inputs = {{"one", "d1", "", "", ""}, {"two", "d2", "", "", ""}};
  job.outputs = {{"out", {}}};
  const Answer answer = pool.run(job);
  REQUIRE(answer.succeeded());
  const auto& report = std::get<ReportSuccess>(answer.report);
  REQUIRE(report.outputs.size() == 1);
  CHECK(report.outputs[0] == ArtifactRef{"out", "digest-of-out", "r-out", "merged", "file:///r"});
  CHECK(pool.artifacts["digest-of-out"] ==
        std::map<std::string, std::string>{{"a", "1"}, {"sub/b", "2"}, {"c", "3"}});
  CHECK(report.account.external_id == "ext-1");
  CHECK(report.account.summary == "merged all");
  CHECK(nlohmann::json::parse(report.account.details) ==
        nlohmann::json{{"phases", {"MERGE:SUCCEEDED"}}});
}

TEST_CASE("an output that the run left empty is an empty artifact") {
  PoolFixture pool;
  Job job = pool.job("nothing");
  job.outputs = {{"out", {}}};
  CHECK(pool.run(job).succeeded());
  CHECK(pool.artifacts.at("digest-of-out").empty());
}

TEST_CASE("artifacts that cannot be read or stored are transient failures that name them") {
  PoolFixture pool;
  Job job = pool.job("nothing");
  job.inputs = {{"src", "unknown", "", "", ""}};
  CHECK(pool.run(job).failure().kind == FailureKind::kTransient);
  job = pool.job("nothing");
  job.outputs = {{"unstorable", {}}};
  const Answer answer = pool.run(job);
  CHECK(answer.failure().kind == FailureKind::kTransient);
  CHECK_THAT(answer.failure().message, Catch::Contains("unstorable: the disk is full"));
}

TEST_CASE("the state directory is one for all runs of a type, and outlives the pool") {
  PoolFixture pool;
  CHECK(pool.run(pool.job("tell")).variable("calls") == "1");
  const Answer second = pool.run(pool.job("tell"));
  CHECK(second.variable("calls") == "2");
  CHECK(second.variable("state") == (pool.root() / "state/invoke-tell@1").string());
  pool.close();
  CHECK(std::filesystem::exists(pool.root() / "state/invoke-tell@1/calls"));
}

TEST_CASE("secrets are masked in the log, in progress and in failure messages") {
  PoolFixture pool;
  Job job = pool.job("say");
  job.configuration = {{"text", "s3cret-word"}, {"fail", "true"}, {"stay", "true"}};
  job.secret_keys = {"text"};
  const Answer answer = pool.run(job);
  CHECK(answer.log == "***\n***\nwarning: ***\n");
  CHECK(answer.failure() == Failure{FailureKind::kTransient, "Mute", "could not say ***"});
  REQUIRE(answer.progress.size() == 1);
  CHECK(answer.progress[0].percent == 40);
  CHECK(answer.progress[0].account.summary == "nearly ***");
  CHECK(answer.log_ends == 1);
}

TEST_CASE("a secret that a run has fetched by itself is hidden from the next line of its log on") {
  PoolFixture pool;
  Job job = pool.job("leak");
  job.configuration = {{"secret", "12345"}, {"child", "true"}, {"stay", "true"}, {"early", "true"}};
  const Answer answer = pool.run(job);
  CHECK(answer.log == "******\nchild ***\nlog ***\n");
  for (const auto& progress : answer.progress) {
    CHECK_THAT(progress.account.summary, Catch::EndsWith(" ***"));
    CHECK(progress.account.external_url == "https://example.invalid/?token=***");
  }
  CHECK(answer.variable("leaked") == "<***>");
  const auto& account = std::get<ReportSuccess>(answer.report).account;
  CHECK(account.summary == "summary ***");
  CHECK(account.external_url == "https://example.invalid/?token=***");
  CHECK(account.details == R"({"answer":{"***":["a ***",12345]}})");
}

TEST_CASE("a secret is hidden in time, however short the run is") {
  PoolFixture pool;
  std::vector<Job> jobs;
  for (int i = 0; i < 400; ++i) {
    jobs.push_back(pool.job("leak"));
    jobs.back().configuration = {{"secret", "word\nof " + std::to_string(1000 + i)},
                                 {"fail", "true"}};
    pool.start(jobs.back());
  }
  for (const Job& job : jobs) {
    const Answer answer = pool.wait(job);
    REQUIRE(answer.log == "***\n***\nlog ***\n***\n");
    REQUIRE(answer.failure().message == "failed with ***\n***");
  }
}

TEST_CASE("a run may hide so much and no more, and is told") {
  PoolFixture pool;
  const Answer answer = pool.run(pool.job("many-secrets"));
  CHECK(answer.variable("count") == "2000");
  CHECK(answer.log ==
        "error: a secret is not hidden: a run may hide 256 KiB in 2,000 lines\n***\n");
}

TEST_CASE("what one run hides is nothing to the next") {
  PoolFixture pool([](auto& options) { options.max_hosts = 1; });
  Job first = pool.job("leak"), second = pool.job("say");
  first.configuration = {{"secret", "12345"}};
  second.configuration = {{"text", "12345"}};
  CHECK(pool.run(first).succeeded());
  CHECK(pool.run(second).log == "12345\n12345\nwarning: 12345\n");
}

TEST_CASE(
    "hosts that are started ahead take the first jobs, and those that cannot be are no loss") {
  PoolFixture pool([](HostPoolOptions& options) {
    for (const char* provider : {"unknown", "nothing", "tell"})
      options.start_ahead.push_back({Category::kInvoke, "Custom", provider, "1"});
  });
  CHECK(pool.run(pool.job("nothing")).succeeded());
  CHECK(pool.run(pool.job("tell")).variable("calls") == "1");
}

TEST_CASE("an action that continues is called again with its token and the signal") {
  PoolFixture pool;
  const Answer first = pool.run(pool.job("in-turns"));
  const auto& report = std::get<ReportContinue>(first.report);
  CHECK(report.token == "second");
  CHECK(report.delay_ms == 10);
  Job job = pool.job("in-turns");
  job.has_continuation = true;
  job.continuation = "third";
  job.signal = R"({"approved": true})";
  CHECK(pool.run(job).variable("signal") == R"({"approved": true})");
}

TEST_CASE("a cancelled run is asked to end, and no report follows") {
  PoolFixture pool;
  const Job job = pool.job("patient");
  pool.start(job);
  pool.wait_for_log(job, "waiting\n");
  pool.cancel(job);
  pool.close();
  CHECK_FALSE(pool.has_report(job));
  CHECK(std::filesystem::exists(pool.root() / "state/invoke-patient@1/cancelled"));
  CHECK(leftover_processes().empty());
}

TEST_CASE("a run whose time is over is asked to end, and has timed out even if it ends well") {
  PoolFixture pool;
  Job job = pool.job("patient");
  job.deadline = PoolFixture::in_ms(100);
  const Answer answer = pool.run(job);
  CHECK(answer.failure().kind == FailureKind::kTimedOut);
  CHECK_THAT(answer.failure().message,
             Catch::Contains("took longer; it ended when it was asked to"));
  job = pool.job("patient");
  job.deadline = PoolFixture::in_ms(-1000);
  CHECK(pool.run(job).failure().kind == FailureKind::kTimedOut);
}

TEST_CASE("an action type that no plugin offers is the workflow file's mistake") {
  PoolFixture pool;
  const Answer answer = pool.run(pool.job("no-such"));
  CHECK(answer.failure().kind == FailureKind::kConfiguration);
  CHECK_THAT(answer.failure().message, Catch::Contains("Invoke/Custom/no-such@1"));
}

TEST_CASE("a host is warm for the next run, and replaced after its number of runs") {
  PoolFixture pool([](auto& options) { options.runs_per_host = 3; });
  std::vector<std::string> pids;
  for (int i = 0; i < 7; ++i) {
    Job job = pool.job("sleep");
    job.configuration = {{"ms", "0"}};
    pids.push_back(pool.run(job).variable("pid"));
  }
  CHECK(pids[0] == pids[2]);
  CHECK(pids[2] != pids[3]);
  CHECK(pids[3] == pids[5]);
  CHECK(pids[5] != pids[6]);
}

TEST_CASE("long runs of one plugin go on at once, up to the number of hosts") {
  PoolFixture pool([](auto& options) { options.max_hosts = 4; });
  std::vector<Job> jobs;
  for (int i = 0; i < 8; ++i) {
    jobs.push_back(pool.job("sleep"));
    jobs.back().configuration = {{"ms", "30"}};
  }
  for (const auto& job : jobs) pool.start(job);
  std::set<std::string> pids;
  for (const auto& job : jobs) pids.insert(pool.wait(job).variable("pid"));
  CHECK(pids.size() <= 4);
  CHECK(pids.size() >= 2);
}

TEST_CASE("a job that finds every host busy says so, and says when it has begun") {
  PoolFixture pool([](HostPoolOptions& options) {
    options.max_hosts = 1;
    options.tell_waiting_ms = 20;
  });
  Job first = pool.job("sleep"), second = pool.job("sleep");
  first.configuration = second.configuration = {{"ms", "400"}};
  pool.start(first);
  pool.start(second);
  const Answer answer = pool.wait(second);
  REQUIRE(answer.progress.size() >= 2);
  CHECK(answer.progress[0].account.summary ==
        "waits for a host process: 1 of 1 are there, and busy");
  CHECK(answer.progress[1].account.summary.find("began after") == 0);
  CHECK(pool.wait(first).progress.empty());
}

TEST_CASE("thousands of short runs are all answered, once and each in its own log") {
  PoolFixture pool;
  std::vector<Job> jobs;
  for (int i = 0; i < 3000; ++i) {
    jobs.push_back(pool.job("say"));
    jobs.back().configuration = {{"text", "line " + std::to_string(i)}};
  }
  for (const auto& job : jobs) pool.start(job);
  for (int i = 0; i < 3000; ++i) {
    const Answer answer = pool.wait(jobs[static_cast<std::size_t>(i)]);
    const std::string line = "line " + std::to_string(i) + '\n';
    REQUIRE(answer.succeeded());
    REQUIRE(answer.log == line + line + "warning: " + line);
    REQUIRE(answer.log_ends == 1);
  }
}

TEST_CASE("a job that was queued behind a run that turns out long is taken back") {
  PoolFixture pool([](auto& options) { options.max_hosts = 16; });
  // Make the plugin known as quick.
  for (int i = 0; i < 20; ++i) CHECK(pool.run(pool.job("nothing")).succeeded());
  std::vector<Job> patient, quick;
  for (int i = 0; i < 3; ++i) patient.push_back(pool.job("patient"));
  for (int i = 0; i < 20; ++i) quick.push_back(pool.job("nothing"));
  for (const auto& job : patient) pool.start(job);
  for (const auto& job : quick) pool.start(job);
  for (const auto& job : patient) pool.cancel(job);
  for (const auto& job : quick) CHECK(pool.wait(job).succeeded());
  for (const auto& job : patient) CHECK_FALSE(pool.has_report(job));
}

TEST_CASE("when the engine's process dies, its hosts and their children die") {
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    PoolFixture pool;
    setenv("SLUICE_TEST_PROGRAM", std::to_string(getppid()).c_str(), 1);
    const Job job = pool.job("patient");
    pool.start(job);
    pool.wait_for_log(job, "waiting\n");
    (void)!write(ready[1], "x", 1);
    for (;;) pause();
  }
  char byte;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  kill(child, SIGKILL);
  CHECK(become_true([] { return leftover_processes().empty(); }));
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("directories of pools that are gone are removed by the next one") {
  PoolFixture pool;
  const auto stale = pool.root() / "work/999999-abcdef";
  std::filesystem::create_directories(stale / "h1/run");
  std::ofstream(stale / "lock") << "";
  PoolFixture next([&](auto& options) { options.work_directory = pool.root() / "work"; });
  CHECK(next.run(next.job("nothing")).succeeded());
  next.close();
  CHECK_FALSE(std::filesystem::exists(stale));
  CHECK(pool.run(pool.job("nothing")).succeeded());
}

TEST_CASE("fake hosts answer by script, or when they are told to") {
  std::vector<Input> reports;
  FakeHosts hosts([&](const std::string&, Input report) { reports.push_back(std::move(report)); });
  Job job;
  job.pipeline = "p";
  job.key = {3, 0, 0, 1, 1};
  job.action = "Compile";
  job.outputs = {{"out", {}}};
  hosts.start(job);
  REQUIRE(reports.size() == 1);
  CHECK(std::get<ReportSuccess>(reports[0]).key == job.key);
  CHECK(std::get<ReportSuccess>(reports[0]).outputs[0].name == "out");
  hosts.script("Compile", [](const Job&) {
    return ReportFailure{{}, {}, {FailureKind::kPermanent, "JobFailed", "no"}};
  });
  hosts.start(job);
  CHECK(std::get<ReportFailure>(reports[1]).failure.message == "no");
  CHECK(std::get<ReportFailure>(reports[1]).key == job.key);
  hosts.hold("Compile");
  hosts.start(job);
  CHECK(reports.size() == 2);
  CHECK(hosts.running().size() == 1);
  CHECK(hosts.finish("Compile", ReportContinue{{}, "token", 5, {}}));
  CHECK(std::get<ReportContinue>(reports[2]).key == job.key);
  hosts.start(job);
  hosts.cancel("p", job.key);
  CHECK(hosts.running().empty());
  CHECK_FALSE(hosts.finish("Compile", ReportSuccess{}));
}

}  // namespace
