#include "engine/artifacts/log_store.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/store/scratch.hpp"

namespace sluice {
namespace {

const LogName kName = {"webshop", {0x1122334455667788, 0x99aabbccddeeff00}, "Build", "Compile", 2};
constexpr Instant kNow{1'700'000'000'123};
constexpr Instant kLater{1'700'000'061'000};
const std::string kStamp = "2023-11-14T22:13:20.123Z ";
const std::string kLaterStamp = "2023-11-14T22:14:21.000Z ";

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a log lies under its pipeline, execution, stage and attempt") {
  const LogStore logs("/data/logs");
  CHECK(logs.path(kName) ==
        "/data/logs/webshop/11223344-5566-7788-99aa-bbccddeeff00/Build/Compile.2.log");
  CHECK(logs.path({"..", {}, "a/b", "", 1}) ==
        "/data/logs/%2E./00000000-0000-0000-0000-000000000000/a%2Fb/%.1.log");
}

TEST_CASE("each line bears the time at which it began") {
  const Scratch scratch;
  const LogStore logs(scratch.path());
  auto log = logs.writer(kName).value();
  REQUIRE(log.write("one\nt", kNow));
  REQUIRE(log.write("wo\r\n\nthree", kLater));
  CHECK(content(logs.path(kName)) == kStamp + "one\n" + kStamp + "two\n" + kLaterStamp + "\n");
  CHECK(log.last_line() == "two");
  REQUIRE(log.finish(kLater));
  CHECK(content(logs.path(kName)) ==
        kStamp + "one\n" + kStamp + "two\n" + kLaterStamp + "\n" + kLaterStamp + "three\n");
  CHECK(log.last_line() == "three");
}

TEST_CASE("a turn goes on in the log of the turn before it, even after half a line") {
  const Scratch scratch;
  const LogStore logs(scratch.path());
  REQUIRE(logs.writer(kName).value().write("one\n", kNow));
  std::ofstream(logs.path(kName), std::ios::app) << kStamp << "cut o";
  REQUIRE(logs.writer(kName).value().write("two\n", kLater));
  CHECK(content(logs.path(kName)) == kStamp + "one\n" + kStamp + "cut o\n" + kLaterStamp + "two\n");
}

TEST_CASE("a line that is too long is cut between characters and says so") {
  const Scratch scratch;
  const LogStore logs(scratch.path());
  auto log = logs.writer(kName, {10, 1'000'000}).value();
  REQUIRE(log.write("0123456789\n0123456", kNow));
  REQUIRE(log.write("78\xc3\xa4xyz\n", kNow));
  CHECK(content(logs.path(kName)) ==
        kStamp + "0123456789\n" + kStamp + "012345678... [line of 14 bytes, cut here]\n");
}

TEST_CASE("a log that is too long ends with a line that says so, once") {
  const Scratch scratch;
  const LogStore logs(scratch.path());
  {
    auto log = logs.writer(kName, {100, 100}).value();
    for (int i = 0; i < 10; ++i) REQUIRE(log.write("0123456789\n", kNow));
  }
  const std::string full = content(logs.path(kName));
  CHECK(full == kStamp + "0123456789\n" + kStamp + "0123456789\n" + kStamp +
                    "[log cut here: longer than 100 bytes]\n");
  REQUIRE(logs.writer(kName, {100, 100}).value().write("more\n", kNow));
  CHECK(content(logs.path(kName)) == full);
}

TEST_CASE("a log is read in whole lines from any offset, and followed") {
  const Scratch scratch;
  const LogStore logs(scratch.path());
  const auto missing = logs.read(kName, 0);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == ErrorKind::kNotFound);
  auto log = logs.writer(kName).value();
  CHECK(logs.read(kName, 0)->text.empty());
  REQUIRE(log.write("one\ntwo\n", kNow));
  const auto all = logs.read(kName, 0);
  CHECK(all->text == kStamp + "one\n" + kStamp + "two\n");
  CHECK(logs.read(kName, all->next_offset)->text.empty());
  CHECK(logs.read(kName, all->next_offset)->next_offset == all->next_offset);
  std::ofstream(logs.path(kName), std::ios::app) << kStamp << "half";
  CHECK(logs.read(kName, all->next_offset)->text.empty());
  std::ofstream(logs.path(kName), std::ios::app) << " whole\n";
  CHECK(logs.read(kName, all->next_offset)->text == kStamp + "half whole\n");
  const auto first = logs.read(kName, 0, 1);
  CHECK(first->text.starts_with(kStamp + "one\n"));
  const auto short_read = logs.read(kName, 0, 30);
  CHECK(short_read->text == kStamp + "one\n");
}

TEST_CASE("the tail of a log is its last whole lines") {
  const Scratch scratch;
  const LogStore logs(scratch.path());
  auto log = logs.writer(kName, {1000, 100'000'000}).value();
  std::string all;
  for (int i = 0; i < 3000; ++i) all += "line " + std::to_string(i) + "\n";
  REQUIRE(log.write(all, kNow));
  std::ofstream(logs.path(kName), std::ios::app) << "unfinished";
  CHECK(logs.tail(kName, 0)->text.empty());
  CHECK(logs.tail(kName, 1)->text == kStamp + "line 2999\n");
  CHECK(logs.tail(kName, 2)->text == kStamp + "line 2998\n" + kStamp + "line 2999\n");
  const auto long_tail = logs.tail(kName, 2500);
  CHECK(long_tail->text.starts_with(kStamp + "line 500\n"));
  const auto whole = logs.tail(kName, 100'000);
  CHECK(whole->text.starts_with(kStamp + "line 0\n"));
  CHECK(whole->next_offset == logs.read(kName, 0, 1'000'000)->next_offset);
}

TEST_CASE("the time of a line is split from its text") {
  CHECK(split_log_line(kStamp + "a b\n").time == "2023-11-14T22:13:20.123Z");
  CHECK(split_log_line(kStamp + "a b\n").text == "a b");
  CHECK(split_log_line(kStamp).text.empty());
  CHECK(split_log_line("no time").text == "no time");
  CHECK(split_log_line("no time").time.empty());
  CHECK(split_log_line("2023-11-14T22:13:20.123Zx").time.empty());
}

TEST_CASE("the logs of an execution can be removed") {
  const Scratch scratch;
  const LogStore logs(scratch.path());
  REQUIRE(logs.writer(kName).value().write("one\n", kNow));
  REQUIRE(logs.remove(kName.pipeline, kName.execution));
  CHECK_FALSE(logs.read(kName, 0));
  CHECK(logs.remove(kName.pipeline, kName.execution));
}

TEST_CASE("a disk without room for a log is an error, and the log goes on when there is room") {
  const Scratch scratch;
  const LogStore logs(scratch.path());
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto log = logs.writer(kName).value();
    const rlimit tight{64, 1 << 20}, wide{1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &tight);
    bool failed = false;
    for (int i = 0; i < 3; ++i) failed |= !log.write("0123456789\n", kNow);
    ::setrlimit(RLIMIT_FSIZE, &wide);
    const bool goes_on = static_cast<bool>(log.write("after\n", kNow));
    ::_exit(failed && goes_on ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  const std::string line = kStamp + "0123456789\n";
  CHECK(content(logs.path(kName)) == line + line + line + kStamp + "after\n");
}

}  // namespace sluice
