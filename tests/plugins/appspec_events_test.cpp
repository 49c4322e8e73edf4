// Which revision's scripts an event runs, which events run, and what a failure leaves behind:
// several deployments in a row on one host. The ids are those of facts/build_deploy.md D2.
#include <sys/prctl.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "plugins/deploy/appspec/events.hpp"
#include "tests/plugins/appspec_host.hpp"

namespace sluice::appspec::testing {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

// A revision whose script for each of the events says "EVENT-NAME ID".
Revision saying(const std::vector<std::string>& events, const std::string& name,
                const std::string& then = "") {
  std::string hooks = "hooks:\n";
  Revision revision;
  for (const auto& event : events) {
    hooks += "  " + event + ":\n    - location: " + event + ".sh\n";
    revision.files.push_back(
        {event + ".sh", "#!/bin/sh\necho " + event + "-" + name + " $DEPLOYMENT_ID\n" + then + "\n",
         0755});
  }
  revision.appspec = appspec_text(hooks);
  return revision;
}

TEST_CASE("hook-002: the second deployment runs the stop script of the first") {
  TestHost host;
  REQUIRE(host.deploy(saying({"ApplicationStop"}, "one")).ok());
  const auto second = host.deploy(saying({"ApplicationStop"}, "two"), {{"deploymentId", "d-2"}});
  CHECK(second.logged("[stdout]ApplicationStop-one d-2"));
  CHECK_FALSE(second.logged("ApplicationStop-two"));
  CHECK(second.had("ApplicationStop:Succeeded"));
  CHECK_THAT(sluice::testing::read_file(host.root() / "dg/d-2/logs/scripts.log"),
             Contains("[stdout]ApplicationStop-one d-2"));
}

TEST_CASE("hook-003, hook-004: a failing stop script blocks the next deployment unless ignored") {
  TestHost host;
  REQUIRE(
      host.deploy(saying({"ApplicationStop"}, "one", "exit 1"), {{"deploymentId", "d-1"}}).ok());
  const auto blocked = host.deploy(saying({"BeforeInstall"}, "two"));
  CHECK(blocked.word == "SCRIPT_FAILED");
  CHECK(blocked.details.at("errorCode") == "4");
  CHECK(blocked.had("ApplicationStop:Failed"));
  CHECK(blocked.had("DownloadBundle:Skipped"));
  CHECK_THAT(blocked.message, Contains("previously installed revision (deployment d-1)") &&
                                  Contains("ignoreApplicationStopFailures"));

  const auto ignored =
      host.deploy(saying({"BeforeInstall"}, "two"), {{"ignoreApplicationStopFailures", "true"}});
  CHECK(ignored.ok());
  CHECK(ignored.had("ApplicationStop:Failed"));
  CHECK(ignored.had("BeforeInstall:Succeeded"));
}

TEST_CASE("hook-005: the marker moves when Install ends") {
  TestHost host;
  REQUIRE(host.deploy(saying({"ApplicationStop"}, "one")).ok());
  Revision two = saying({"ApplicationStop", "ApplicationStart"}, "two");
  two.files[1].text = "#!/bin/sh\nexit 1\n";
  CHECK(host.deploy(two).had("ApplicationStart:Failed"));
  CHECK(host.deploy(saying({"ApplicationStop"}, "three")).logged("[stdout]ApplicationStop-two"));
}

TEST_CASE("hook-006: a revision that failed before Install gives no stop script") {
  TestHost host;
  REQUIRE(host.deploy(saying({"ApplicationStop"}, "one")).ok());
  Revision two = saying({"ApplicationStop", "BeforeInstall"}, "two");
  two.files[1].text = "#!/bin/sh\nexit 1\n";
  CHECK(host.deploy(two).had("BeforeInstall:Failed"));
  const auto third = host.deploy(saying({"ApplicationStop"}, "three"));
  CHECK(third.logged("[stdout]ApplicationStop-one"));
  CHECK_FALSE(third.logged("ApplicationStop-two"));
}

TEST_CASE("hook-022, hook-023: a hook of unknown name matters only when the events are named") {
  TestHost host;
  const auto silent = host.deploy(saying({"AfterLunch"}, "x"));
  CHECK(silent.ok());
  CHECK_FALSE(silent.logged("AfterLunch-x"));
  CHECK(silent.logged("'AfterLunch' is no lifecycle event"));

  const auto refused = host.deploy(saying({"AfterLunch"}, "x"), {{"events", "BeforeInstall"}});
  CHECK(refused.word == "UNKNOWN_LIFECYCLE_EVENT");
  CHECK(refused.had("Install:Failed"));
}

TEST_CASE("hook-024, hook-025: a custom event runs when the AppSpec has it") {
  TestHost host;
  const auto ran = host.deploy(saying({"ApplicationStart", "Custom", "ValidateService"}, "x"),
                               {{"events", "ApplicationStart,Custom"}});
  CHECK(ran.ok());
  CHECK(ran.logged("[stdout]ApplicationStart-x"));
  CHECK(ran.logged("[stdout]Custom-x"));
  CHECK_FALSE(ran.logged("ValidateService-x"));
  CHECK(ran.details.at("events") ==
        R"(["DownloadBundle:Succeeded","Install:Succeeded","ApplicationStart:Succeeded",)"
        R"("Custom:Succeeded"])");

  const auto absent = host.deploy(saying({"ApplicationStart"}, "x"), {{"events", "Custom"}});
  CHECK(absent.word == "CUSTOM_EVENT_NOT_IN_APPSPEC");
}

TEST_CASE("hook-026: only the events asked for run") {
  TestHost host;
  const auto deployed = host.deploy(
      saying({"BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"}, "x"),
      {{"events", "DownloadBundle, BeforeInstall, Install, ApplicationStart"}});
  CHECK(deployed.ok());
  CHECK(deployed.logged("BeforeInstall-x"));
  CHECK(deployed.logged("ApplicationStart-x"));
  CHECK_FALSE(deployed.logged("AfterInstall-x"));
  CHECK_FALSE(deployed.logged("ValidateService-x"));
}

TEST_CASE("events asked for are completed and put in order as codedeploy-local does") {
  using Events = std::vector<std::string>;
  CHECK(ordered_events({"AfterInstall"}) == Events{"DownloadBundle", "Install", "AfterInstall"});
  CHECK(ordered_events({"Install", "X", "DownloadBundle"}) ==
        Events{"DownloadBundle", "X", "Install"});
  CHECK(ordered_events({"DownloadBundle", "BeforeInstall"}) ==
        Events{"DownloadBundle", "Install", "BeforeInstall"});
  CHECK(ordered_events({"X", "DownloadBundle", "BeforeInstall", "Install"}) ==
        Events{"X", "DownloadBundle", "BeforeInstall", "Install"});
}

TEST_CASE("hook-027, hook-028: block-traffic scripts are the old ones before the download only") {
  TestHost host;
  REQUIRE(host.deploy(saying({"BeforeBlockTraffic"}, "one")).ok());
  const auto before = host.deploy(saying({"BeforeBlockTraffic"}, "two"));
  CHECK(before.logged("BeforeBlockTraffic-one"));
  CHECK_FALSE(before.logged("BeforeBlockTraffic-two"));
  CHECK(before.had("BeforeBlockTraffic:Succeeded"));

  const auto after = host.deploy(saying({"BeforeBlockTraffic"}, "three"),
                                 {{"events", "DownloadBundle,Install,BeforeBlockTraffic"}});
  CHECK(after.logged("BeforeBlockTraffic-three"));
}

TEST_CASE("hook-029: in a blue/green rollback block hooks are those of the newest download") {
  TestHost host;
  REQUIRE(host.deploy(saying({"BeforeBlockTraffic"}, "one")).ok());
  Revision two = saying({"BeforeBlockTraffic", "BeforeInstall"}, "two");
  two.files[1].text = "#!/bin/sh\nexit 1\n";
  REQUIRE(host.deploy(two).had("BeforeInstall:Failed"));
  const auto rollback =
      host.deploy(saying({"BeforeBlockTraffic"}, "three"),
                  {{"deploymentCreator", "codeDeployRollback"}, {"deploymentType", "BLUE_GREEN"}});
  CHECK(rollback.logged("BeforeBlockTraffic-two"));
  CHECK_FALSE(rollback.logged("BeforeBlockTraffic-one"));
}

bool is_alive(const std::string& pid) {
  const std::string stat = sluice::testing::read_file("/proc/" + pid + "/stat");
  return !stat.empty() && stat.find(") Z") == std::string::npos;
}

TEST_CASE("a service lives on after its deployment, and the next one stops it") {
  TestHost host;
  const std::string pid_file = host.path("service.pid").string();
  const std::string start =
      "#!/bin/sh\nsleep 600 </dev/null >/dev/null 2>&1 &\necho $! >" + pid_file + "\n";
  const std::string stop = "#!/bin/sh\nkill $(cat " + pid_file + ")\n";
  const std::string validate = "#!/bin/sh\nkill -0 $(cat " + pid_file + ")\n";
  const auto revision = [&](const std::string& validation) {
    return Revision{appspec_text("hooks:\n  ApplicationStop: [{location: stop}]\n"
                                 "  ApplicationStart: [{location: start}]\n"
                                 "  ValidateService: [{location: validate}]\n"),
                    {{"start", start, 0755}, {"stop", stop, 0755}, {"validate", validation, 0755}}};
  };
  // As the process that runs actions does: what it inherits, it ends.
  REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  REQUIRE(host.deploy(revision(validate)).ok());
  const std::string first = sluice::testing::read_file(pid_file).substr(0, 20);
  const std::string pid = first.substr(0, first.find('\n'));
  CHECK(is_alive(pid));
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // it is no child of ours

  // A revision that does not validate stays, running, too.
  CHECK(host.deploy(revision("#!/bin/sh\nexit 1\n")).had("ValidateService:Failed"));
  CHECK_FALSE(is_alive(pid));
  const std::string text = sluice::testing::read_file(pid_file);
  const std::string second = text.substr(0, text.find('\n'));
  CHECK(is_alive(second));
  CHECK(host.deploy({appspec_text(""), {}}).had("ApplicationStop:Succeeded"));
  CHECK_FALSE(is_alive(second));
  int subreaper = 0;
  ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
  CHECK(subreaper == 1);
}

TEST_CASE("two groups know nothing of each other") {
  TestHost host;
  REQUIRE(host.deploy(saying({"ApplicationStop"}, "one"), {{"deploymentGroupName", "A"}}).ok());
  const auto other =
      host.deploy(saying({"ApplicationStop"}, "two"), {{"deploymentGroupName", "B"}});
  CHECK(other.ok());
  CHECK_FALSE(other.logged("ApplicationStop-one"));
}

TEST_CASE("an event that a crash cut off is told by the next deployment") {
  TestHost host;
  REQUIRE(host.deploy(saying({}, "one")).ok());
  sluice::testing::write_file(host.root() / "ongoing-deployment/d-9", "dg\nAfterInstall");
  const auto next = host.deploy(saying({}, "two"));
  CHECK(next.ok());
  CHECK(next.logged("d-9 (AfterInstall)"));
  CHECK(fs::is_empty(host.root() / "ongoing-deployment"));
}

TEST_CASE("settings that cannot be right are configuration errors") {
  const std::vector<TestHost::Settings> cases = {
      {{"applicationName", "a/b"}},    {{"deploymentGroupName", ".."}},
      {{"deploymentId", "d 1"}},       {{"deploymentGroupId", "deployment-instructions"}},
      {{"appspec", "../appspec.yml"}}, {{"bundle", "/etc/passwd"}},
      {{"maxRevisions", "0"}},         {{"maxRevisions", "many"}},
  };
  for (const auto& settings : cases) {
    INFO(settings.begin()->first << "=" << settings.begin()->second);
    TestHost host;
    const auto deployed = host.deploy(saying({}, "x"), settings);
    CHECK(deployed.kind == SLUICE_FAILURE_CONFIGURATION);
    CHECK_THAT(deployed.message, Catch::StartsWith(settings.begin()->first));
  }
}

TEST_CASE("the cloud's spellings of the settings are understood") {
  TestHost host;
  const auto deployed = host.deploy(saying({"AfterInstall"}, "x"),
                                    {{"ApplicationName", "Shop"}, {"DeploymentGroupName", "Web"}});
  CHECK(deployed.ok());
  CHECK(deployed.details.at("deploymentGroupId") == "\"Shop~Web\"");
}

}  // namespace
}  // namespace sluice::appspec::testing
