// Whole builds through the action's function: phases and their order, artifacts, variables.
#include "plugins/build/build.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "tests/support/fake_host.hpp"

namespace {
using sluice::testing::FakeHost;
using sluice::testing::files_below;
using sluice::testing::read_file;
using sluice::testing::write_file;
using Texts = std::vector<std::string>;

// build/buildspec without a step for reports.
sluice::Outcome run_build_action(sluice::Run& run) {
  return sluice::build::run_build(run, {});
}

// Runs a buildspec text in an input named src. Its commands may write to $CODEBUILD_SRC_DIR/trace.
sluice_outcome build(FakeHost& host, const std::string& buildspec) {
  write_file(host.input("src", "0123abcd") / "buildspec.yml", buildspec);
  return host.run<run_build_action>();
}

std::string trace(const FakeHost& host) {
  return read_file(host.root() / "in/src/trace");
}

// details.phases without the phases that every build has.
std::string user_phases(const FakeHost& host) {
  std::string phases = host.details.at("phases");
  const auto cut = [&phases](const std::string& text) {
    const auto at = phases.find(text);
    if (at != std::string::npos) phases.erase(at, text.size());
  };
  cut("[\"SUBMITTED:SUCCEEDED\",\"QUEUED:SUCCEEDED\",\"PROVISIONING:SUCCEEDED\",");
  cut("\"DOWNLOAD_SOURCE:SUCCEEDED\",");
  cut("\"FINALIZING:SUCCEEDED\",\"COMPLETED:SUCCEEDED\"]");
  std::string plain;
  for (const char c : phases)
    if (c != '"') plain += c == ',' ? ' ' : c;
  return plain;
}

TEST_CASE("a build that succeeds has all phases in order, and its artifact and variables") {
  FakeHost host;
  const auto out = host.output("out");
  const auto outcome = build(host, R"yaml(
version: 0.2
env:
  variables: {GREETING: hello, LITERAL: "$HOME/x"}
  exported-variables: [VERSION, PLAIN, NEVER]
phases:
  install: {commands: ["cd sub 2>/dev/null || mkdir sub && cd sub"]}
  pre_build: {commands: ["PLAIN=kept", "export VERSION=1"]}
  build:
    commands:
      - echo "$GREETING $PLAIN $(basename $PWD)" > result.txt
      - test "$LITERAL" = '$HOME/x'
  post_build: {commands: [export VERSION=2]}
artifacts:
  files: ["**/*"]
  base-directory: sub
)yaml");
  INFO(host.log());
  REQUIRE(outcome == SLUICE_SUCCEEDED);
  CHECK(host.details.at("phases") ==
        R"(["SUBMITTED:SUCCEEDED","QUEUED:SUCCEEDED","PROVISIONING:SUCCEEDED",)"
        R"("DOWNLOAD_SOURCE:SUCCEEDED","INSTALL:SUCCEEDED","PRE_BUILD:SUCCEEDED",)"
        R"("BUILD:SUCCEEDED","POST_BUILD:SUCCEEDED","UPLOAD_ARTIFACTS:SUCCEEDED",)"
        R"("FINALIZING:SUCCEEDED","COMPLETED:SUCCEEDED"])");
  CHECK(host.details.at("buildStatus") == "\"SUCCEEDED\"");
  CHECK(host.details.at("phaseContexts") == "[]");
  CHECK(host.outputs == std::map<std::string, std::string>{{"VERSION", "2"}, {"PLAIN", "kept"}});
  CHECK(files_below(out) == Texts{"result.txt"});
  CHECK(read_file(out / "result.txt") == "hello kept sub\n");
  for (const char* line : {"Entering phase PRE_BUILD\n", "Running command PLAIN=kept\n",
                           "Phase complete: BUILD State: SUCCEEDED\n",
                           "Phase context status code:  Message: \n", "Found 1 file(s)\n"})
    CHECK_THAT(host.log(), Catch::Contains(line));
}

struct Row {
  const char* what;
  const char* phases;    // YAML flow mapping
  const char* expected;  // phases from INSTALL on
  const char* trace;
};

TEST_CASE("what runs after what") {
  const Row rows[] = {
      {"phases that are not declared succeed", "{build: {commands: [echo b >>trace]}}",
       "INSTALL:SUCCEEDED PRE_BUILD:SUCCEEDED BUILD:SUCCEEDED POST_BUILD:SUCCEEDED "
       "UPLOAD_ARTIFACTS:SUCCEEDED ",
       "b\n"},
      {"the file's order of phases does not count",
       "{post_build: {commands: [echo p >>trace]}, install: {commands: [echo i >>trace]}}",
       "INSTALL:SUCCEEDED PRE_BUILD:SUCCEEDED BUILD:SUCCEEDED POST_BUILD:SUCCEEDED "
       "UPLOAD_ARTIFACTS:SUCCEEDED ",
       "i\np\n"},
      {"INSTALL fails: nothing but its finally follows",
       "{install: {commands: [false, echo no >>trace], finally: [echo f >>trace]}, "
       "build: {commands: [echo b >>trace]}, post_build: {commands: [echo p >>trace]}}",
       "INSTALL:FAILED ", "f\n"},
      {"PRE_BUILD fails: nothing but its finally follows",
       "{pre_build: {commands: [false], finally: [echo f >>trace]}, "
       "build: {commands: [echo b >>trace]}}",
       "INSTALL:SUCCEEDED PRE_BUILD:FAILED ", "f\n"},
      {"BUILD fails: POST_BUILD and the upload follow, the flag is 0",
       "{build: {commands: [\"echo $CODEBUILD_BUILD_SUCCEEDING >>trace\", exit 3, "
       "echo no >>trace], finally: [echo f >>trace]}, "
       "post_build: {commands: [\"echo $CODEBUILD_BUILD_SUCCEEDING >>trace\"]}}",
       "INSTALL:SUCCEEDED PRE_BUILD:SUCCEEDED BUILD:FAILED POST_BUILD:SUCCEEDED "
       "UPLOAD_ARTIFACTS:SUCCEEDED ",
       "1\nf\n0\n"},
      {"POST_BUILD fails: the upload follows",
       "{build: {commands: [echo b >>trace]}, post_build: {commands: [false]}}",
       "INSTALL:SUCCEEDED PRE_BUILD:SUCCEEDED BUILD:SUCCEEDED POST_BUILD:FAILED "
       "UPLOAD_ARTIFACTS:SUCCEEDED ",
       "b\n"},
      {"finally runs after success too, and its failure fails the phase",
       "{install: {finally: [echo f >>trace, false, echo no >>trace]}}", "INSTALL:FAILED ", "f\n"},
      {"BUILD with ABORT skips POST_BUILD",
       "{build: {on-failure: ABORT, commands: [false]}, post_build: {commands: [echo p >>trace]}}",
       "INSTALL:SUCCEEDED PRE_BUILD:SUCCEEDED BUILD:FAILED UPLOAD_ARTIFACTS:SUCCEEDED ", ""},
      {"INSTALL with CONTINUE goes on; the build has failed all the same",
       "{install: {on-failure: CONTINUE, commands: [false, echo no >>trace]}, "
       "build: {commands: [echo $CODEBUILD_BUILD_SUCCEEDING >>trace]}}",
       "INSTALL:FAILED PRE_BUILD:SUCCEEDED BUILD:SUCCEEDED POST_BUILD:SUCCEEDED "
       "UPLOAD_ARTIFACTS:SUCCEEDED ",
       "0\n"},
      {"RETRY runs the phase again until it succeeds",
       "{build: {on-failure: RETRY, commands: [echo b >>trace, test $(wc -l <trace) -ge 3, "
       "echo $CODEBUILD_BUILD_SUCCEEDING >>trace]}}",
       "INSTALL:SUCCEEDED PRE_BUILD:SUCCEEDED BUILD:SUCCEEDED POST_BUILD:SUCCEEDED "
       "UPLOAD_ARTIFACTS:SUCCEEDED ",
       "b\nb\nb\n1\n"},
      {"RETRY gives up after three retries",
       "{install: {on-failure: RETRY, commands: [echo i >>trace, false]}}", "INSTALL:FAILED ",
       "i\ni\ni\ni\n"},
      {"RETRY-n retries n times",
       "{install: {on-failure: RETRY-1, commands: [echo i >>trace, false]}}", "INSTALL:FAILED ",
       "i\ni\n"},
      {"RETRY-0 does not retry",
       "{install: {on-failure: RETRY-0, commands: [echo i >>trace, false]}}", "INSTALL:FAILED ",
       "i\n"},
      {"RETRY-regex retries what matches",
       "{install: {on-failure: 'RETRY-2-status [34]', commands: [echo i >>trace, exit 4]}}",
       "INSTALL:FAILED ", "i\ni\ni\n"},
      {"RETRY-regex leaves alone what does not match",
       "{install: {on-failure: RETRY-status 5, commands: [echo i >>trace, exit 4]}}",
       "INSTALL:FAILED ", "i\n"},
      {"state lives on from phase to phase",
       "{install: {commands: ['A=1; f() { echo $A$B; }', cd /]}, "
       "build: {commands: [B=2, '[ $PWD = / ]', f >>$CODEBUILD_SRC_DIR/trace]}}",
       "INSTALL:SUCCEEDED PRE_BUILD:SUCCEEDED BUILD:SUCCEEDED POST_BUILD:SUCCEEDED "
       "UPLOAD_ARTIFACTS:SUCCEEDED ",
       "12\n"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    FakeHost host;
    const bool good = std::string(row.expected).find("FAILED") == std::string::npos;
    CHECK(build(host, std::string("version: 0.2\nphases: ") + row.phases) ==
          (good ? SLUICE_SUCCEEDED : SLUICE_FAILED));
    INFO(host.log());
    CHECK(user_phases(host) == row.expected);
    CHECK(trace(host) == row.trace);
    CHECK(host.details.at("buildStatus") == (good ? "\"SUCCEEDED\"" : "\"FAILED\""));
  }
}

TEST_CASE("a failed command is named, in the log, the context and the failure") {
  FakeHost host;
  REQUIRE(build(host, "version: 0.2\nphases: {build: {commands: [sh -c 'exit 7']}}") ==
          SLUICE_FAILED);
  const std::string message =
      "Error while executing command: sh -c 'exit 7'. Reason: exit status 7";
  CHECK(host.details.at("phaseContexts") ==
        R"([{"message":")" + message +
            R"(","phaseType":"BUILD","statusCode":"COMMAND_EXECUTION_ERROR"}])");
  CHECK_THAT(host.log(), Catch::Contains("Phase context status code: COMMAND_EXECUTION_ERROR "
                                         "Message: " +
                                         message + "\n"));
  CHECK_THAT(host.log(), Catch::Contains("Phase complete: BUILD State: FAILED\n"));
  CHECK(host.failure->kind == SLUICE_FAILURE_PERMANENT);
  CHECK(host.failure->code == "JobFailed");
  CHECK(host.failure->message ==
        "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, "
        "Message: " +
            message);
}

