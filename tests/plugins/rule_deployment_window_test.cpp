#include <catch2/catch.hpp>
#include <string>

#include "plugins/rule/deployment_window.hpp"
#include "tests/events/clock_text.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::rule {
namespace {

// The clock of the runs below.
std::int64_t now_ms = 0;

Outcome at_now(Run& run) {
  return deployment_window_at(run, now_ms);
}

}  // namespace

TEST_CASE("inside the window the rule passes, outside it waits until the window opens") {
  testing::FakeHost host;
  host.configure("Cron", "0 * 9-16 ? * MON-FRI *");
  host.configure("TimeZone", "Europe/Berlin");
  now_ms = testing::utc_ms("2024-03-01 08:30:15");  // 09:30 on a Friday
  CHECK(host.run<at_now>() == SLUICE_SUCCEEDED);

  now_ms = testing::utc_ms("2024-03-01 16:00:00") + 250;  // 17:00
  REQUIRE(host.run<at_now>() == SLUICE_CONTINUE);
  CHECK(now_ms + host.continuation->delay_ms == testing::utc_ms("2024-03-04 08:00:00"));
  CHECK_THAT(host.log(), Catch::Contains("it opens at 2024-03-04 08:00:00 UTC"));

  now_ms += host.continuation->delay_ms;
  host.set_text(SLUICE_TEXT_CONTINUATION, host.continuation->token);
  CHECK(host.run<at_now>() == SLUICE_SUCCEEDED);
}

TEST_CASE("a rule that is called too early waits again") {
  testing::FakeHost host;
  host.configure("Cron", "* 0 12 * * ?");
  host.set_text(SLUICE_TEXT_CONTINUATION, "window");
  now_ms = testing::utc_ms("2024-03-01 11:59:59") + 999;
  REQUIRE(host.run<at_now>() == SLUICE_CONTINUE);
  CHECK(host.continuation->delay_ms == 1);
}

TEST_CASE("a window that never opens again fails, and one that is none is the file's fault") {
  testing::FakeHost host;
  now_ms = testing::utc_ms("2024-03-01 00:00:00");
  host.configure("Cron", "0 0 12 * * ? 2023");
  REQUIRE(host.run<at_now>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_PERMANENT);
  CHECK_THAT(host.failure->message, Catch::Contains("does not open any more"));

  host.configure("Cron", "0 0 25 * * ?");
  REQUIRE(host.run<at_now>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CONFIGURATION);
  CHECK_THAT(host.failure->message, Catch::Contains("hours: '25' is not allowed"));

  host.configure("Cron", "0 0 12 * * ?");
  host.configure("TimeZone", "Mars/Base");
  REQUIRE(host.run<at_now>() == SLUICE_FAILED);
  CHECK_THAT(host.failure->message, Catch::Contains("write Region/City"));
}

TEST_CASE("the clock of the machine is used where a whole day is open") {
  testing::FakeHost host;
  host.configure("Cron", "* * * * * ?");
  CHECK(host.run<deployment_window>() == SLUICE_SUCCEEDED);
}

}  // namespace sluice::rule
