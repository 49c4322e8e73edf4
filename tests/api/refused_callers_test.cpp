#include "engine/api/refused_callers.hpp"

#include <catch2/catch.hpp>

using namespace sluice::api;

TEST_CASE("who signs wrongly too often stays away until the minute is over, and nobody else") {
  RefusedCallers callers;
  for (int i = 0; i < RefusedCallers::kMost; ++i) {
    CHECK(callers.wait_ms("a", 1000 + i) == 0);
    callers.refused("a", 1000 + i);
  }
  CHECK(callers.wait_ms("a", 2000) == 59'000);
  CHECK(callers.wait_ms("b", 2000) == 0);
  CHECK(callers.wait_ms("a", 61'000) == 0);
  callers.refused("a", 61'000);
  CHECK(callers.wait_ms("a", 61'001) == 0);  // counted anew
}

TEST_CASE("however many callers there are, a bounded number is remembered") {
  RefusedCallers callers;
  for (std::size_t i = 0; i < 3 * RefusedCallers::kMostCallers; ++i)
    callers.refused(std::to_string(i), 1000);
  for (int i = 0; i < RefusedCallers::kMost; ++i) callers.refused("last", 1001);
  CHECK(callers.wait_ms("last", 1001) > 0);
}

TEST_CASE("a caller is an address, or a network of IPv6; a proxy here says which") {
  struct Case {
    const char* peer;
    const char* forwarded_for;
    const char* key;
  };
  const Case kCases[] = {
      {"", "", "this machine"},
      {"127.0.0.1", "", "this machine"},
      {"::1", "", "this machine"},
      {"203.0.113.9", "", "203.0.113.9"},
      {"203.0.113.9", "198.51.100.1", "203.0.113.9"},  // anybody can say so
      {"::ffff:203.0.113.9", "", "203.0.113.9"},
      {"2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"},
      {"127.0.0.1", "203.0.113.9", "203.0.113.9"},
      {"", "198.51.100.1, 203.0.113.9 ", "203.0.113.9"},
      {"127.0.0.1", "2001:db8::1", "2001:db8::"},
      {"127.0.0.1", "nonsense", "this machine"},
      {"127.0.0.1", "203.0.113.9, ", "this machine"},
  };
  for (const Case& one : kCases) {
    INFO(one.peer << " " << one.forwarded_for);
    CHECK(caller_key(one.peer, one.forwarded_for) == one.key);
  }
}