TEST_CASE("variables are exported after a failed build too") {
  FakeHost host;
  CHECK(build(host,
              "version: 0.2\nenv: {exported-variables: [A]}\nphases: {build: {commands: [A=1, "
              "exit 1]}}") == SLUICE_FAILED);
  CHECK(host.outputs == std::map<std::string, std::string>{{"A", "1"}});
}

TEST_CASE("a buildspec that cannot be used fails DOWNLOAD_SOURCE with YAML_FILE_ERROR") {
  const std::pair<const char*, const char*> rows[] = {
      {"phases: {build: {commands: [true]}}", "version is required"},
      {"version: 0.2\nphases: {biuld: {commands: [true]}}",
       "buildspec.yml:2:10: unknown phase 'biuld'"},
      {"version: 0.2\nphases:\n  build:\n    commands:\n      - echo note: this\n",
       "buildspec.yml:5:9: phases.build.commands[0]: this command was read as a mapping"},
      {"version: [", "buildspec.yml:"},
      {"", "empty"},
  };
  for (const auto& [text, message] : rows) {
    INFO(text);
    FakeHost host;
    CHECK(build(host, text) == SLUICE_FAILED);
    CHECK(host.details.at("phases") ==
          R"(["SUBMITTED:SUCCEEDED","QUEUED:SUCCEEDED","PROVISIONING:SUCCEEDED",)"
          R"("DOWNLOAD_SOURCE:FAILED","FINALIZING:SUCCEEDED","COMPLETED:SUCCEEDED"])");
    CHECK_THAT(host.details.at("phaseContexts"), Catch::Contains("\"YAML_FILE_ERROR\""));
    CHECK_THAT(host.failure->message, Catch::Contains(message));
  }
}

