#include "tests/bench/pattern_workload.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>

namespace bench {
namespace {

constexpr std::array kTeams = {"payments", "checkout", "search", "identity", "ledger", "mobile",
                               "web",      "data",     "infra",  "growth",   "risk",   "catalog"};
constexpr std::array kServices = {"api",       "worker", "gateway", "indexer",
                                  "scheduler", "cache",  "router",  "notifier",
                                  "importer",  "auth",   "quote",   "stream"};
constexpr std::array kStages = {"dev", "staging", "prod"};
constexpr std::array kStates = {"STARTED",  "SUCCEEDED",  "FAILED",  "RESUMED",
                                "CANCELED", "SUPERSEDED", "STOPPED", "STOPPING"};
constexpr std::array kTypes = {"CodePipeline Pipeline Execution State Change",
                               "CodePipeline Stage Execution State Change",
                               "CodePipeline Action Execution State Change"};
constexpr std::array kRegions = {"us-east-1", "us-west-2", "eu-west-1", "ap-south-1", "sa-east-1"};
constexpr std::array kTags = {"blue", "green", "canary", "nightly", "hotfix", "pci"};

class Source {
 public:
  explicit Source(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return random_() % bound; }
  double real() { return static_cast<double>(random_() >> 11U) * 0x1.0p-53; }
  template <class List>
  const char* any(const List& list) {
    return list[below(list.size())];
  }
  std::string hex(std::size_t digits) {
    std::string out;
    for (std::size_t i = 0; i < digits; ++i) out += "0123456789abcdef"[below(16)];
    return out;
  }
  std::string uuid() { return hex(8) + "-" + hex(4) + "-" + hex(4) + "-" + hex(4) + "-" + hex(12); }
  // Fifty thousand pipelines, low numbers busier.
  std::string pipeline() {
    constexpr double kPipelines = 50'000;
    const double u = real();
    const auto number = static_cast<std::size_t>(kPipelines * u * u);
    const std::size_t h = (number * 2654435761U) & 0xFFFFFFFFU;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s-%s-%s-%05zu", kTeams[h % kTeams.size()],
                  kServices[(h >> 8U) % kServices.size()], kStages[(h >> 16U) % kStages.size()],
                  number);
    return text.data();
  }

 private:
  std::mt19937_64 random_;
};

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}
std::string number(std::size_t value) {
  return std::to_string(value);
}
std::string address(Source& s) {
  return "10." + number(s.below(256)) + "." + number(s.below(256)) + "." + number(s.below(256));
}

std::string artifacts(Source& s) {
  std::string out;
  for (std::size_t count = s.below(4); count > 0; --count) {
    out += (out.empty() ? "" : ",") +
           ("{\"name\":\"a" + number(s.below(10)) + "\",\"bucket\":\"artifacts-" + s.any(kRegions) +
            "\",\"size\":" + number(s.below(50'000'000)) +
            ",\"signed\":" + (s.below(2) == 0 ? "true" : "false") + "}");
  }
  return "[" + out + "]";
}

