// The index against the definition, on random patterns and events. Every failure prints the seed;
// SLUICE_TEST_SEED repeats it, SLUICE_TEST_PAIRS asks for more pairs than ctest's moderate number.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "events/pattern/pattern.hpp"
#include "tests/events/pattern_random.hpp"
#include "tests/events/pattern_reference.hpp"

namespace {

using reference::Json;
using reference::RandomJson;
using sluice::pattern::Matcher;
using sluice::pattern::Reader;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct RandomRule {
  Json pattern;
  std::string text;
  sluice::pattern::Rule compiled;
};

// Random patterns whose $or stays within the bound.
RandomRule random_rule(RandomJson& random) {
  for (;;) {
    Json pattern = random.pattern();
    std::string text = dump(pattern);
    auto rule = sluice::pattern::compile(text);
    if (rule) return {std::move(pattern), std::move(text), *rule};
    INFO(text << "\n" << rule.refusal().message());
    REQUIRE(rule.refusal().kind == sluice::pattern::Refusal::Kind::kTooComplex);
  }
}

bool alone(const RandomRule& rule, const std::string& event) {
  Matcher matcher;
  REQUIRE_FALSE(matcher.add("rule", rule.compiled));
  Reader reader(matcher);
  const auto names = reader.match(event);
  REQUIRE(names);
  return !(*names).empty();
}

// `rules` together in one matcher, some added, replaced and removed on the way.
void check_batch(RandomJson& random, std::size_t rule_count, std::size_t event_count) {
  std::vector<RandomRule> rules;
  for (std::size_t i = 0; i < rule_count; ++i) rules.push_back(random_rule(random));
  Matcher matcher;
  std::vector<bool> present(rule_count, false);
  for (std::size_t step = 0; step < rule_count * 2; ++step) {
    const std::size_t i = random.below(rule_count);
    if (present[i] && random.below(3) == 0) {
      REQUIRE(matcher.remove(std::to_string(i)));
      present[i] = false;
    } else {
      REQUIRE_FALSE(matcher.add(std::to_string(i), rules[i].compiled));
      present[i] = true;
    }
  }
  REQUIRE(matcher.stats().rules ==
          static_cast<std::size_t>(std::count(present.begin(), present.end(), true)));
  Reader reader(matcher);
  for (std::size_t e = 0; e < event_count; ++e) {
    const Json event = random.event();
    const std::string text = dump(event);
    const auto matches = reader.match(text);
    REQUIRE(matches);
    std::vector<bool> found(rule_count, false);
    for (const std::string_view name : *matches) {
      const std::size_t i = std::stoul(std::string(name));
      REQUIRE_FALSE(found[i]);
      found[i] = true;
    }
    for (std::size_t i = 0; i < rule_count; ++i) {
      const bool expected = present[i] && reference::matches(rules[i].pattern, event);
      if (found[i] != expected) {
        FAIL("rule " << rules[i].text << "\nevent " << text << "\nthe definition says " << expected
                     << ", together with " << rule_count << " others the matcher says " << found[i]
                     << ", alone " << alone(rules[i], text));
      }
    }
  }
}

}  // namespace

TEST_CASE("the matcher agrees with the definition on random patterns and events") {
  const std::uint64_t seed = number_from("SLUICE_TEST_SEED", std::random_device{}());
  const std::uint64_t pairs = number_from("SLUICE_TEST_PAIRS", 40'000);
  constexpr std::uint64_t kRules = 40;
  constexpr std::uint64_t kEvents = 50;
  for (std::uint64_t batch = 0; batch * kRules * kEvents < pairs; ++batch) {
    INFO("SLUICE_TEST_SEED=" << seed + batch);
    RandomJson random(seed + batch);
    check_batch(random, kRules, kEvents);
  }
}

TEST_CASE("a rule's verdict does not depend on which others are loaded, nor on their order") {
  const std::uint64_t seed = number_from("SLUICE_TEST_SEED", std::random_device{}());
  INFO("SLUICE_TEST_SEED=" << seed);
  RandomJson random(seed);
  std::vector<RandomRule> rules;
  for (int i = 0; i < 30; ++i) rules.push_back(random_rule(random));
  std::vector<std::size_t> order(rules.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (int round = 0; round < 6; ++round) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    Matcher matcher;
    for (const std::size_t i : order) {
      REQUIRE_FALSE(matcher.add(std::to_string(i), rules[i].compiled));
    }
    Reader reader(matcher);
    for (int e = 0; e < 20; ++e) {
      const std::string event = dump(random.event());
      const auto names = reader.match(event);
      REQUIRE(names);
      for (std::size_t i = 0; i < rules.size(); ++i) {
        const bool together =
            std::find((*names).begin(), (*names).end(), std::to_string(i)) != (*names).end();
        INFO(rules[i].text << "\n" << event);
        REQUIRE(together == alone(rules[i], event));
      }
    }
  }
}
