#include "engine/server/configuration.hpp"

#include <catch2/catch.hpp>

#include "engine/server/listen_address.hpp"

using namespace sluice;
using server::Configuration;
using server::parse_configuration;

namespace {

std::string mistakes(std::string_view text) {
  std::string all;
  for (const auto& diagnostic : parse_configuration(text, "/etc/sluice.yml").diagnostics)
    all += diagnostic.text() + "\n";
  return all;
}

}  // namespace

TEST_CASE("every key of a server's configuration is read, paths from the file's folder on") {
  const auto parsed = parse_configuration(R"(
dataDirectory: data
socket: /run/sluice.sock
region: home
account: "123456789012"
baseDirectory: ../srv
allow: {users: [ci, "1001"], groups: [deploy]}
log: {level: debug, format: json, file: sluice.log}
hosts: {most: 8}
webhooks: {listen: "127.0.0.1:8091", mostBodyBytes: 4096}
triggers: {watchFiles: false}
drain: 2m
retention:
  executions: {age: 90d, most: 10000}
  rollbackTargets: 5
  logs: {age: 30d, size: 10GiB}
  artifacts: {age: 12h, size: 500MiB}
  every: 10m
)",
                                          "/etc/sluice.yml");
  REQUIRE(parsed.configuration);
  Configuration expected;
  expected.data_directory = "/etc/data";
  expected.socket = "/run/sluice.sock";
  expected.region = "home";
  expected.account = "123456789012";
  expected.base_directory = "/srv";
  expected.users = {"ci", "1001"};
  expected.groups = {"deploy"};
  expected.log_level = "debug";
  expected.log_format = "json";
  expected.log_file = "/etc/sluice.log";
  expected.most_hosts = 8;
  expected.webhooks_listen = "127.0.0.1:8091";
  expected.webhooks_most_body_bytes = 4096;
  expected.watch_files = false;
  expected.drain_ms = 120'000;
  constexpr std::int64_t kDayMs = 86'400'000;
  constexpr std::uint64_t kMiB = 1024 * 1024;
  expected.retention = {90 * kDayMs,   10'000,     5,          30 * kDayMs,
                        10'240 * kMiB, kDayMs / 2, 500 * kMiB, 600'000};
  CHECK(*parsed.configuration == expected);
}

TEST_CASE("each mistake is told with its place and what to do") {
  struct Case {
    const char* text;
    const char* told;
  };
  const Case kCases[] = {
      {"sokcet: /x\n", "sluice.yml:1:1: error: unknown key"},
      {"sokcet: /x\n", "socket"},
      {"log: {level: loud}\n", "sluice.yml:1:14: error"},
      {"hosts: {most: many}\n", "sluice.yml:1:15: error"},
      {"hosts: {most: 0}\n", "sluice.yml:1:15: error"},
      {"retention: {logs: {size: 10GB}}\n", "sluice.yml:1:26: error"},
      {"retention: {logs: {size: 10GB}}\n", "500MiB or 10GiB"},
      {"retention: {logs: {size: 0KiB}}\n", "sluice.yml:1:26: error"},
      {"retention: {logs: {size: 9999999999999999999TiB}}\n", "sluice.yml:1:26: error"},
      {"retention: {artifacts: {age: 0s}}\n", "sluice.yml:1:30: error"},
      {"retention: {artifacts: {age: 3 weeks}}\n", "sluice.yml:1:30: error"},
      {"retention: {executions: {size: 1GiB}}\n", "sluice.yml:1:26: error: unknown key"},
      {"retention: {rollbackTargets: 0}\n", "sluice.yml:1:30: error"},
      {"drain: soon\n", "sluice.yml:1:8: error"},
      {"account: \"12\"\n", "sluice.yml:1:10: error"},
      {"allow: [ci]\n", "sluice.yml:1:8: error"},
      {"webhooks: {listen: 8091}\n", "sluice.yml:1:20: error"},
      {"webhooks: {listen: \"localhost:8091\"}\n", "127.0.0.1:8091 or [::1]:8091"},
      {"webhooks: {mostBodyBytes: 4096}\n", "listen"},
      {"triggers: {watchFiles: perhaps}\n", "sluice.yml:1:24: error"},
      {"- a\n", "is a map"},
      {"log: {level: debug\n", "sluice.yml:"},
  };
  for (const Case& one : kCases) {
    INFO(one.text);
    CHECK_THAT(mistakes(one.text), Catch::Contains(one.told));
    CHECK_FALSE(parse_configuration(one.text, "sluice.yml").configuration);
  }
  const std::string several = mistakes("a: 1\nb: 2\n");
  CHECK_THAT(several, Catch::Contains(":1:1:") && Catch::Contains(":2:1:"));
}

TEST_CASE("what a running server cannot change is told by key") {
  Configuration before, after;
  after.log_level = "debug";
  after.drain_ms = 1;
  CHECK(needs_restart(before, after).empty());
  after.socket = "/elsewhere";
  after.most_hosts = 1;
  CHECK(needs_restart(before, after) == std::vector<std::string>{"socket", "hosts.most"});
}

TEST_CASE("an address to listen on has a port, and brackets around IPv6") {
  struct Case {
    const char* text;
    const char* read;
  };
  const Case kCases[] = {
      {"127.0.0.1:8091", "127.0.0.1 8091"},
      {"0.0.0.0:0", "0.0.0.0 0"},
      {"[::1]:8091", "::1 8091"},
      {"[::]:65535", ":: 65535"},
      {"127.0.0.1", ""},
      {"127.0.0.1:", ""},
      {":8091", ""},
      {"127.0.0.1:65536", ""},
      {"127.0.0.1:-1", ""},
      {"127.0.0.1:80x", ""},
      {"::1:8091", ""},
      {"[127.0.0.1]:80", ""},
      {"localhost:80", ""},
      {"", ""},
  };
  for (const Case& one : kCases) {
    INFO(one.text);
    const auto read = server::listen_address(one.text);
    CHECK((read ? read->host + " " + std::to_string(read->port) : "") == one.read);
  }
}

TEST_CASE("nothing is removed unless a rule says so") {
  const auto parsed = parse_configuration("retention: {every: 1h}\n", "/etc/sluice.yml");
  REQUIRE(parsed.configuration);
  CHECK_FALSE(parsed.configuration->retention.any());
}
