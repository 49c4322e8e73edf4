#include <catch2/catch.hpp>
#include <string>

#include "plugins/rule/variable_check.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::rule {

TEST_CASE("a variable compares as the operator says") {
  struct Row {
    const char *op, *variable, *value;
    bool holds;
  };
  const Row rows[] = {
      {"EQ", "main", "main", true},
      {"EQ", "main", "Main", false},
      {"EQ", "", "", true},
      {"NE", "main", "dev", true},
      {"NE", "main", "main", false},
      {"CONTAINS", "release/1.2", "1.2", true},
      {"CONTAINS", "release/1.2", "1.3", false},
      {"CONTAINS", "abc", "", true},
      {"MATCHES", "release/1.2", "release/.*", true},
      {"MATCHES", "my release/1.2", "release/.*", false},  // the whole text, as Java's matches()
      {"MATCHES", "release/1.2 and more", R"(release/[\d.]+)", false},
      {"MATCHES", "aa-aa", R"((\w+)-\1)", true},               // a back reference
      {"MATCHES", "v1", "(?<!x)v(?=1)1", true},                // look-around
      {"MATCHES", "aaa", "a++", true},                         // possessive
      {"MATCHES", "a.b", R"(\Qa.b\E)", true},                  // quoted
      {"MATCHES", "HOT", "(?i)hot", true},                     // flags
      {"MATCHES", "gr\xC3\xBC\xC3\x9F", "gr.\xC3\x9F", true},  // characters, not bytes
      {"MATCHES", "\xC3\xBC", R"(\w)", false},                 // \w is ASCII, as in Java
      {"MATCHES", "a\nb", "a.b", false},
      {"MATCHES", "a\nb", "(?s)a.b", true},
      {"MATCHES", "", ".*", true},
      {"MATCHES", "\xFF", "a", false},
  };
  for (const auto& row : rows) {
    INFO("'" << row.variable << "' " << row.op << " '" << row.value << "'");
    const auto comparison = compare(row.op, row.variable, row.value);
    CHECK(comparison.problem == "");
    CHECK(comparison.holds == row.holds);
  }
}

TEST_CASE("an expression that is none, and one that would take for ever, are refused") {
  CHECK_THAT(compare("MATCHES", "a", "a(b").problem,
             Catch::Contains("'a(b' is no regular expression") && Catch::Contains("character 4"));
  CHECK_THAT(compare("MATCHES", std::string(60, 'a') + "!", "(a|a|aa)+[!]{2}").problem,
             Catch::Contains("was given up") && Catch::Contains("fewer nested repetitions"));
  CHECK_THAT(compare("LIKE", "a", "a").problem, Catch::Contains("EQ, NE, CONTAINS or MATCHES"));
}

TEST_CASE("the rule passes or fails and says on which values") {
  testing::FakeHost host;
  host.configure("Variable", "main");
  host.configure("Operator", "EQ");
  host.configure("Value", "main");
  CHECK(host.run<variable_check>() == SLUICE_SUCCEEDED);
  CHECK_THAT(host.log(), Catch::Contains("'main' is equal to 'main'"));

  host.configure("Value", "release");
  REQUIRE(host.run<variable_check>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_PERMANENT);
  CHECK(host.failure->code == "RuleFailed");
  CHECK(host.failure->message == "'main' is not equal to 'release'");

  host.configure("Operator", "MATCHES");
  host.configure("Value", "(");
  REQUIRE(host.run<variable_check>() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CONFIGURATION);
}

}  // namespace sluice::rule
