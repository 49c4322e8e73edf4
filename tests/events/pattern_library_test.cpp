// What the library promises beyond verdicts: refusals that help, bounds that hold, rules that come
// and go. Verdicts themselves are in pattern_cases.jsonl and pattern_property_test.cpp.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "events/pattern/letter_case.hpp"
#include "events/pattern/pattern.hpp"

namespace {

using sluice::pattern::compile;
using sluice::pattern::explain;
using sluice::pattern::Limits;
using sluice::pattern::Matcher;
using sluice::pattern::Reader;
using sluice::pattern::Refusal;
using sluice::pattern::Rule;

Rule rule(std::string_view text) {
  auto compiled = compile(text);
  INFO(text);
  REQUIRE(compiled);
  return *compiled;
}

std::vector<std::string> matching(Reader& reader, std::string_view event) {
  const auto names = reader.match(event);
  REQUIRE(names);
  std::vector<std::string> out((*names).begin(), (*names).end());
  std::sort(out.begin(), out.end());
  return out;
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a refused pattern names the path, the offending value and what is allowed") {
  struct Row {
    const char* pattern;
    const char* path;
    const char* value;
    const char* reason;
    const char* allowed;
  };
  const Row row = GENERATE(
      Row{R"({"detail":{"state":"FAILED"}})", "detail.state", "\"FAILED\"", "object or a list",
          "[\"FAILED\"]"},
      Row{R"({"a":["x",{"foo":1}]})", "a[1]", R"({"foo":1})", "unknown operator", "prefix"},
      Row{R"({"a":{"b":[{"numeric":[">",5,"<",1]}]}})", "a.b[0]", R"([">",5,"<",1])", "below",
          "lower bound"},
      Row{R"({"a":[{"numeric":["=",1e400]}]})", "a[0]", "1e400", "compared", "15 digits"},
      Row{R"({"a":[{"wildcard":"a**"}]})", "a[0]", R"("a**")", "in a row", "one *"},
      Row{R"({"a":[{"cidr":"10.0.0.0/32"}]})", "a[0]", R"("10.0.0.0/32")", "too many", "0 to 31"},
      Row{R"({"a":[{"anything-but":["x",1]}]})", "a[0]", "1", "only strings or only numbers",
          "list"},
      Row{R"({"a":["x"],"a":["y"]})", "", "[\"y\"]", "stands twice", "one array"},
      Row{R"({"d":{"$or":[{"a":[1]}]}})", "d", R"([{"a":[1]}])", "two alternatives", "two objects"},
      Row{R"({"$or":[{"prefix":["x"]},{"a":[1]}]})", "", "[\"x\"]", "reserved", "field names"});
  const auto compiled = compile(row.pattern);
  INFO(row.pattern);
  REQUIRE_FALSE(compiled);
  const Refusal& refusal = compiled.refusal();
  INFO(refusal.message());
  CHECK(refusal.kind == Refusal::Kind::kInvalidPattern);
  CHECK(refusal.path == row.path);
  CHECK(refusal.value == row.value);
  CHECK(refusal.reason.find(row.reason) != std::string::npos);
  CHECK(refusal.allowed.find(row.allowed) != std::string::npos);
  CHECK(std::string_view(row.pattern).substr(refusal.offset).starts_with(row.value));
}

TEST_CASE("malformed text is refused with the byte where it goes wrong") {
  struct Row {
    std::string text;
    std::size_t offset;
    const char* reason;
  };
  using namespace std::string_literals;
  const Row row = GENERATE(
      Row{"{\"a\":[NaN]}"s, 6, "not a JSON value"}, Row{"{\"a\":[\"x\"],}"s, 11, "expected a name"},
      Row{"{\"a\":[\"\xC3\x28\"]}"s, 7, "UTF-8"}, Row{"{\"a\":[\"\xED\xA0\x80\"]}"s, 7, "UTF-8"},
      Row{"{\"a\":[\"x\ny\"]}"s, 8, "control character"}, Row{"{\"a\":[\"x]}"s, 6, "never ends"},
      Row{"{\"a\":[\"\\q\"]}"s, 6, "escape"}, Row{"{\"a\":[1]"s, 8, "too early"},
      Row{"{\"a\":[1]} x"s, 10, "after the end"}, Row{""s, 0, "empty"});
  INFO(row.text);
  const auto compiled = compile(row.text);
  REQUIRE_FALSE(compiled);
  CHECK(compiled.refusal().kind == Refusal::Kind::kMalformed);
  CHECK(compiled.refusal().offset == row.offset);
  CHECK(compiled.refusal().reason.find(row.reason) != std::string::npos);

  Matcher matcher;
  REQUIRE_FALSE(matcher.add("other", rule(R"({"elsewhere":["x"]})")));
  Reader reader(matcher);
  const auto names = reader.match(row.text);
  REQUIRE_FALSE(names);
  CHECK(names.refusal().kind == Refusal::Kind::kMalformed);
  CHECK(names.refusal().offset == row.offset);
}

TEST_CASE("texts beyond the limits are refused, and the next one is read as if nothing was") {
  Matcher matcher;
  REQUIRE_FALSE(matcher.add("r", rule(R"({"a":["x"]})")));
  Reader reader(matcher);
  const std::string deep_pattern = repeated("{\"a\":", 10'000) + "[1]" + repeated("}", 10'000);
  const std::string deep_event = "{\"a\":" + repeated("[", 10'000) + repeated("]", 10'000) + "}";
  const std::string long_pattern = "{\"a\":[\"" + std::string(1 << 20, 'x') + "\"]}";
  const std::string long_event = "{\"b\":\"" + std::string(2 << 20, 'x') + "\"}";
  for (const auto& text : {deep_pattern, long_pattern}) {
    const auto compiled = compile(text);
    REQUIRE_FALSE(compiled);
    CHECK(compiled.refusal().kind == Refusal::Kind::kTooLarge);
  }
  for (const auto& text : {deep_pattern, deep_event, long_event}) {
    const auto names = reader.match(text);
    REQUIRE_FALSE(names);
    CHECK(names.refusal().kind == Refusal::Kind::kTooLarge);
    CHECK(matching(reader, R"({"a":"x"})") == Names{"r"});
  }
  CHECK(compile(deep_pattern).refusal().reason.find("1000 levels") != std::string::npos);
}

TEST_CASE("$or expands to a thousand combinations and not one more") {
  const auto pattern = [](int alternatives) {
    std::string text;
    for (int i = 0; i < alternatives; ++i) {
      text += (i == 0 ? "" : ",") + ("{\"f" + std::to_string(i) + "\":[1]}");
    }
    return "{\"$or\":[" + text + "]}";
  };
  CHECK(compile(pattern(1000)));
  const auto refused = compile(pattern(1001));
  REQUIRE_FALSE(refused);
  CHECK(refused.refusal().kind == Refusal::Kind::kTooComplex);
}

TEST_CASE("a rule is replaced by its name and gone when removed") {
  Matcher matcher;
  Reader reader(matcher);
  CHECK(matching(reader, R"({"a":"x"})").empty());
  REQUIRE_FALSE(matcher.add("r", rule(R"({"a":["x"]})")));
  REQUIRE_FALSE(matcher.add("s", rule(R"({"a":[{"prefix":""}]})")));
  CHECK(matching(reader, R"({"a":"x"})") == Names{"r", "s"});
  REQUIRE_FALSE(matcher.add("r", rule(R"({"a":["y"]})")));
  CHECK(matching(reader, R"({"a":"x"})") == Names{"s"});
  CHECK(matching(reader, R"({"a":"y"})") == Names{"r", "s"});
  CHECK(matcher.remove("s"));
  CHECK_FALSE(matcher.remove("s"));
  CHECK_FALSE(matcher.remove("never"));
  CHECK(matching(reader, R"({"a":"y"})") == Names{"r"});
  CHECK(matcher.stats().rules == 1);
}

TEST_CASE("churn does not grow the matcher") {
  Matcher matcher;
  for (int i = 0; i < 200; ++i) {
    REQUIRE_FALSE(matcher.add("keep" + std::to_string(i), rule(R"({"a":["x"]})")));
  }
  std::size_t largest = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = R"({"a":["v)" + std::to_string(i) + R"("],"b":[{"numeric":[">",3]}]})";
    REQUIRE_FALSE(matcher.add("churn", rule(text)));
    if (i % 3 == 0) {
      REQUIRE(matcher.remove("churn"));
    }
    largest = std::max(largest, matcher.stats().bytes);
  }
  CHECK(largest < 1'000'000);
  Reader reader(matcher);
  CHECK(matching(reader, R"({"a":"x"})").size() == 200);
}

