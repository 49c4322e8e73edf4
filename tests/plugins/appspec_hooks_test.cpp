// Scripts of deploy/appspec: what runs, how it ends, what is said about it. The ids are those of
// facts/build_deploy.md D2.
#include <unistd.h>

#include <catch2/catch.hpp>

#include "plugins/deploy/appspec/hooks.hpp"
#include "tests/plugins/appspec_host.hpp"

namespace sluice::appspec::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using Settings = TestHost::Settings;

TestFile script(const std::string& name, const std::string& body) {
  return {name, "#!/bin/sh\n" + body + "\n", 0755};
}

// One script, x.sh, for AfterInstall; `options` are further members of its entry.
Revision after_install(const std::string& body, const std::string& options = "") {
  return {with_hook("AfterInstall", "x.sh" + (options.empty() ? "" : "\n      " + options)),
          {script("x.sh", body)}};
}

struct ScriptCase {
  const char* sentence;
  Revision revision;
  std::string word;  // "" when it succeeds
  std::string code;  // details.errorCode
  std::string api_word;
  std::vector<std::string> logged = {};
};

void check(const ScriptCase& item) {
  INFO(item.sentence);
  TestHost host;
  Deployed deployed = host.deploy(item.revision);
  INFO(deployed.log);
  CHECK(deployed.word == item.word);
  CHECK(deployed.details["errorCode"] == item.code);
  CHECK(deployed.details["errorWord"] == "\"" + item.api_word + "\"");
  for (const auto& text : item.logged) {
    INFO(text);
    CHECK(deployed.logged(text));
  }
  if (item.word.empty()) return;
  CHECK(deployed.kind == SLUICE_FAILURE_PERMANENT);
  CHECK(deployed.had("ApplicationStart:Skipped"));
  CHECK_THAT(deployed.message, Contains("failed: ") && Contains(item.api_word));
}

TEST_CASE("a script's end has the code of agent 1.8.1") {
  const std::vector<ScriptCase> cases = {
      {"hook-007 missing script",
       {with_hook("BeforeInstall", "gone.sh"), {}},
       "SCRIPT_MISSING",
       "1",
       "ScriptMissing"},
      {"hook-008 a script without execute permission is made executable",
       {with_hook("AfterInstall", "x.sh"), {{"x.sh", "#!/bin/sh\necho made-it\n", 0644}}},
       "",
       "0",
       "Success",
       {"[stdout]made-it", "warning: "}},
      {"hook-009 an exit status that is not zero",
       after_install("echo so far; exit 3"),
       "SCRIPT_FAILED",
       "4",
       "ScriptFailed",
       {"[stdout]so far"}},
      {"hook-010 a timeout stops the script", after_install("sleep 60", "timeout: 1"),
       "SCRIPT_TIMED_OUT", "3", "ScriptTimedOut"},
      {"hook-011 a background child that keeps stdout open",
       after_install("sleep 3 & exit 0", "timeout: 1"), "OUTPUTS_LEFT_OPEN", "6",
       "OUTPUTS_LEFT_OPEN"},
      {"hook-012 a background child with redirected streams is fine",
       after_install("sleep 1 >/dev/null 2>&1 </dev/null & echo started", "timeout: 30"),
       "",
       "0",
       "Success",
       {"[stdout]started"}},
      {"hook-013 stderr has its own tag and is no failure",
       after_install("echo oops >&2"),
       "",
       "0",
       "Success",
       {"[stderr]oops"}},
      {"hook-015 a text without an interpreter line runs through sh",
       {with_hook("AfterInstall", "x.sh"), {{"x.sh", "echo plain\n", 0755}}},
       "",
       "0",
       "Success",
       {"[stdout]plain"}},
      {"hook-016 a blank in the path breaks the command line",
       {with_hook("AfterInstall", "'my x.sh'"), {script("my x.sh", "echo ran")}},
       "SCRIPT_FAILED",
       "4",
       "ScriptFailed"},
      {"hook-017 arguments are not supported",
       {with_hook("AfterInstall", "x.sh --fast"), {script("x.sh", "echo ran")}},
       "SCRIPT_MISSING",
       "1",
       "ScriptMissing"},
      {"hook-018 death by signal is a failure", after_install("kill -9 $$"), "SCRIPT_FAILED", "4",
       "ScriptFailed"},
      {"hook-020 runas with an unknown user", after_install("echo ran", "runas: no-such-user-here"),
       "SCRIPT_FAILED", "4", "ScriptFailed"},
      {"a script that is a directory",
       {with_hook("AfterInstall", "folder"), {{"folder/x", ""}}},
       "SCRIPT_FAILED",
       "4",
       "ScriptFailed"},
      {"an interpreter that is not there",
       {with_hook("AfterInstall", "x"), {{"x", "#!/no/such/interpreter\n", 0755}}},
       "SCRIPT_FAILED",
       "4",
       "ScriptFailed"},
  };
  for (const auto& item : cases) check(item);
}

