#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "plugins/build/plain_command.hpp"
#include "plugins/build/shell.hpp"
#include "tests/support/fake_host.hpp"

namespace {
using sluice::build::Interruption;
using sluice::build::Shell;
using sluice::build::Watch;

Shell::Options in_tmp(const std::string& program = "sh") {
  Shell::Options options;
  options.program = program;
  options.environment = {std::string("PATH=") + std::getenv("PATH"), "GIVEN=from outside"};
  options.directory = "/tmp";
  return options;
}

bool has_children() {
  return waitpid(-1, nullptr, WNOHANG) == 0 || errno != ECHILD;
}

// A process that has ended but that init has not reaped yet runs no more.
bool runs(pid_t pid) {
  const auto stat = sluice::testing::read_file("/proc/" + std::to_string(pid) + "/stat");
  return !stat.empty() && stat.find(") Z ") == std::string::npos;
}

struct Script {
  const char* what;
  std::vector<const char*> entries;
  std::vector<int> statuses;  // of each entry
};

// RESULT is read at the end and has to be "ok".
const std::vector<Script> kScripts = {
    {"a plain variable lives on", {"RESULT=ok"}, {0}},
    {"an exported variable lives on",
     {"export RESULT=ok", "RESULT=$(sh -c 'echo $RESULT')"},
     {0, 0}},
    {"the directory lives on", {"cd /", "[ \"$PWD\" = / ] && RESULT=ok"}, {0, 0}},
    {"a function lives on", {"f() { RESULT=ok; }", "f"}, {0, 0}},
    {"a background job can be waited for in a later entry",
     {"(exit 7) & JOB=$!", "wait $JOB || RESULT=ok"},
     {0, 0}},
    {"a shell option lives on", {"set -f", "case $- in *f*) RESULT=ok;; esac"}, {0, 0}},
    {"the given environment is there", {"[ \"$GIVEN\" = 'from outside' ] && RESULT=ok"}, {0}},
    {"an entry of several lines has the status of its last line",
     {"false\ntrue", "true\nfalse", "RESULT=ok"},
     {0, 1, 0}},
    {"an entry may hold any character",
     {"X=\"it's \\\"quoted\\\" \\$5\"",
      "cat >/dev/null <<E\nhere\nE\n[ \"$X\" = 'it'\\''s \"quoted\" $5' ]", "RESULT=ok"},
     {0, 0, 0}},
    {"a comment alone is an entry that succeeds", {"# nothing", "RESULT=ok"}, {0, 0}},
    {"the input of an entry is empty", {"read X; RESULT=ok$X"}, {0}},
    {"a command that is not there has status 127", {"no-such-command-9", "RESULT=ok"}, {127, 0}},
    {"exit ends the entry and keeps what it had set",
     {"cd /; A=1; export B=2; exit 3; A=9", "[ $PWD$A$B = /12 ] && RESULT=ok"},
     {3, 0}},
    {"exit 0 ends the entry alone", {"exit 0; RESULT=bad", "RESULT=ok"}, {0, 0}},
    {"exit in a function ends the entry",
     {"f() { exit 4; }; X=y; f", "RESULT=${X}; RESULT=ok"},
     {4, 0}},
    {"exit in a subshell ends the subshell", {"(exit 5)", "RESULT=ok"}, {5, 0}},
    {"a shell that kills itself is replaced, with what it had after the entry before",
     {"cd /; A=1", "kill -9 $$", "[ $PWD$A = /1 ] && RESULT=ok"},
     {0, 137, 0}},
    {"exec replaces the shell, the next entry has a new one",
     {"A=1", "exec sh -c 'exit 6'", "[ $A = 1 ] && RESULT=ok"},
     {0, 6, 0}},
    {"a syntax error fails its entry alone",
     {"A=1", "echo \"unclosed", "[ $A = 1 ] && RESULT=ok"},
     {0, 2, 0}},
    {"errexit ends the entry and is still set in the next shell",
     {"set -e", "false; true", "case $- in *e*) RESULT=ok;; esac"},
     {0, 1, 0}},
    {"what was unset stays unset in the next shell",
     {"unset GIVEN; exit 1", "[ -z \"${GIVEN+x}\" ] && RESULT=ok"},
     {1, 0}},
    {"values with line breaks and quotes survive a new shell",
     {"A=\"a\nb'c\\\"d\"; exit 1", "[ \"$A\" = \"a\nb'c\\\"d\" ] && RESULT=ok"},
     {1, 0}},
    {"an EXIT trap of the user takes nothing away but the last entry's changes",
     {"A=1; trap 'true' EXIT", "exit 8", "[ $A = 1 ] && RESULT=ok"},
     {0, 8, 0}},
    {"tracing does not disturb",
     {"set -x 2>/dev/null", "A=1 2>/dev/null", "set +x", "RESULT=ok"},
     {0, 0, 0, 0}},
};

TEST_CASE("how entries of one shell see each other") {
  for (const char* program : {"sh", "bash"}) {
    for (const auto& script : kScripts) {
      if (std::string(program) == "bash" && std::string(script.what).starts_with("a syntax error"))
        continue;  // bash survives one, with status 1
      INFO(program << ": " << script.what);
      Watch watch;
      Shell shell(in_tmp(program), watch);
      for (std::size_t i = 0; i < script.entries.size(); ++i) {
        INFO("entry " << script.entries[i]);
        const auto result = shell.run(script.entries[i]);
        CHECK(result.trouble == "");
        CHECK(result.status == script.statuses[i]);
      }
      const auto values = shell.values({"RESULT"});
      REQUIRE(values.size() == 1);
      CHECK(values[0].value_or("(unset)") == "ok");
    }
  }
}

TEST_CASE("bash carries functions and arrays into the next shell") {
  Watch watch;
  Shell shell(in_tmp("bash"), watch);
  CHECK(shell.run("f() { R=${A[2]}; }; A=(1 2 '3 4')").ok());
  CHECK(shell.run("kill -9 $$").status == 137);
  CHECK(shell.run("f").ok());
  CHECK(shell.run("A[2]=5; exit 1").status == 1);
  CHECK(shell.run("[ \"$R\" = '3 4' ] && f && [ $R = 5 ]").ok());
}

TEST_CASE("values tells unset from empty and keeps every character") {
  Watch watch;
  Shell shell(in_tmp(), watch);
  CHECK(shell.run("EMPTY=; LINES_='a\nb\n'; set -u").ok());
  const auto values = shell.values({"EMPTY", "LINES_", "NEVER", "GIVEN", "not a name"});
  REQUIRE(values.size() == 5);
  CHECK(values[0] == std::optional<std::string>(""));
  CHECK(values[1] == std::optional<std::string>("a\nb\n"));
  CHECK(values[2] == std::nullopt);
  CHECK(values[3] == std::optional<std::string>("from outside"));
  CHECK(values[4] == std::nullopt);
}

TEST_CASE("expand reads a text as the shell does between double quotes") {
  Watch watch;
  Shell shell(in_tmp(), watch);
  CHECK(shell.run("X='a b'").ok());
  CHECK(shell.expand("plain \\ \" text") == std::optional<std::string>("plain \\ \" text"));
  CHECK(shell.expand("$X-${X}") == std::optional<std::string>("a b-a b"));
  CHECK(shell.expand("\"$(echo hi)\"") == std::optional<std::string>("\"hi\""));
  CHECK(shell.expand("$(") == std::nullopt);
  CHECK(shell.expand("$X") == std::optional<std::string>("a b"));
}

TEST_CASE("set exports a value whatever is in it") {
  Watch watch;
  Shell shell(in_tmp(), watch);
  shell.set("A", "it's $HOME");
  CHECK(shell.run("[ \"$(sh -c 'echo \"$A\"')\" = 'it'\\''s $HOME' ]").ok());
}

TEST_CASE("a deadline ends the entry, its children and their children") {
  Watch watch;
  Shell shell(in_tmp(), watch);
  REQUIRE(shell.run("sleep 1000 & BACKGROUND=$!").ok());
  const pid_t background = std::atoi(shell.values({"BACKGROUND"})[0]->c_str());
  watch.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  const auto result = shell.run("sh -c 'sleep 1000; true'");
  CHECK(result.interruption == Interruption::kTimedOut);
  shell.end();
  CHECK_FALSE(runs(background));
  CHECK_FALSE(has_children());
}

TEST_CASE("a process that ignores TERM is killed") {
  Watch watch;
  watch.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  Shell shell(in_tmp(), watch);
  CHECK(shell.run("trap '' TERM; sleep 1000").interruption == Interruption::kTimedOut);
  shell.end();
  CHECK_FALSE(has_children());
}

TEST_CASE("cancellation is noticed while an entry runs") {
  int polls = 0;
  Watch watch;
  watch.cancelled = [&polls] { return ++polls > 1; };
  Shell shell(in_tmp(), watch);
  CHECK(shell.run("sleep 1000").interruption == Interruption::kStopped);
}

TEST_CASE("a background job that outlives its shell ends with the build") {
  Watch watch;
  Shell shell(in_tmp(), watch);
  CHECK(shell.run("sleep 1000 & JOB=$!; exit 1").status == 1);
  const pid_t job = std::atoi(shell.values({"JOB"})[0]->c_str());
  CHECK(runs(job));
  shell.end();
  CHECK_FALSE(runs(job));
}

TEST_CASE("a shell that cannot be started says why") {
  Watch watch;
  auto options = in_tmp("/no/such/shell");
  CHECK_THAT(Shell(options, watch).run("true").trouble, Catch::Contains("/no/such/shell"));
  options = in_tmp();
  options.directory = "/no/such/directory";
  CHECK_THAT(Shell(options, watch).run("true").trouble, Catch::Contains("/no/such/directory"));
}

TEST_CASE("an entry of a megabyte passes, and so does its state") {
  Watch watch;
  Shell shell(in_tmp(), watch);
  CHECK(shell.run("X='" + std::string(1 << 20, 'x') + "'").ok());
  CHECK(shell.run("exit 1").status == 1);
  CHECK(shell.run("[ ${#X} = 1048576 ]").ok());
}

TEST_CASE("which commands need no shell") {
  using sluice::build::plain_words;
  using Words = std::vector<std::string>;
  CHECK(plain_words("true") == Words{"true"});
  CHECK(plain_words("  make  -j2 all ") == Words{"make", "-j2", "all"});
  CHECK(plain_words("./a/b --x:y,z") == Words{"./a/b", "--x:y,z"});
  for (const char* command :
       {"",    " ",    "cd x",   "exit 3",  ". file",  "while", "wait",  "A=1 make",
        "a;b", "a b*", "~/x",    "echo x",  "a 'b'",   "a\nb",  "a | b", "$X",
        "#x",  "a\\b", "test x", "time ls", "umask 0", "alias", "{ a",   "! a"})
    CHECK(plain_words(command).empty());
}

TEST_CASE("a command alone: its status, its signal, what is not there, its deadline") {
  Watch watch;
  const auto environment = in_tmp().environment;
  const auto run = [&](const char* command) {
    return sluice::build::run_alone(command, environment, "/tmp", watch);
  };
  CHECK(run("true").ok());
  CHECK(run("false").status == 1);
  CHECK(run("exit 3").status == 3);
  CHECK(run("kill -9 $$").status == 137);
  CHECK(run("no-such-command-9").status == 127);
  CHECK(run("[ \"$GIVEN\" = 'from outside' ] && [ $PWD = /tmp ]").ok());
  CHECK(run("read X; [ -z \"$X\" ]").ok());
  CHECK(sluice::build::run_alone("only-here", {"PATH=/nowhere"}, "/tmp", watch).status == 127);
  watch.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  CHECK(run("sleep 1000").interruption == Interruption::kTimedOut);
  CHECK_FALSE(has_children());
}

TEST_CASE("becoming another user needs root, and the user") {
  Watch watch;
  Shell shell(in_tmp(), watch);
  CHECK_THAT(shell.become("no-such-user-9"), Catch::Contains("no-such-user-9"));
  CHECK(shell.run("A=1").ok());
  const auto trouble = shell.become("nobody");
  if (geteuid() != 0) {
    CHECK_THAT(trouble, Catch::Contains("only root"));
    return;
  }
  CHECK(trouble == "");
  CHECK(shell.run("[ \"$(id -un)\" = nobody ] && [ $A = 1 ] && B=2").ok());
  CHECK(shell.become("") == "");
  CHECK(shell.run("[ \"$(id -u)\" = 0 ] && [ $B = 2 ]").ok());
}
}  // namespace
