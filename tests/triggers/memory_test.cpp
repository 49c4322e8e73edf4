#include "engine/triggers/memory.hpp"

#include <catch2/catch.hpp>

#include "tests/events/clock_text.hpp"

namespace sluice::triggers {
namespace {

using testing::utc_ms;

schedule::Schedule parsed(const char* text) {
  auto schedule = schedule::Schedule::parse(text);
  REQUIRE(schedule);
  return *schedule;
}

}  // namespace

TEST_CASE("pushes are names that are new or mean something else") {
  const Refs before{{"refs/heads/main", "a"}, {"refs/heads/old", "b"}, {"refs/tags/v1", "c"}};
  const Refs now{{"refs/heads/main", "d"},
                 {"refs/heads/new", "e"},
                 {"refs/tags/v1", "c"},
                 {"refs/tags/v2", "f"},
                 {"refs/notes/x", "g"}};
  CHECK(pushes_between(before, now) == std::vector<Push>{{false, "main", "a", "d"},
                                                         {false, "new", "", "e"},
                                                         {true, "v2", "", "f"}});
  CHECK(pushes_between(now, now).empty());
}

TEST_CASE("each start has a token of its own, also for the same commit again") {
  Memory memory;
  memory.id = "m";
  decide_start(memory, {"PollForSourceChanges", "Get"}, {{"Get", "COMMIT_ID", "a"}});
  decide_start(memory, {"PollForSourceChanges", "Get"}, {{"Get", "COMMIT_ID", "a"}});
  REQUIRE(memory.pending.size() == 2);
  CHECK(memory.pending[0].token == "m-1");
  CHECK(memory.pending[1].token == "m-2");
}

TEST_CASE("a memory that is written down is the same afterwards, and nonsense is refused") {
  Memory memory;
  memory.id = "m";
  memory.repositories["Get url"] = {{"refs/heads/main", "a"}};
  memory.schedules["rate(1 hour)"] = 12;
  CHECK(first_delivery(memory, "d1"));
  decide_start(memory, {"WebhookV2", "\xC3\xBC \"x\""}, {{"Get", "COMMIT_ID", "a"}});
  const auto again = memory_from_json(to_json(memory));
  REQUIRE(again);
  CHECK(*again == memory);
  for (const char* text : {"", "[]", "{}", R"({"id":7})", "{\"id\":\"m\"", "null"}) {
    INFO(text);
    const auto refused = memory_from_json(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::kCorrupt);
  }
}

TEST_CASE("a schedule begins when it is first seen, and keeps its beat") {
  Memory memory;
  const auto hourly = parsed("rate(1 hour)");
  const auto t0 = utc_ms("2024-03-01 10:00:00"), minute = std::int64_t{60'000};
  auto turn = look_at_schedule(memory, "k", hourly, t0);
  CHECK_FALSE(turn.starts);
  CHECK(turn.next_ms == t0 + 60 * minute);
  CHECK_FALSE(look_at_schedule(memory, "k", hourly, t0 + 59 * minute).starts);
  turn = look_at_schedule(memory, "k", hourly, t0 + 61 * minute);  // a little late
  CHECK(turn.starts);
  CHECK(turn.next_ms == t0 + 120 * minute);
  CHECK_FALSE(look_at_schedule(memory, "k", hourly, t0 + 62 * minute).starts);
}

TEST_CASE("however many times were missed, one start makes up for them") {
  Memory memory;
  const auto nightly = parsed("cron(0 2 * * ? *)");
  (void)look_at_schedule(memory, "k", nightly, utc_ms("2024-03-01 10:00:00"));
  const auto turn = look_at_schedule(memory, "k", nightly, utc_ms("2024-03-09 09:00:00"));
  CHECK(turn.starts);
  CHECK(turn.next_ms == utc_ms("2024-03-10 02:00:00"));
  CHECK_FALSE(look_at_schedule(memory, "k", nightly, utc_ms("2024-03-09 09:00:01")).starts);
}

TEST_CASE("a clock that was set back starts nothing twice") {
  Memory memory;
  const auto nightly = parsed("cron(0 2 * * ? *)");
  (void)look_at_schedule(memory, "k", nightly, utc_ms("2024-03-01 01:59:00"));
  CHECK(look_at_schedule(memory, "k", nightly, utc_ms("2024-03-01 02:00:00")).starts);
  const auto turn = look_at_schedule(memory, "k", nightly, utc_ms("2024-03-01 01:30:00"));
  CHECK_FALSE(turn.starts);
  CHECK(turn.next_ms == utc_ms("2024-03-02 02:00:00"));
}

TEST_CASE("a schedule that is over says so") {
  Memory memory;
  const auto once = parsed("cron(0 2 1 1 ? 2024)");
  (void)look_at_schedule(memory, "k", once, utc_ms("2023-12-31 00:00:00"));
  const auto turn = look_at_schedule(memory, "k", once, utc_ms("2024-01-01 02:00:00"));
  CHECK(turn.starts);
  CHECK_FALSE(turn.next_ms);
}

TEST_CASE("a delivery that is sent again is known") {
  Memory memory;
  CHECK(first_delivery(memory, "a"));
  CHECK_FALSE(first_delivery(memory, "a"));
  CHECK(first_delivery(memory, ""));
  CHECK(first_delivery(memory, ""));
  for (int i = 0; i < 1000; ++i) CHECK(first_delivery(memory, std::to_string(i)));
  CHECK(memory.deliveries.size() == 1000);
}

TEST_CASE("the depth of a chain is in the detail, and anything else has none") {
  CHECK(chain_depth(event_detail("e1", "my.app", 3)) == 3);
  CHECK(event_detail(std::string(5000, 'x'), std::string(5000, 'y'), 3).size() <= 1024);
  for (const char* detail :
       {"", "Get", "arn:aws:iam::1:user/a", "[3]", R"({"chainDepth":"3"})", R"({"chainDepth":-3})"})
    CHECK(chain_depth(detail) == 0);
}

}  // namespace sluice::triggers
