// Rules come and go while others match: no match may see half a rule, lose a rule that stays, or
// touch memory that is gone (run under the tsan and asan presets for that).
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "events/pattern/pattern.hpp"

namespace {

using sluice::pattern::compile;
using sluice::pattern::Matcher;
using sluice::pattern::Reader;

std::string pattern_for(int i) {
  const std::string n = std::to_string(i);
  switch (i % 4) {
    case 0:
      return R"({"a":["v)" + n + R"("],"common":["x"]})";
    case 1:
      return R"({"a":[{"prefix":"v)" + n + R"("}],"n":[{"numeric":[">",)" + n + "]}]}";
    case 2:
      return R"({"$or":[{"a":[{"wildcard":"*)" + n + R"(*"}]},{"only)" + n + R"(":["x"]}]})";
    default:
      return R"({"a":[{"anything-but":["v)" + n + R"("]}],"gone)" + n + R"(":[{"exists":false}]})";
  }
}

struct Tally {
  std::atomic<std::size_t> matches{0};
  std::size_t lost = 0;        // a rule that is always there did not match
  std::size_t impossible = 0;  // a rule that matches no event matched
  std::size_t torn = 0;        // both or neither of two versions of one rule
};

void read_until(const std::atomic<bool>& stop, const Matcher& matcher, Tally& tally) {
  Reader reader(matcher);
  for (int i = 0; !stop.load(); i = (i + 1) % 500) {
    const std::string event = R"({"a":"v)" + std::to_string(i) + R"(","common":"x","n":1000})";
    const auto names = reader.match(event);
    REQUIRE(names);
    const auto count = [&](std::string_view name) {
      return std::count((*names).begin(), (*names).end(), name);
    };
    if (count("always") != 1) ++tally.lost;
    if (count("never") != 0) ++tally.impossible;
    if (count("replaced") != 1) ++tally.torn;
    ++tally.matches;
    tally.matches.notify_one();
  }
}

// Until each reader has matched once more: on a busy machine the writer alone could be done before
// a reader has begun.
void let_all_match(const std::vector<Tally>& tallies) {
  for (const Tally& tally : tallies) tally.matches.wait(tally.matches.load());
}

}  // namespace

TEST_CASE("rules are added, replaced and removed while other threads match") {
  Matcher matcher;
  const auto add = [&](const std::string& name, const std::string& text) {
    const auto rule = compile(text);
    REQUIRE(rule);
    REQUIRE_FALSE(matcher.add(name, *rule));
  };
  add("always", R"({"common":["x"]})");
  add("never", R"({"common":["y"]})");
  add("replaced", R"({"a":[{"prefix":"v"}]})");

  std::atomic<bool> stop{false};
  std::vector<Tally> tallies(2);
  std::vector<std::thread> readers;
  for (auto& tally : tallies) {
    readers.emplace_back([&] { read_until(stop, matcher, tally); });
  }
  // Every version of "replaced" matches every event: a reader must always see exactly one.
  for (int round = 0; round < 4; ++round) {
    let_all_match(tallies);
    for (int i = 0; i < 500; ++i) {
      add("r" + std::to_string(i), pattern_for(i + round));
      if (i % 100 == 99) let_all_match(tallies);
      if (i % 5 == 0) add("replaced", i % 2 == 0 ? R"({"n":[1000]})" : R"({"common":["x"]})");
    }
    for (int i = round % 2; i < 500; i += 2) matcher.remove("r" + std::to_string(i));
  }
  stop = true;
  for (auto& thread : readers) thread.join();
  for (const auto& tally : tallies) {
    CHECK(tally.matches > 0);
    CHECK(tally.lost == 0);
    CHECK(tally.impossible == 0);
    CHECK(tally.torn == 0);
  }
}