TEST_CASE("hook-001: the scripts of a first deployment run in order, with their variables") {
  const std::string events[] = {"ApplicationStop", "BeforeInstall", "AfterInstall",
                                "ApplicationStart", "ValidateService"};
  std::string hooks = "hooks:\n";
  for (const auto& event : events) hooks += "  " + event + ":\n    - location: say.sh\n";
  TestHost host;
  const auto deployed =
      host.deploy({appspec_text(hooks),
                   {script("say.sh",
                           "echo ran $LIFECYCLE_EVENT $DEPLOYMENT_ID $APPLICATION_NAME "
                           "$DEPLOYMENT_GROUP_NAME $DEPLOYMENT_GROUP_ID")}},
                  {{"deploymentId", "d-1"},
                   {"applicationName", "App"},
                   {"deploymentGroupName", "Grp"},
                   {"deploymentGroupId", "dg-1"}});
  REQUIRE(deployed.ok());
  CHECK(deployed.deployment_id == "d-1");
  std::size_t at = 0;
  for (const auto& event : events) {
    if (event == "ApplicationStop") continue;
    at = deployed.log.find("[stdout]ran " + event + " d-1 App Grp dg-1", at);
    INFO(event);
    REQUIRE(at != std::string::npos);
  }
  CHECK_FALSE(deployed.logged("ran ApplicationStop"));
  CHECK(deployed.details.at("events") ==
        R"(["ApplicationStop:Succeeded","DownloadBundle:Succeeded","BeforeInstall:Succeeded",)"
        R"("Install:Succeeded","AfterInstall:Succeeded","ApplicationStart:Succeeded",)"
        R"("ValidateService:Succeeded"])");
}

TEST_CASE("script lines go to the action's log, the deployment's and the host's") {
  TestHost host;
  const auto deployed = host.deploy(after_install("echo one; echo two >&2"),
                                    {{"deploymentId", "d-1"}, {"deploymentGroupId", "dg"}});
  const std::string kept = sluice::testing::read_file(host.root() / "dg/d-1/logs/scripts.log");
  const std::string of_host =
      sluice::testing::read_file(host.root() / "deployment-logs/codedeploy-agent-deployments.log");
  for (const std::string line :
       {"LifecycleEvent - AfterInstall", "Script - x.sh", "[stdout]one", "[stderr]two"}) {
    INFO(line);
    CHECK_THAT(kept,
               Catch::Matches("(?:.|\n)*\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d (?:.|\n)*"));
    CHECK_THAT(kept, Contains(line + "\n"));
    CHECK(deployed.logged(line));
    CHECK_THAT(of_host, Contains("[d-1]" + line + "\n"));
  }
}

TEST_CASE("hook-014: scripts of one event run in order, and the first failure ends it") {
  const std::string hooks =
      "hooks:\n  AfterInstall:\n    - location: b.sh\n    - location: a.sh\n    - location: c.sh\n";
  TestHost host;
  const auto deployed = host.deploy({appspec_text(hooks),
                                     {script("a.sh", "echo second; exit 1"),
                                      script("b.sh", "echo first"), script("c.sh", "echo third")}});
  CHECK(deployed.log.find("[stdout]first") < deployed.log.find("[stdout]second"));
  CHECK_FALSE(deployed.logged("third"));
  CHECK(deployed.details.at("scriptName") == "\"a.sh\"");
  CHECK(deployed.had("AfterInstall:Failed"));
  CHECK(deployed.had("ApplicationStart:Skipped"));
  CHECK(deployed.had("ValidateService:Skipped"));
}