std::string pipeline_event(Source& s) {
  const std::string name = s.pipeline();
  const std::string region = s.any(kRegions);
  std::string detail =
      "{\"pipeline\":" + quoted(name) + ",\"execution-id\":" + quoted(s.uuid()) + ",\"state\":\"" +
      s.any(kStates) + "\",\"version\":" + number(1 + s.below(40)) +
      ".0,\"start-time\":\"2026-03-12T10:11:12.345Z\"" +
      ",\"duration-ms\":" + number(s.below(400'000)) + ",\"cost\":" + number(s.below(12)) + "." +
      number(1 + s.below(9999)) + ",\"attempt\":" + number(1 + s.below(4)) +
      ",\"stage\":\"Build\",\"type\":{\"owner\":\"AWS\"," +
      "\"category\":\"Deploy\",\"provider\":\"S3\",\"version\":\"1\"}" +
      ",\"execution-trigger\":{\"trigger-type\":\"Webhook\",\"trigger-detail\":" +
      "\"arn:aws:iam::100000000000:user/" + s.hex(6) + "\",\"source-ip\":" + quoted(address(s)) +
      "}";
  if (s.below(3) == 0) detail += ",\"approver\":\"user-" + s.hex(4) + "@example.com\"";
  detail += std::string(",\"tags\":[\"") + s.any(kTags) + "\"],\"artifacts\":" + artifacts(s) + "}";
  return "{\"version\":\"0\",\"id\":" + quoted(s.uuid()) + ",\"detail-type\":\"" + s.any(kTypes) +
         "\",\"source\":\"aws.codepipeline\",\"account\":\"100000000000\"," +
         "\"time\":\"2026-03-12T10:11:12Z\",\"region\":" + quoted(region) +
         ",\"resources\":[\"arn:aws:codepipeline:" + region + ":100000000000:" + name +
         "\"],\"detail\":" + detail + "}";
}

std::string point(Source& s) {
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), "{\"x\":%.15g,\"y\":%.15g,\"z\":0}",
                -122.515 + s.real() * 0.15, 37.708 + s.real() * 0.12);
  return text.data();
}

std::string lot_event(Source& s) {
  const std::string block = number(1000 + s.below(7300));
  const std::string first = point(s);
  std::string points = first;
  for (std::size_t count = 4 + s.below(12); count > 0; --count) points += "," + point(s);
  return "{\"type\":\"Feature\",\"properties\":{\"MAPBLKLOT\":\"" + block + number(s.below(180)) +
         "\",\"BLOCK_NUM\":" + quoted(block) + ",\"FROM_ST\":" + quoted(number(s.below(4900))) +
         ",\"STREET\":\"" + s.any(kTeams) + "\",\"ST_TYPE\":\"AVE\",\"ODD_EVEN\":\"E\"}," +
         "\"geometry\":{\"type\":\"" + (s.below(1000) == 0 ? "MultiPolygon" : "Polygon") +
         "\",\"coordinates\":[" + points + "],\"firstCoordinates\":" + first + "}}";
}

std::string detail(const std::string& fields) {
  return "{\"detail\":{" + fields + "}}";
}
std::string pipeline_is(const std::string& alternative) {
  return "\"pipeline\":[" + alternative + "]";
}
std::string one_state(Source& s) {
  return std::string(",\"state\":[\"") + s.any(kStates) + "\"]";
}

std::string exact_rule(Source& s) {
  return std::string("{\"source\":[\"aws.codepipeline\"],\"detail-type\":[\"") + s.any(kTypes) +
         "\"],\"detail\":{" + pipeline_is(quoted(s.pipeline())) + ",\"state\":[\"" +
         s.any(kStates) + "\",\"" + s.any(kStates) + "\"]}}";
}

std::string prefix_rule(Source& s) {
  std::string name = s.pipeline();
  name.pop_back();
  return detail(pipeline_is("{\"prefix\":" + quoted(name) + "}") + one_state(s));
}

std::string anything_but_rule(Source& s) {
  return detail(pipeline_is(quoted(s.pipeline())) + ",\"state\":[{\"anything-but\":[\"" +
                s.any(kStates) + "\",\"" + s.any(kStates) + "\"]}]");
}

std::string exists_rule(Source& s) {
  return detail(pipeline_is(quoted(s.pipeline())) +
                ",\"approver\":[{\"exists\":" + (s.below(2) == 0 ? "true" : "false") + "}]");
}

std::string ignore_case_rule(Source& s) {
  std::string name = s.pipeline();
  for (char& c : name) {
    if (c >= 'a' && c <= 'z' && s.below(2) == 0) c = static_cast<char>(c - 32);
  }
  return detail(pipeline_is("{\"equals-ignore-case\":" + quoted(name) + "}") + one_state(s));
}

