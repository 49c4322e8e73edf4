#include "tests/support/fake_host.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {
using sluice::testing::FakeHost;
using sluice::testing::files_below;
using sluice::testing::read_file;
using sluice::testing::write_file;

sluice::Outcome copy_everything(sluice::Run& run) {
  run.log("one");
  if (std::system("echo two; echo three >&2") != 0) return sluice::failed("no shell");
  run.set_output("key", run.configuration("key", ""));
  run.set_detail("cwd", '"' + std::filesystem::current_path().string() + '"');
  for (const auto& input : run.inputs()) run.set_revision(input.name, input.revision);
  for (const auto& output : run.outputs())
    write_file(output.directory + "/sub/file", output.files.empty() ? "" : output.files.front());
  std::string commands;
  for (const auto& command : run.commands()) commands += command + ";";
  run.set_output("commands", commands);
  run.set_output("environment", run.environment().at(0).second);
  return run.cancelled() ? sluice::failed("stopped", SLUICE_FAILURE_CANCELLED, "Cancelled")
                         : sluice::continue_later("token", 7);
}

TEST_CASE("what a test sets up reaches the action, and what the action does reaches the test") {
  FakeHost host;
  host.configure("key", "value");
  host.add_command("a");
  host.add_command("b");
  host.set_environment("NAME", "text");
  const auto source = host.input("src", "r1");
  const auto out = host.output("out", {"*.o"});
  REQUIRE(host.run<copy_everything>() == SLUICE_CONTINUE);
  CHECK(host.log() == "one\ntwo\nthree\n");
  CHECK(host.outputs.at("key") == "value");
  CHECK(host.outputs.at("commands") == "a;b;");
  CHECK(host.outputs.at("environment") == "text");
  CHECK(host.details.at("cwd") == '"' + host.work_directory().string() + '"');
  CHECK(host.revisions.at("src").id == "r1");
  CHECK(host.continuation->token == "token");
  CHECK(host.continuation->delay_ms == 7);
  CHECK(std::filesystem::is_directory(source));
  CHECK(files_below(out) == std::vector<std::string>{"sub/file"});
  CHECK(read_file(out / "sub/file") == "*.o");
}

TEST_CASE("a cancelled run says so, and its failure is kept") {
  FakeHost host;
  host.set_environment("NAME", "text");
  host.cancel();
  REQUIRE(host.run<copy_everything>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CANCELLED);
  CHECK(host.failure->code == "Cancelled");
  CHECK(host.failure->message == "stopped");
}

TEST_CASE("the directories of a fake host end with it") {
  std::filesystem::path root;
  {
    FakeHost host;
    root = host.root();
    CHECK(std::filesystem::exists(root));
  }
  CHECK_FALSE(std::filesystem::exists(root));
}
}  // namespace