TEST_CASE("where the buildspec comes from") {
  const std::string spec = "version: 0.2\nphases: {build: {commands: [echo found]}}\n";
  FakeHost host;
  host.input("src");
  SECTION("a file that is not there is named") {
    host.configure("buildspec", "ci/none.yml");
    REQUIRE(host.run<run_build_action>() == SLUICE_FAILED);
    CHECK_THAT(host.failure->message,
               Catch::Contains("YAML file does not exist") && Catch::Contains("ci/none.yml"));
    return;
  }
  SECTION("a directory is not a file") {
    host.configure("buildspec", ".");
    CHECK(host.run<run_build_action>() == SLUICE_FAILED);
    return;
  }
  SECTION("a path in the input") {
    write_file(host.root() / "in/src/ci/b.yml", spec);
    host.configure("buildspec", "ci/b.yml");
  }
  SECTION("the text itself") {
    host.configure("buildspec", spec);
  }
  SECTION("buildspec.yml without a word about it") {
    write_file(host.root() / "in/src/buildspec.yml", spec);
  }
  CHECK(host.run<run_build_action>() == SLUICE_SUCCEEDED);
  CHECK_THAT(host.log(), Catch::Contains("\nfound\n"));
}

TEST_CASE("variables: the action's win over the buildspec's, the service's over all") {
  FakeHost host;
  host.configure("projectName", "shop");
  host.configure(
      "environmentVariables",
      R"([{"name":"A","value":"action"},{"name":"CODEBUILD_BUILD_NUMBER","value":"x"}])");
  const auto outcome = build(host, R"(
version: 0.2
env: {variables: {A: spec, B: spec}}
phases:
  build:
    commands:
      - echo "$A $B $CODEBUILD_BUILD_NUMBER" >trace
      - echo "$CODEBUILD_BUILD_ID $CODEBUILD_INITIATOR $CODEBUILD_RESOLVED_SOURCE_VERSION" >>trace
      - test "$PWD" = "$CODEBUILD_SRC_DIR" && echo "$AWS_REGION ${CODEBUILD_BUILD_ARN}" >>trace
)");
  INFO(host.log());
  REQUIRE(outcome == SLUICE_SUCCEEDED);
  CHECK(trace(host) ==
        "action spec 1\n"
        "shop:aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee codepipeline/webshop 0123abcd\n"
        "local arn:aws:codebuild:local:000000000000:build/"
        "shop:aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee\n");
  CHECK(host.run<run_build_action>() == SLUICE_SUCCEEDED);
  CHECK(host.details.at("buildNumber") == "2");
}

