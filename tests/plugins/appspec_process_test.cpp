// run_process: output, ends, deadlines, and what is left of a process group.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "plugins/deploy/appspec/process.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::appspec {
namespace {

using std::chrono::milliseconds;

struct Said {
  std::vector<std::string> out, err;
};

ProcessResult run_shell(const std::string& script, Said& said,
                        milliseconds timeout = milliseconds(20000),
                        std::function<bool()> cancelled = {}) {
  ProcessRequest request;
  request.arguments = {"/bin/sh", "-c", script};
  request.environment = own_environment();
  request.timeout = timeout;
  request.grace = milliseconds(200);
  request.line = [&](bool from_stderr, const std::string& line) {
    (from_stderr ? said.err : said.out).push_back(line);
  };
  request.cancelled = std::move(cancelled);
  return run_process(request);
}

bool is_alive(const std::string& pid) {
  const std::string stat = sluice::testing::read_file("/proc/" + pid + "/stat");
  return !stat.empty() && stat.find(") Z") == std::string::npos;
}

TEST_CASE("output comes in lines, by stream, also the last one without an end") {
  Said said;
  const auto result = run_shell("echo one; printf 'two\\nthree'; echo four >&2", said);
  CHECK(result.end == ProcessEnd::kExited);
  CHECK(result.status == 0);
  CHECK(said.out == std::vector<std::string>{"one", "two", "three"});
  CHECK(said.err == std::vector<std::string>{"four"});
}

TEST_CASE("a line without end comes in pieces") {
  Said said;
  run_shell("head -c 40000 /dev/zero | tr '\\0' x", said);
  REQUIRE(said.out.size() == 3);
  CHECK(said.out[0].size() == 16384);
}

TEST_CASE("exit status and signal are told apart") {
  Said said;
  const auto status = run_shell("exit 42", said);
  CHECK((status.end == ProcessEnd::kExited && status.status == 42));
  const auto signal = run_shell("kill -TERM $$", said);
  CHECK((signal.end == ProcessEnd::kSignalled && signal.status == 15));
}

TEST_CASE("a program that is not there is no crash") {
  ProcessRequest request;
  request.arguments = {"/no/such/program"};
  request.timeout = milliseconds(1000);
  const auto result = run_process(request);
  CHECK(result.end == ProcessEnd::kNotStarted);
  CHECK_THAT(result.why, Catch::Contains("/no/such/program"));
}

TEST_CASE("a deadline ends the whole group, also what ignores TERM") {
  Said said;
  const auto result = run_shell("sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & wait",
                                said, milliseconds(300));
  CHECK(result.end == ProcessEnd::kTimedOut);
  REQUIRE(said.out.size() == 1);
  CHECK_FALSE(is_alive(said.out[0]));
}

TEST_CASE("a process that ends on TERM may still say why") {
  Said said;
  const auto result =
      run_shell("trap 'echo going; exit 0' TERM; sleep 60 & wait", said, milliseconds(300));
  CHECK(result.end == ProcessEnd::kTimedOut);
  CHECK(said.out == std::vector<std::string>{"going"});
}

TEST_CASE("cancelling ends the process") {
  Said said;
  const auto result = run_shell("echo begun; sleep 60", said, milliseconds(20000),
                                [&] { return !said.out.empty(); });
  CHECK(result.end == ProcessEnd::kCancelled);
}

TEST_CASE("output held by another process is waited for until the deadline, and the holder named") {
  Said said;
  const auto result = run_shell("sleep 5 & echo done", said, milliseconds(300));
  CHECK(result.end == ProcessEnd::kOutputsLeftOpen);
  CHECK_THAT(result.why, Catch::StartsWith("sleep (pid "));
  CHECK(said.out == std::vector<std::string>{"done"});
}

TEST_CASE("a background process with streams of its own is left alone") {
  Said said;
  const auto result = run_shell("sleep 5 </dev/null >/dev/null 2>&1 & echo $!", said);
  CHECK(result.end == ProcessEnd::kExited);
  REQUIRE(said.out.size() == 1);
  CHECK(is_alive(said.out[0]));
  std::system(("kill " + said.out[0]).c_str());
}

TEST_CASE("nothing but the three streams is inherited") {
  Said said;
  run_shell("ls /proc/$$/fd", said);
  CHECK(said.out == std::vector<std::string>{"0", "1", "2"});
}

}  // namespace
}  // namespace sluice::appspec