TEST_CASE("a full matcher says so and keeps working") {
  Limits limits;
  limits.max_matcher_bytes = 200'000;
  Matcher matcher(limits);
  std::size_t added = 0;
  std::optional<Refusal> refusal;
  while (!refusal && added < 100'000) {
    const std::string text = R"({"a":["value-)" + std::to_string(added) + R"("]})";
    refusal = matcher.add("rule-" + std::to_string(added), rule(text));
    if (!refusal) ++added;
  }
  REQUIRE(refusal);
  CHECK(refusal->kind == Refusal::Kind::kFull);
  CHECK(refusal->allowed.find("200000") != std::string::npos);
  CHECK(matcher.stats().rules == added);
  CHECK(matcher.stats().bytes <= limits.max_matcher_bytes);
  Reader reader(matcher);
  CHECK(matching(reader, R"({"a":"value-0"})") == Names{"rule-0"});
  const std::string last = std::to_string(added - 1);
  CHECK(matching(reader, R"({"a":"value-)" + last + R"("})") == Names{"rule-" + last});
  CHECK(matching(reader, R"({"a":"value-)" + std::to_string(added) + R"("})").empty());
  for (std::size_t i = 0; i < added; ++i) REQUIRE(matcher.remove("rule-" + std::to_string(i)));
  CHECK_FALSE(matcher.add("again", rule(R"({"a":["x"]})")));
  CHECK(matching(reader, R"({"a":"x"})") == Names{"again"});
}