TEST_CASE("several inputs: the primary one holds the buildspec, the others have variables") {
  FakeHost host;
  write_file(host.input("lib") / "l.txt", "library");
  host.input("my-data");
  host.configure("primarySource", "src");
  host.output("out");
  const auto outcome = build(host, R"(
version: 0.2
phases: {build: {commands: ['cat $CODEBUILD_SRC_DIR_lib/l.txt >trace', 'test -d $CODEBUILD_SRC_DIR_my_data']}}
artifacts: {files: ["*.txt"], base-directory: $CODEBUILD_SRC_DIR_lib}
)");
  INFO(host.log());
  REQUIRE(outcome == SLUICE_SUCCEEDED);
  CHECK(trace(host) == "library");
  CHECK(files_below(host.root() / "out/out") == Texts{"l.txt"});
}

TEST_CASE("mistakes in the configuration are the workflow's, not the build's") {
  const std::pair<std::map<std::string, std::string>, const char*> rows[] = {
      {{}, "primarySource is required"},
      {{{"primarySource", "gone"}}, "'gone' is not an input artifact"},
      {{{"primarySource", "a"}, {"environmentVariables", "{"}}, "JSON list"},
      {{{"primarySource", "a"}, {"environmentVariables", "[{\"nme\":\"x\"}]"}},
       "unknown key 'nme'"},
      {{{"primarySource", "a"}, {"environmentVariables", "[{\"name\":\"x\",\"type\":\"Y\"}]"}},
       "'Y'"},
      {{{"primarySource", "a"}, {"timeoutInMinutes", "soon"}}, "timeoutInMinutes"},
      {{{"primarySource", "a"}, {"timeoutInMinutes", "2161"}}, "timeoutInMinutes"},
      {{{"primarySource", "a"}, {"projectName", "a/b"}}, "projectName"},
      {{{"primarySource", "a"}, {"batchEnabled", "true"}}, "batch"},
  };
  for (const auto& [configuration, message] : rows) {
    FakeHost host;
    host.input("a");
    host.input("b");
    for (const auto& [key, value] : configuration) host.configure(key, value);
    INFO(message);
    CHECK(host.run<run_build_action>() == SLUICE_FAILED);
    CHECK(host.failure->kind == SLUICE_FAILURE_CONFIGURATION);
    CHECK_THAT(host.failure->message, Catch::Contains(message));
  }
}

