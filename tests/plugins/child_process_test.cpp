#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>

#include "plugins/process/child.hpp"

namespace sluice::process {
namespace {

struct Seen {
  Ending ending;
  std::string output, error;
};

Seen shell(const std::string& script, Command command = {}) {
  Seen seen;
  command.arguments = {"sh", "-c", script};
  if (command.environment.empty()) command.environment = inherited_environment();
  command.on_output = [&](std::string_view bytes) { seen.output += bytes; };
  command.on_error = [&](std::string_view bytes) { seen.error += bytes; };
  seen.ending = run(command);
  return seen;
}

// What a script has printed as its pid; a zombie that its new parent has yet to collect is gone.
bool lives(const std::string& pid) {
  std::ifstream file("/proc/" + std::to_string(std::stoi(pid)) + "/stat");
  std::string stat;
  std::getline(file, stat);
  return !stat.empty() && stat.find(") Z") == std::string::npos;
}

}  // namespace

TEST_CASE("a child's status and both streams are seen") {
  const auto seen = shell("echo out; echo err >&2; exit 3");
  CHECK(seen.ending.end == End::kExited);
  CHECK(seen.ending.text() == "exited with status 3");
  CHECK(seen.output == "out\n");
  CHECK(seen.error == "err\n");
}

TEST_CASE("a child that dies of a signal is told from one that exits") {
  const auto seen = shell("kill -SEGV $$");
  CHECK(seen.ending.end == End::kSignalled);
  CHECK(seen.ending.code == SIGSEGV);
}

TEST_CASE("input larger than any pipe reaches a child, even one that never reads it") {
  Command command;
  command.input = std::string(1'000'000, 'x');
  CHECK(shell("wc -c", command).output == "1000000\n");
  CHECK(shell("true", command).ending.succeeded());
}

TEST_CASE("a program that does not exist is reported with the reason") {
  Command command;
  command.arguments = {"/nowhere/program"};
  const auto ending = run(command);
  CHECK(ending.end == End::kNotStarted);
  CHECK(ending.text() == "could not be started: No such file or directory");
}

TEST_CASE("the deadline stops the child and its children") {
  Command command;
  command.deadline_ms = 100;
  const auto seen = shell("sleep 1000 & echo $!; wait", command);
  CHECK(seen.ending.end == End::kTimedOut);
  CHECK_FALSE(lives(seen.output));
}

TEST_CASE("a child that ignores SIGTERM is killed after the grace period") {
  Command command;
  command.deadline_ms = 50;
  const auto seen = shell("trap '' TERM; while :; do sleep 0.05; done", command);
  CHECK(seen.ending.end == End::kTimedOut);
}

TEST_CASE("a grandchild that ignores SIGTERM is killed too, and the child's last words are heard") {
  Command command;
  command.deadline_ms = 300;
  command.grace_ms = 200;
  const auto seen = shell(
      "trap 'echo going; exit 0' TERM; "
      "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & wait",
      command);
  CHECK(seen.ending.end == End::kTimedOut);
  CHECK_FALSE(lives(seen.output));
  CHECK_THAT(seen.output, Catch::EndsWith("\ngoing\n"));
}

TEST_CASE("output that is waited for is waited for until the deadline, and its holder is named") {
  Command command;
  command.wait_for_output = true;
  CHECK(shell("(sleep 0.2; echo late) & echo done", command).output == "done\nlate\n");
  command.deadline_ms = 300;
  const auto seen = shell("sleep 50 & echo $!", command);
  CHECK(seen.ending.end == End::kOutputHeld);
  CHECK_THAT(seen.ending.holders, Catch::StartsWith("sleep (pid "));
  CHECK(lives(seen.output));
  kill(std::stoi(seen.output), SIGKILL);
  const auto apart = shell("sleep 50 </dev/null >/dev/null 2>&1 & echo $!", command);
  CHECK(apart.ending.succeeded());
  kill(std::stoi(apart.output), SIGKILL);
}

TEST_CASE("cancelling stops the child") {
  Command command;
  int asked = 0;
  command.cancelled = [&] { return ++asked > 2; };
  CHECK(shell("sleep 1000", command).ending.end == End::kCancelled);
}

TEST_CASE("a background process that keeps the output open is not waited for") {
  const auto begin = std::chrono::steady_clock::now();
  const auto seen = shell("sleep 20 & echo $!");
  CHECK(seen.ending.succeeded());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
  kill(std::stoi(seen.output), SIGKILL);
}

TEST_CASE("a child that floods its output is read to the end, or to its deadline") {
  CHECK(shell("head -c 3000000 /dev/zero").output.size() == 3'000'000);
  Command command;
  command.deadline_ms = 100;
  command.arguments = {"yes"};
  command.environment = inherited_environment();
  CHECK(run(command).end == End::kTimedOut);
}

TEST_CASE("a child has no descriptor but the three, and no terminal") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);  // not close-on-exec: it would be inherited
  CHECK(shell("ls /proc/self/fd | wc -l").output == "4\n");  // 0, 1, 2 and the one of ls
  CHECK(shell("(: </dev/tty) 2>/dev/null || echo none").output == "none\n");
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("output is cut into lines") {
  std::vector<std::string> seen;
  Lines lines([&](const std::string& line) { seen.push_back(line); });
  lines.add("a\r\nb");
  lines.add("c\n\nlast");
  lines.finish();
  lines.finish();
  CHECK(seen == std::vector<std::string>{"a", "bc", "", "last"});
  seen.clear();
  Lines short_ones([&](const std::string& line) { seen.push_back(line); }, 4);
  short_ones.add("abcdefghij\n");
  CHECK(seen == std::vector<std::string>{"abcd", "efgh", "ij"});
}

TEST_CASE("what is not UTF-8 is replaced byte by byte") {
  const std::pair<std::string, std::string> rows[] = {
      {"plain", "plain"},
      {"gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F"},
      {"\xF0\x9F\x9A\x80", "\xF0\x9F\x9A\x80"},
      {"a\xFFz", "a\xEF\xBF\xBDz"},
      {"\xC3", "\xEF\xBF\xBD"},
      {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {std::string("a\0b", 3),
       "a\xEF\xBF\xBD"
       "b"},
  };
  for (const auto& [text, valid] : rows) CHECK(valid_utf8(text) == valid);
}

}  // namespace sluice::process
