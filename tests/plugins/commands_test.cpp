#include "plugins/build/commands.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/fake_host.hpp"

namespace {
using sluice::build::run_commands;
using sluice::testing::FakeHost;
using sluice::testing::files_below;
using sluice::testing::read_file;
using sluice::testing::write_file;

TEST_CASE("commands run in one shell in the first input's directory") {
  FakeHost host;
  write_file(host.input("src") / "greeting", "hello");
  const auto other = host.input("other");
  host.add_command("X=$(cat greeting)");
  host.add_command("cd /");
  host.add_command("echo \"said $X in $PWD beside $CODEBUILD_SRC_DIR_other\"");
  REQUIRE(host.run<run_commands>() == SLUICE_SUCCEEDED);
  CHECK_THAT(host.log(), Catch::Contains("\nsaid hello in / beside " + other.string() + "\n"));
  CHECK_THAT(host.log(), Catch::Contains("Running command cd /\n"));
}

TEST_CASE("the first command that fails ends the action, which names it") {
  FakeHost host;
  host.input("src");
  host.add_command("true");
  host.add_command("sh -c 'exit 3'");
  host.add_command("echo never");
  REQUIRE(host.run<run_commands>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_PERMANENT);
  CHECK(host.failure->code == "JobFailed");
  CHECK(host.failure->message ==
        "Error while executing command: sh -c 'exit 3'. Reason: exit status 3");
  CHECK_THAT(host.log(), !Catch::Contains("never"));
}

TEST_CASE("exit 0 ends its command, not the action, and takes no variable away") {
  FakeHost host;
  host.input("src");
  host.add_command("A=1; exit 0");
  host.add_command("test \"$A\" = 1");
  CHECK(host.run<run_commands>() == SLUICE_SUCCEEDED);
}

TEST_CASE("output variables are read from the shell, exported or not") {
  FakeHost host;
  host.input("src");
  host.set_environment("GIVEN", "by the workflow");
  host.add_command("VERSION=1.2; export BUILD='a b'");
  for (const char* name : {"VERSION", "BUILD", "GIVEN", "NEVER"}) host.add_output_variable(name);
  REQUIRE(host.run<run_commands>() == SLUICE_SUCCEEDED);
  CHECK(host.outputs == std::map<std::string, std::string>{
                            {"VERSION", "1.2"}, {"BUILD", "a b"}, {"GIVEN", "by the workflow"}});
  CHECK_THAT(host.log(), Catch::Contains("NEVER"));
}

TEST_CASE("output files are chosen by patterns") {
  FakeHost host;
  host.input("src");
  const auto out = host.output("out", {"bin/**/*", "*.txt"});
  host.add_command("mkdir -p bin/deep && echo 1 >bin/a && echo 2 >bin/deep/b && echo 3 >c.txt");
  host.add_command("echo 4 >d.bin; cd /");
  REQUIRE(host.run<run_commands>() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == std::vector<std::string>{"bin/a", "bin/deep/b", "c.txt"});
  CHECK(read_file(out / "bin/deep/b") == "2\n");
}

TEST_CASE("output patterns that match nothing fail the action") {
  FakeHost host;
  host.input("src");
  host.output("out", {"gone/*"});
  host.add_command("true");
  REQUIRE(host.run<run_commands>() == SLUICE_FAILED);
  CHECK(host.failure->message == "output artifact out: no matching artifact paths found");
}

TEST_CASE("without commands there is nothing to do, and that is a mistake in the workflow") {
  FakeHost host;
  REQUIRE(host.run<run_commands>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CONFIGURATION);
}

TEST_CASE("a cancelled action stops in the middle of a command") {
  FakeHost host;
  host.input("src");
  host.add_command("sleep 1000");
  host.cancel_at_poll(1);
  REQUIRE(host.run<run_commands>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CANCELLED);
}
}  // namespace