TEST_CASE("artifacts that cannot be collected fail UPLOAD_ARTIFACTS with CLIENT_ERROR") {
  const std::pair<const char*, const char*> rows[] = {
      {"{files: [gone]}", "no matching artifact paths found"},
      {"{files: ['**/*'], base-directory: gone}", "no matching base directory path found for gone"},
      {"{secondary-artifacts: {other: {files: [a]}}}", "no definition for artifact out"},
  };
  for (const auto& [artifacts, message] : rows) {
    FakeHost host;
    host.output("out");
    INFO(artifacts);
    CHECK(build(host, std::string("version: 0.2\nphases: {build: {commands: [touch a]}}\n"
                                  "artifacts: ") +
                          artifacts) == SLUICE_FAILED);
    CHECK_THAT(user_phases(host), Catch::EndsWith("POST_BUILD:SUCCEEDED UPLOAD_ARTIFACTS:FAILED "));
    CHECK_THAT(host.details.at("phaseContexts"), Catch::Contains("CLIENT_ERROR"));
    CHECK_THAT(host.failure->message, Catch::Contains(message));
  }
}

TEST_CASE("without an output artifact the artifacts section is ignored") {
  FakeHost host;
  CHECK(build(host,
              "version: 0.2\nphases: {build: {commands: [true]}}\nartifacts: {files: [gone]}") ==
        SLUICE_SUCCEEDED);
}

TEST_CASE("several output artifacts take the secondary definitions of their names") {
  FakeHost host;
  const auto a = host.output("a"), b = host.output("b");
  const auto outcome = build(host, R"(
version: 0.2
phases: {build: {commands: [mkdir x, touch x/1 x/2 3]}}
artifacts:
  files: [3]
  secondary-artifacts:
    a: {files: ["x/*"], discard-paths: yes}
    b: {files: [3, x/1]}
)");
  INFO(host.log());
  REQUIRE(outcome == SLUICE_SUCCEEDED);
  CHECK(files_below(a) == Texts{"1", "2"});
  CHECK(files_below(b) == Texts{"3", "x/1"});
}

TEST_CASE("paths of artifacts start at the source root even after cd") {
  FakeHost host;
  const auto out = host.output("out");
  CHECK(build(host,
              "version: 0.2\nphases: {build: {commands: [mkdir d, cd d, touch f]}}\n"
              "artifacts: {files: [d/f]}") == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == Texts{"d/f"});
}

TEST_CASE("0.1 runs every command in a shell of its own at the source root") {
  FakeHost host;
  const auto outcome = build(host, R"(
version: 0.1
environment_variables: {plaintext: {GIVEN: yes}}
phases:
  build:
    commands:
      - cd /; A=1
      - test "$PWD" = "$CODEBUILD_SRC_DIR" -a -z "$A" -a "$GIVEN" = yes
      - exit 2
  post_build:
    commands: [echo $CODEBUILD_BUILD_SUCCEEDING >trace]
)");
  INFO(host.log());
  CHECK(outcome == SLUICE_FAILED);
  CHECK_THAT(host.failure->message, Catch::Contains("command: exit 2."));
  CHECK(trace(host) == "0\n");
}