std::string common_rule(Source& s) {
  const std::size_t kind = s.below(100);
  if (kind < 60) return exact_rule(s);
  if (kind < 72) return prefix_rule(s);
  if (kind < 84) return anything_but_rule(s);
  return kind < 92 ? exists_rule(s) : ignore_case_rule(s);
}

std::string mixed_rule(Source& s) {
  const std::size_t kind = s.below(100);
  if (kind < 40) return exact_rule(s);
  if (kind < 50) return prefix_rule(s);
  if (kind < 60) return anything_but_rule(s);
  if (kind < 64) return exists_rule(s);
  if (kind < 68) return ignore_case_rule(s);
  const std::string name = s.pipeline();
  if (kind < 73) {
    return detail(pipeline_is("{\"suffix\":" + quoted(name.substr(name.size() - 8)) + "}") +
                  one_state(s));
  }
  if (kind < 78) {
    return "{\"region\":[{\"anything-but\":{\"prefix\":\"us-\"}}],\"detail\":{" +
           pipeline_is(quoted(name)) + "}}";
  }
  if (kind < 88) {
    const std::size_t low = s.below(200'000);
    return detail(pipeline_is(quoted(name)) + ",\"duration-ms\":[{\"numeric\":[\">=\"," +
                  number(low) + ",\"<\"," + number(low + 1000 + s.below(300'000)) + "]}]");
  }
  if (kind < 92) {
    return detail("\"execution-trigger\":{\"source-ip\":[{\"cidr\":" +
                  quoted(address(s) + "/" + number(20 + s.below(7))) +
                  "}]},\"state\":[\"FAILED\"]");
  }
  if (kind < 96) {
    return detail(pipeline_is(quoted(name)) +
                  ",\"$or\":[{\"state\":[\"FAILED\"]},{\"attempt\":[{\"numeric\":[\">\",1]}]},"
                  "{\"tags\":[\"hotfix\"]}]");
  }
  return detail(pipeline_is(quoted(name)) + ",\"artifacts\":{\"name\":[\"a" + number(s.below(10)) +
                "\"],\"bucket\":[\"artifacts-" + s.any(kRegions) + "\"]}");
}

std::string wild_rule(Source& s) {
  const std::string name = s.pipeline();
  const std::string digits = name.substr(name.size() - 5);
  const std::string team = name.substr(0, name.find('-'));
  const std::array<std::string, 3> wildcards = {
      team + "-*-prod-*" + digits.substr(3),
      "*-" + std::string(s.any(kServices)) + "-*-" + digits.substr(0, 3) + "*",
      "*" + name.substr(name.size() - 9)};
  return detail(pipeline_is("{\"wildcard\":" + quoted(wildcards[s.below(3)]) + "}") + one_state(s));
}

std::string array_rule(Source& s) {
  const std::string x = std::to_string(-122.515 + s.real() * 0.15);
  static constexpr std::array kOps = {"=", "<", ">"};
  return "{\"geometry\":{\"type\":[\"Polygon\"],\"coordinates\":{\"x\":[{\"numeric\":[\"" +
         std::string(s.any(kOps)) + "\"," + x + "]}]}}}";
}

}  // namespace

std::vector<std::string> pipeline_events(std::size_t count, unsigned seed) {
  Source source(seed);
  std::vector<std::string> out(count);
  std::generate(out.begin(), out.end(), [&] { return pipeline_event(source); });
  return out;
}

std::vector<std::string> lot_events(std::size_t count, unsigned seed) {
  Source source(seed);
  std::vector<std::string> out(count);
  std::generate(out.begin(), out.end(), [&] { return lot_event(source); });
  return out;
}

std::vector<std::string> rules(std::string_view family, std::size_t count, unsigned seed) {
  Source source(seed);
  const auto make = family == "exact"    ? exact_rule
                    : family == "mixed"  ? mixed_rule
                    : family == "common" ? common_rule
                    : family == "wild"   ? wild_rule
                                         : array_rule;
  std::vector<std::string> out(count);
  std::generate(out.begin(), out.end(), [&] { return make(source); });
  return out;
}

}  // namespace bench
