#include <catch2/catch.hpp>

#include "events/bus/filters.hpp"
#include "tests/support/invented_events.hpp"

using namespace sluice;
using test::invented_event;

namespace {
const std::string kFailures = R"({"detail":{"state":["FAILED"]}})";
const std::string kShop3 = R"({"detail":{"pipeline":["shop3"]}})";

std::vector<std::uint64_t> wanted(Filters& filters, const std::string& pattern,
                                  std::uint64_t events) {
  std::vector<std::uint64_t> sequences;
  for (std::uint64_t sequence = 1; sequence <= events; ++sequence)
    for (const Filters::Hit& hit : filters.match(invented_event(sequence)))
      if (hit.pattern == pattern) sequences.push_back(sequence);
  return sequences;
}
}  // namespace

TEST_CASE("each pattern gets what it wants, whoever else is subscribed") {
  Filters filters;
  filters.subscribe(kShop3);
  filters.subscribe(kFailures);
  CHECK(wanted(filters, kShop3, 30) == std::vector<std::uint64_t>{3, 13, 23});
  CHECK(wanted(filters, kFailures, 24) == std::vector<std::uint64_t>{6, 7, 8, 18, 19, 20});
}

TEST_CASE("a pattern is told the sequence of the event that it wanted before") {
  Filters filters;
  filters.subscribe(kShop3);
  CHECK(filters.match(invented_event(3)).front().previous == 0);
  CHECK(filters.match(invented_event(4)).empty());
  CHECK(filters.match(invented_event(13)).front().previous == 3);
}

TEST_CASE("a pattern is matched until its last subscriber has gone, and begins anew afterwards") {
  Filters filters;
  filters.subscribe(kShop3);
  filters.subscribe(kShop3);
  filters.unsubscribe(kShop3);
  CHECK_FALSE(filters.match(invented_event(3)).empty());
  filters.unsubscribe(kShop3);
  CHECK(filters.empty());
  CHECK(filters.match(invented_event(13)).empty());
  filters.subscribe(kShop3);
  CHECK(filters.match(invented_event(23)).front().previous == 0);
}

TEST_CASE("what is no pattern wants nothing and harms nobody") {
  Filters filters;
  for (const std::string text : {"", "{", "[]", R"({"a":"x"})", "\xff"}) {
    filters.subscribe(text);
    CHECK(filters.empty());
  }
  filters.subscribe(kShop3);
  CHECK(filters.match(invented_event(3)).size() == 1);
  filters.unsubscribe("{");
  filters.unsubscribe("never subscribed");
}

TEST_CASE("beyond a thousand patterns the next ones wait for a place in vain") {
  Filters filters;
  for (int i = 0; i < 1001; ++i)
    filters.subscribe(R"({"detail":{"number":[3,)" + std::to_string(1000 + i) + "]}}");
  CHECK(filters.match(invented_event(3)).size() == 1000);
}

TEST_CASE("a range of the log is filtered by one pattern, and a wrong one says what is wrong") {
  LogFilter failures(kFailures);
  CHECK(failures.refused().empty());
  CHECK(failures.wants(invented_event(6)));
  CHECK_FALSE(failures.wants(invented_event(5)));
  LogFilter wrong(R"({"detail":{"state":"FAILED"}})");
  CHECK_THAT(wrong.refused(), Catch::Contains("detail.state"));
  CHECK_FALSE(wrong.wants(invented_event(6)));
}