TEST_CASE("a failure says event, script, status and the last lines") {
  TestHost host;
  const auto deployed = host.deploy(after_install("echo the reason >&2; exit 7"));
  CHECK_THAT(deployed.message, Contains("AfterInstall failed") && Contains("x.sh") &&
                                   Contains("exit status 7") && Contains("ScriptFailed, code 4") &&
                                   Contains("[stderr]the reason"));
}

TEST_CASE("hook-021: scripts do not start in the revision") {
  TestHost host;
  const auto deployed = host.deploy(
      after_install("[ -f appspec.yml ] && echo revision || echo elsewhere; echo at $(pwd)"));
  CHECK(deployed.logged("[stdout]elsewhere"));
  CHECK(deployed.logged("[stdout]at /\n"));
}

TEST_CASE("scripts read nothing from this process") {
  TestHost host;
  const auto deployed = host.deploy(after_install("cat; echo end; ls /proc/$$/fd | tr '\\n' ' '"));
  CHECK(deployed.ok());
  CHECK(deployed.logged("[stdout]end"));
}

TEST_CASE("who keeps the output open is named") {
  TestHost host;
  const auto deployed = host.deploy(after_install("sleep 4 & exit 0", "timeout: 1"));
  CHECK_THAT(deployed.message, Contains("sleep (pid ") && Contains(">/dev/null"));
}

TEST_CASE("a script that floods its output does not harm") {
  TestHost host;
  const auto deployed =
      host.deploy(after_install("head -c 3000000 /dev/zero | tr '\\0' 'x'; echo"));
  CHECK(deployed.ok());
  CHECK(deployed.log.size() > 3'000'000);
}

TEST_CASE("bytes that are not UTF-8 reach the log as replacement characters") {
  TestHost host;
  const auto deployed = host.deploy(after_install("printf 'a\\377b\\n'"));
  CHECK(
      deployed.logged("[stdout]a\xEF\xBF\xBD"
                      "b"));
}

TEST_CASE("a cancelled deployment stops its script and skips the rest") {
  TestHost host;
  const fs::path input = host.home() / "input";
  const Revision revision = after_install("echo begun; sleep 60");
  write_test_file(input, {"appspec.yml", revision.appspec});
  write_test_file(input, revision.files[0]);
  const auto deployed = host.deploy_directory(input, {}, 9);
  INFO(deployed.log);
  CHECK(deployed.word == "Cancelled");
  CHECK(deployed.kind == SLUICE_FAILURE_CANCELLED);
  CHECK(deployed.had("ValidateService:Skipped"));
}

TEST_CASE("runas goes through su and so through the account's shell") {
  if (::geteuid() != 0) {
    TestHost host;
    CHECK_THAT(host.deploy(after_install("id -un", "runas: root")).message, Contains("needs root"));
    return;
  }
  TestHost host;
  SECTION("hook-030 root from root") {
    const auto deployed =
        host.deploy(after_install("id -un; echo $LIFECYCLE_EVENT", "runas: root"));
    CHECK(deployed.logged("[stdout]root"));
    CHECK(deployed.logged("[stdout]AfterInstall"));
  }
  SECTION("hook-019 an account whose shell refuses logins") {
    const auto deployed = host.deploy(after_install("id -un", "runas: nobody"));
    CHECK(deployed.word == "SCRIPT_FAILED");
    CHECK(deployed.details.at("errorCode") == "4");
  }
}

TEST_CASE("command lines are the agent's, with the revision's folder quoted") {
  Script plain;
  plain.location = "s/x.sh";
  CHECK(script_command(plain, "/d r/a") == "exec '/d r/a/'s/x.sh");
  Script sudo = plain;
  sudo.sudo = true;
  CHECK(script_command(sudo, "/d") == "exec sudo '/d/'s/x.sh");
  sudo.runas = "web";
  CHECK(script_command(sudo, "/d") == "exec sudo su 'web' -c ''\\''/d/'\\'''s/x.sh");
}

TEST_CASE("a blank in the deployment root does not break scripts") {
  TestHost host;
  const auto deployed = host.deploy(after_install("echo fine"),
                                    {{"deploymentRoot", (host.home() / "my root").string()}});
  CHECK(deployed.logged("[stdout]fine"));
}

}  // namespace
}  // namespace sluice::appspec::testing
