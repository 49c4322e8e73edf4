#include "plugins/invoke/exec.hpp"

#include <catch2/catch.hpp>

#include "plugins/invoke/environment.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::invoke {
namespace {

using testing::FakeHost;
using testing::read_file;
using testing::write_file;

// Runs a shell script as the action's executable, from its input artifact "app".
struct Fixture {
  FakeHost host;
  std::filesystem::path app = host.input("app");

  sluice_outcome run(const std::string& script, const std::string& arguments = "") {
    write_file(app / "verify", "#!/bin/sh\n" + script, true);
    host.configure("command", "verify " + arguments);
    host.outputs.clear();
    host.failure.reset();
    host.continuation.reset();
    return host.run<exec>();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the executable reads the job and its variables come back") {
  host.set_text(SLUICE_TEXT_JOB, R"({"CodePipeline.job":{"id":"7"}})");
  REQUIRE(run("cat >job; echo checking; echo '{\"url\": \"http://x\", \"checks\": 12}'") ==
          SLUICE_SUCCEEDED);
  CHECK(read_file(app / "job") == R"({"CodePipeline.job":{"id":"7"}})");
  CHECK(host.outputs == std::map<std::string, std::string>{{"url", "http://x"}, {"checks", "12"}});
  CHECK(host.log().find("checking") != std::string::npos);
  CHECK(host.log().find("http://x") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "output that is no JSON is log, and so is stderr") {
  REQUIRE(run("echo one; echo two >&2") == SLUICE_SUCCEEDED);
  CHECK(host.outputs.empty());
  CHECK(host.log().find("one") != std::string::npos);
  CHECK(host.log().find("two") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "arguments, user parameters and environments arrive") {
  host.configure("userParameters", "p q");
  host.configure("environment", R"({"A": "setting", "B": "b"})");
  host.set_environment("A", "variable");
  host.set_environment("C", "c");
  const auto out = host.output("my-out");
  REQUIRE(run("printf '%s|' \"$@\" \"$SLUICE_USER_PARAMETERS\" $A $B $C $SLUICE_PIPELINE \"$PWD\" "
              "\"$SLUICE_INPUT_app\" \"$SLUICE_OUTPUT_my_out\" >\"$SLUICE_OUTPUT_my_out/seen\"",
              "1 '2 3'") == SLUICE_SUCCEEDED);
  CHECK(read_file(out / "seen") == "1|2 3|p q|setting|b|c|webshop|" + app.string() + "|" +
                                       app.string() + "|" + out.string() + "|");
}

TEST_CASE_METHOD(Fixture, "a failure says why: exit status, signal, or the program's own words") {
  struct Row {
    std::string script, code, message;
    sluice_failure_kind kind = SLUICE_FAILURE_PERMANENT;
  };
  const Row rows[] = {
      {"exit 3", "JobFailed", "verify exited with status 3"},
      {"echo no answer >&2; exit 1", "JobFailed", "verify exited with status 1: no answer"},
      {"kill -9 $$", "JobFailed", "verify was killed by signal 9 (Killed)"},
      {"echo '{\"failure\":{\"type\":\"SystemUnavailable\",\"message\":\"busy\"}}'",
       "SystemUnavailable", "busy", SLUICE_FAILURE_TRANSIENT},
      {"echo '{\"failure\":{\"type\":\"ConfigurationError\",\"message\":\"bad url\"}}'; exit 1",
       "ConfigurationError", "bad url", SLUICE_FAILURE_CONFIGURATION},
      {"echo '{\"failure\":{}}'", "JobFailed", "the command reported a failure"},
      {"echo '{\"outputVariables\":1}'", "JobFailed",
       "the JSON that verify printed is wrong: outputVariables must be an object"},
  };
  for (const auto& row : rows) {
    INFO(row.script);
    REQUIRE(run(row.script) == SLUICE_FAILED);
    CHECK(host.failure->code == row.code);
    CHECK(host.failure->message == row.message);
    CHECK(host.failure->kind == row.kind);
  }
}

TEST_CASE_METHOD(Fixture, "variables of a failed program do not count") {
  REQUIRE(run("echo '{\"a\":\"b\"}'; exit 1") == SLUICE_FAILED);
  CHECK(host.outputs.empty());
}

TEST_CASE_METHOD(Fixture, "a variable that the engine refuses fails the action") {
  host.refuse_outputs = true;
  REQUIRE(run("echo '{\"a b\":\"c\"}'") == SLUICE_FAILED);
  CHECK(host.failure->message.find("'a b' was refused") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a continuation token comes back at the next call, with the signal") {
  const std::string script = R"(
if [ -z "$SLUICE_CONTINUATION_TOKEN" ]; then
  echo '{"continuationToken":"step-2","delaySeconds":5,"summary":"started","externalExecutionId":"e1"}'
else
  printf '{"token":"%s","signal":"%s"}' "$SLUICE_CONTINUATION_TOKEN" "$SLUICE_SIGNAL"
fi)";
  REQUIRE(run(script) == SLUICE_CONTINUE);
  CHECK(host.continuation->token == "step-2");
  CHECK(host.continuation->delay_ms == 5000);
  CHECK(host.external->id == "e1");
  CHECK(host.external->summary == "started");
  host.set_text(SLUICE_TEXT_CONTINUATION, "step-2");
  host.set_text(SLUICE_TEXT_SIGNAL, "ping");
  REQUIRE(run(script) == SLUICE_SUCCEEDED);
  CHECK(host.outputs.at("token") == "step-2");
  CHECK(host.outputs.at("signal") == "ping");
}

TEST_CASE_METHOD(Fixture, "a program that does not end is stopped with its children") {
  host.configure("timeoutSeconds", "1");
  REQUIRE(run("sleep 1000 & sleep 1000") == SLUICE_FAILED);
  CHECK(host.failure->code == "TimedOut");
  host.configure("timeoutSeconds", "1200");
  host.cancel_at_poll(2);
  REQUIRE(run("sleep 1000") == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CANCELLED);
}

TEST_CASE_METHOD(Fixture, "settings that make no sense are refused before anything runs") {
  const std::pair<std::string, std::string> rows[] = {
      {"command", ""},
      {"command", "'open"},
      {"command", "no-such-program-here"},
      {"timeoutSeconds", "0"},
      {"timeoutSeconds", "soon"},
      {"timeoutSeconds", "86401"},
      {"environment", "A=b"},
      {"environment", "[1]"},
      {"environment", R"({"A": 1})"},
      {"environment", R"([{"name":"A=B","value":"c"}])"},
  };
  for (const auto& [key, value] : rows) {
    INFO(key << "=" << value);
    FakeHost fresh;
    fresh.configure("command", "true");
    fresh.configure(key, value);
    REQUIRE(fresh.run<exec>() == SLUICE_FAILED);
    CHECK(fresh.failure->kind == SLUICE_FAILURE_CONFIGURATION);
    CHECK(fresh.failure->message.find(key) == 0);
  }
}

TEST_CASE_METHOD(Fixture,
                 "as a rule that waits for an error, what reports one passes, and nothing else") {
  const auto rule = [&](const std::string& script, const char* passes_on) {
    run(script);
    host.configure("passesOn", passes_on);
    return host.run<exec_rule>();
  };
  CHECK(rule("exit 0", "success") == SLUICE_SUCCEEDED);
  CHECK(rule("exit 1", "success") == SLUICE_FAILED);
  CHECK(rule("exit 1", "error") == SLUICE_SUCCEEDED);
  CHECK(rule("exit 0", "error") == SLUICE_FAILED);
  host.configure("command", "no-such-program");
  CHECK(host.run<exec_rule>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CONFIGURATION);
}

TEST_CASE("environments are written as an object or as the cloud service's list") {
  std::string problem;
  const process::Environment expected = {{"A", "1"}, {"B", "2"}};
  CHECK(*parse_environment(R"({"A":"1","B":"2"})", problem) == expected);
  CHECK(*parse_environment(
            R"([{"name":"A","value":"1","type":"PLAINTEXT"},{"name":"B","value":"2"}])", problem) ==
        expected);
  CHECK(parse_environment("", problem)->empty());
}

}  // namespace sluice::invoke