TEST_CASE("a build that takes too long is TIMED_OUT and nothing follows") {
  FakeHost host;
  host.configure("timeoutInMinutes", "0.002");
  CHECK(build(host,
              "version: 0.2\nphases: {build: {commands: [sleep 1000], finally: [echo f >>trace]}, "
              "post_build: {commands: [echo p >>trace]}}") == SLUICE_FAILED);
  CHECK(user_phases(host) == "INSTALL:SUCCEEDED PRE_BUILD:SUCCEEDED BUILD:TIMED_OUT ");
  CHECK(host.details.at("buildStatus") == "\"TIMED_OUT\"");
  CHECK_THAT(host.failure->message, Catch::Contains("TIMED_OUT"));
  CHECK(trace(host).empty());
}

TEST_CASE("a build that is stopped is STOPPED and nothing follows") {
  FakeHost host;
  host.cancel_at_poll(1);
  CHECK(build(host, "version: 0.2\nphases: {pre_build: {commands: [sleep 1000]}}") ==
        SLUICE_FAILED);
  CHECK(user_phases(host) == "INSTALL:SUCCEEDED PRE_BUILD:STOPPED ");
  CHECK(host.details.at("buildStatus") == "\"STOPPED\"");
  CHECK(host.failure->kind == SLUICE_FAILURE_CANCELLED);
}

TEST_CASE("parameters and secrets come from files, or are refused") {
  const std::string spec = R"(
version: 0.2
env:
  parameter-store: {P: /shop/url}
  secrets-manager: {S: "db:password", T: "token", U: "arn:aws:secretsmanager:l:0:secret:x:k"}
phases: {build: {commands: ['echo "$P $S $T $U" >trace']}}
)";
  FakeHost host;
  SECTION("without files") {
    CHECK(build(host, spec) == SLUICE_FAILED);
    CHECK_THAT(host.details.at("phases"), Catch::Contains("DOWNLOAD_SOURCE:FAILED"));
    CHECK_THAT(host.failure->message,
               Catch::Contains("env.parameter-store.P") && Catch::Contains("parameterStoreFile"));
  }
  SECTION("with files") {
    write_file(host.base_directory() / "p.json", R"({"/shop/url": "http://x"})");
    write_file(host.base_directory() / "s.json",
               R"({"db": {"password": "pw"}, "token": "tk",
                   "arn:aws:secretsmanager:l:0:secret:x": "{\"k\": \"inner\"}"})");
    host.configure("parameterStoreFile", "p.json");
    host.configure("secretsManagerFile", "s.json");
    CHECK(build(host, spec) == SLUICE_SUCCEEDED);
    CHECK(trace(host) == "http://x pw tk inner\n");
    CHECK(host.masked == std::vector<std::string>{"http://x", "pw", "tk", "inner"});
  }
  SECTION("under a host that can hide nothing") {
    host.set_extension(SLUICE_SECRETS_ID, nullptr);
    write_file(host.base_directory() / "p.json", R"({"/shop/url": "http://x"})");
    host.configure("parameterStoreFile", "p.json");
    CHECK(build(host,
                "version: 0.2\nenv: {parameter-store: {P: /shop/url}}\n"
                "phases: {build: {commands: [true]}}") == SLUICE_SUCCEEDED);
    CHECK_THAT(host.log(), Catch::Contains("Warning: the value of P cannot be hidden"));
  }
  SECTION("one that is not there") {
    write_file(host.base_directory() / "p.json", "{}");
    host.configure("parameterStoreFile", "p.json");
    CHECK(build(host, spec) == SLUICE_FAILED);
    CHECK_THAT(host.failure->message, Catch::Contains("Parameter does not exist: /shop/url"));
  }
}

TEST_CASE("run-as of a user who is not there fails the phase and says so") {
  FakeHost host;
  CHECK(build(host,
              "version: 0.2\nrun-as: nobody-of-that-name\nphases: {build: {commands: [true]}}") ==
        SLUICE_FAILED);
  CHECK_THAT(user_phases(host), Catch::StartsWith("INSTALL:FAILED"));
  CHECK_THAT(host.failure->message, Catch::Contains("nobody-of-that-name"));
}

TEST_CASE("env.shell bash runs bash") {
  FakeHost host;
  CHECK(build(host,
              "version: 0.2\nenv: {shell: bash}\nphases: {build: {commands: ['A=(1 2)', "
              "'[[ ${#A[@]} = 2 ]]']}}") == SLUICE_SUCCEEDED);
}
}  // namespace