TEST_CASE("a rule that needs more room than a fresh set has still goes in") {
  std::string list;
  for (int i = 0; i < 3000; ++i) list += (i == 0 ? "" : ",") + ("\"v" + std::to_string(i) + "\"");
  Matcher matcher;
  REQUIRE_FALSE(matcher.add("big", rule("{\"a\":[" + list + "]}")));
  Reader reader(matcher);
  CHECK(matching(reader, R"({"a":"v2999"})") == Names{"big"});
  CHECK(matching(reader, R"({"a":"v3000"})").empty());
}

TEST_CASE("matchers made to be slow are not") {
  Matcher matcher;
  REQUIRE_FALSE(
      matcher.add("stars", rule("{\"a\":[{\"wildcard\":\"*" + repeated("a*", 2000) + "b\"}]}")));
  REQUIRE_FALSE(
      matcher.add("long", rule("{\"a\":[{\"wildcard\":\"*" + std::string(5000, 'a') + "b*c\"}]}")));
  Reader reader(matcher);
  CHECK(matching(reader, "{\"a\":\"" + std::string(500'000, 'a') + "\"}").empty());
  // Ten independent arrays of a hundred elements, no two fields of the last in one element.
  std::string pattern;
  std::string event;
  for (int field = 0; field < 10; ++field) {
    const std::string name(1, static_cast<char>('a' + field));
    pattern += (field == 0 ? "" : ",") + ("\"" + name + "\":{\"x\":[1],\"y\":[1]}");
    event +=
        (field == 0 ? "" : ",") + ("\"" + name + "\":[" + repeated("{\"x\":1},{\"y\":1},", 50));
    event += field == 9 ? "{}]" : "{\"x\":1,\"y\":1}]";
  }
  REQUIRE_FALSE(matcher.add("arrays", rule("{" + pattern + "}")));
  CHECK(matching(reader, "{" + event + "}").empty());
}

TEST_CASE("explain says which field failed against which alternatives") {
  const auto explanation =
      explain(rule(R"({"source":["a"],"detail":{"state":["FAILED",{"prefix":"STOP"}]}})"),
              R"({"source":"a","detail":{"state":"RUNNING"}})");
  REQUIRE(explanation);
  CHECK_FALSE(explanation->matched);
  REQUIRE(explanation->fields.size() == 2);
  CHECK(explanation->fields[0].matched);
  CHECK(explanation->fields[1].path == "detail.state");
  CHECK_FALSE(explanation->fields[1].matched);
  CHECK(explanation->fields[1].values == Names{"\"RUNNING\""});
  CHECK(explanation->fields[1].alternatives == Names{"\"FAILED\"", "{\"prefix\":\"STOP\"}"});

  const auto torn = explain(rule(R"({"a":{"b":[1],"c":[2]}})"), R"({"a":[{"b":1},{"c":2}]})");
  REQUIRE(torn);
  CHECK_FALSE(torn->matched);
  CHECK(torn->torn_across_elements);
}

TEST_CASE("letters that ignore case share one form, over the whole plane") {
  const auto utf8 = [](unsigned point) {
    std::string out;
    if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x800) {
      out += static_cast<char>(0xC0U | point >> 6U);
      out += static_cast<char>(0x80U | (point & 0x3FU));
    } else {
      out += static_cast<char>(0xE0U | point >> 12U);
      out += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
      out += static_cast<char>(0x80U | (point & 0x3FU));
    }
    return out;
  };
  const auto form = [](const std::string& text) {
    std::string out;
    sluice::pattern::fold_case(text, out);
    return out;
  };
  // Every character against every other of the same form would be millions: it is enough that what
  // a pattern accepts has the pattern's form, for each character and its neighbours in the tables.
  for (unsigned point = 0x20; point < 0x10000; ++point) {
    if (point >= 0xD800 && point < 0xE000) continue;
    const std::string pattern = utf8(point);
    for (const int delta : {-80, -32, -1, 0, 1, 32, 80}) {
      const int other = static_cast<int>(point) + delta;
      if (other < 0x20 || other > 0xFFFF || (other >= 0xD800 && other < 0xE000)) continue;
      const std::string text = utf8(static_cast<unsigned>(other));
      if (sluice::pattern::accepted_at_start(pattern, text) == text.size() &&
          form(pattern) != form(text)) {
        FAIL("U+" << std::hex << point << " accepts U+" << other << " of another form");
      }
    }
  }
  for (std::size_t i = 0; i < sluice::pattern::kCaseSpecialCount; ++i) {
    const auto& special = sluice::pattern::kCaseSpecials[i];
    const std::string own = form(utf8(special.point));
    CHECK(form(special.lower) == own);
    CHECK(form(special.upper) == own);
  }
}
