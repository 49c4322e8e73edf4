#include <catch2/catch.hpp>
#include <string>

#include "plugins/rule/alarm.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::rule {
namespace {

std::int64_t now_ms = 1'700'000'000'000;

Outcome at_now(Run& run) {
  return alarm_at(run, now_ms);
}

}  // namespace

TEST_CASE("what the text of a metric means") {
  struct Row {
    const char* text;
    std::optional<Threshold> threshold;
    const char* state;
  };
  const Threshold above{5, "GreaterThanThreshold"}, from{5, "GreaterThanOrEqualToThreshold"};
  const Threshold below{5, "LessThanThreshold"}, to{5, "LessThanOrEqualToThreshold"};
  const Row rows[] = {
      {"OK", {}, "OK"},
      {"ALARM\n", {}, "ALARM"},
      {"since 10:00\r\n ALARM \r\n\n", {}, "ALARM"},
      {"INSUFFICIENT_DATA", {}, "INSUFFICIENT_DATA"},
      {"alarm", {}, "INSUFFICIENT_DATA"},
      {"", {}, "INSUFFICIENT_DATA"},
      {"5", above, "OK"},
      {"5.01", above, "ALARM"},
      {"5", from, "ALARM"},
      {"4.99", from, "OK"},
      {"5", below, "OK"},
      {"-1e3", below, "ALARM"},
      {"5", to, "ALARM"},
      {"6", to, "OK"},
      {"measured\n7", above, "ALARM"},
      {"7 errors", above, "INSUFFICIENT_DATA"},
      {"nan", above, "INSUFFICIENT_DATA"},
      {"ALARM", above, "INSUFFICIENT_DATA"},
  };
  for (const auto& row : rows) {
    INFO("'" << row.text << "'");
    CHECK(text_of(state_of(row.text, row.threshold)) == row.state);
  }
}

TEST_CASE("a command's exit status, or with a threshold the number that it prints") {
  struct Row {
    const char *command, *threshold, *states;
    sluice_outcome outcome;
  };
  const Row rows[] = {
      {"exit 0", "", "OK", SLUICE_SUCCEEDED},
      {"exit 1", "", "ALARM", SLUICE_SUCCEEDED},
      {"exit 1", "", "OK,INSUFFICIENT_DATA", SLUICE_FAILED},
      {"kill -9 $$", "", "INSUFFICIENT_DATA", SLUICE_SUCCEEDED},
      {"echo noise; echo 12", "10", "ALARM", SLUICE_SUCCEEDED},
      {"echo 9", "10", "OK", SLUICE_SUCCEEDED},
      {"echo 9; exit 3", "10", "INSUFFICIENT_DATA", SLUICE_SUCCEEDED},
      {"echo none", "10", "ALARM, INSUFFICIENT_DATA", SLUICE_SUCCEEDED},
  };
  for (const auto& row : rows) {
    INFO(row.command << " with " << row.states);
    testing::FakeHost host;
    host.configure("AlarmName", "errors");
    host.configure("Command", row.command);
    if (*row.threshold != '\0') host.configure("Threshold", row.threshold);
    host.configure("AlarmStates", row.states);
    CHECK(host.run<at_now>() == row.outcome);
  }
}

TEST_CASE("without a command the state is read from a file that monitoring writes") {
  testing::FakeHost host;
  host.configure("AlarmName", "errors");
  const std::filesystem::path base = host.input("base");
  host.set_text(SLUICE_TEXT_BASE_DIRECTORY, base.string());
  CHECK(host.run<at_now>() == SLUICE_SUCCEEDED);  // no file: INSUFFICIENT_DATA, acceptable
  CHECK_THAT(host.log(), Catch::Contains("errors is in state INSUFFICIENT_DATA"));

  testing::write_file(base / "alarms/errors", "ALARM\n");
  REQUIRE(host.run<at_now>() == SLUICE_FAILED);
  CHECK(host.failure->code == "RuleFailed");
  CHECK_THAT(host.failure->message, Catch::Contains("in state ALARM; acceptable is OK"));

  testing::write_file(base / "load", "0.5\n");
  host.configure("File", "load");
  host.configure("Threshold", "1");
  CHECK(host.run<at_now>() == SLUICE_SUCCEEDED);
}

TEST_CASE("within WaitTime the rule looks again and again without holding a process") {
  testing::FakeHost host;
  const std::filesystem::path base = host.input("base");
  host.set_text(SLUICE_TEXT_BASE_DIRECTORY, base.string());
  host.configure("AlarmName", "errors");
  host.configure("AlarmStates", "OK");
  host.configure("WaitTime", "2");
  host.configure("PollSeconds", "50");
  const auto start_ms = now_ms;
  std::vector<std::int64_t> delays;
  while (host.run<at_now>() == SLUICE_CONTINUE) {
    delays.push_back(host.continuation->delay_ms);
    now_ms += delays.back();
    host.set_text(SLUICE_TEXT_CONTINUATION, host.continuation->token);
    REQUIRE(delays.size() < 10);
  }
  CHECK(delays == std::vector<std::int64_t>{50'000, 50'000, 20'000});
  CHECK(now_ms - start_ms == 120'000);
  CHECK_THAT(host.failure->message, Catch::Contains("also after WaitTime"));

  now_ms = start_ms;
  testing::write_file(base / "alarms/errors", "OK");
  CHECK(host.run<at_now>() == SLUICE_SUCCEEDED);
}

TEST_CASE("settings that make no sense are the file's fault") {
  struct Row {
    const char *key, *value, *part;
  };
  const Row rows[] = {
      {"AlarmStates", "OK,Warning", "AlarmStates: 'Warning' is no state"},
      {"Threshold", "many", "Threshold: 'many' is no number"},
      {"ComparisonOperator", "LessThanThreshold", "needs a Threshold"},
      {"WaitTime", "-1", "WaitTime: '-1' is not a number from 0 to 86400"},
      {"PollSeconds", "0", "PollSeconds: '0' is not a number from 1 to 86400"},
      {"AlarmName", "../errors", "cannot be the name of a file"},
  };
  for (const auto& row : rows) {
    INFO(row.key);
    testing::FakeHost host;
    host.configure("AlarmName", "errors");
    host.configure(row.key, row.value);
    REQUIRE(host.run<at_now>() == SLUICE_FAILED);
    CHECK(host.failure->kind == SLUICE_FAILURE_CONFIGURATION);
    CHECK_THAT(host.failure->message, Catch::Contains(row.part));
  }
  testing::FakeHost host;
  host.configure("AlarmName", "errors");
  host.configure("File", "a");
  host.configure("Command", "true");
  REQUIRE(host.run<at_now>() == SLUICE_FAILED);
  CHECK_THAT(host.failure->message, Catch::Contains("keep one of the two"));
}

TEST_CASE("a stopped rule ends as cancelled") {
  testing::FakeHost host;
  host.configure("AlarmName", "errors");
  host.configure("Command", "sleep 30");
  host.cancel();
  REQUIRE(host.run<at_now>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CANCELLED);
}

}  // namespace sluice::rule
