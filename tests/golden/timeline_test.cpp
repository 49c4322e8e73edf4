// The picture of a simulation, in every kind of terminal.
#include "engine/simulation/timeline.hpp"

#include <catch2/catch.hpp>

#include "tests/definition/sample_catalogue.hpp"

using namespace sluice;
using namespace sluice::simulation;

namespace {

Simulated webshop() {
  auto parsed = test::parse(R"(
name: webshop
executionMode: QUEUED
stages:
  - name: Source
    actions: [{name: Checkout, uses: source/git, configuration: {repository: .}, outputArtifacts: [app]}]
  - name: Build
    actions: [{name: Compile, uses: compute/commands, commands: [make]}]
  - name: Release
    actions: [{name: Approve, uses: approval/manual}, {name: Deploy, runOrder: 2, uses: compute/commands, commands: [ship]}]
)");
  REQUIRE(parsed.declaration);
  Script script;
  script.versions.push_back(
      std::make_shared<const PipelineDeclaration>(std::move(*parsed.declaration)));
  for (const char* sentence :
       {"push 3 every 10m", "approve Release after 3h", "fail 2:Build.Compile"}) {
    REQUIRE(add_sentence(script, sentence, {}));
  }
  return simulate(script);
}

std::size_t columns(std::string_view line) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b')
      i = line.find('m', i);
    else if ((static_cast<unsigned char>(line[i]) & 0xC0U) != 0x80U)
      ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a row an execution, its stages as segments, waits and ends visible") {
  CHECK(timeline(webshop(), {80, true, false}) ==
        R"(   0s   1m   2m     10m  11m  12m    20m  21m  22m       3h2m 3h3m       6h3m
   ╵    ╵    ╵      ╵    ╵    ╵      ╵    ╵    ╵         ╵    ╵          ╵
1  │Sour│Buil│Release┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄━━━━━✓
2                   │Sour│Buil✗
3                                    │Sour│Buil···············│Release┄┄┄━━━━━✓
━ runs   ┄ waits for an approval or a signal   · waits before a stage
✓ succeeded   ✗ failed
)");
}

TEST_CASE("no line is wider than the terminal, however narrow, and ASCII is ASCII") {
  for (int width = 24; width < 200; width += 7) {
    for (const bool unicode : {true, false}) {
      const std::string picture = timeline(webshop(), {width, unicode, false});
      for (std::size_t at = 0; at < picture.size();) {
        const auto end = picture.find('\n', at);
        const std::string line = picture.substr(at, end - at);
        INFO(width << ": " << line);
        const bool legend = line.find("waits for") != std::string::npos;
        if (!legend) CHECK(columns(line) <= static_cast<std::size_t>(width));
        at = end + 1;
      }
      if (unicode) continue;
      for (const char c : picture) REQUIRE(static_cast<unsigned char>(c) < 0x80);
    }
  }
}

TEST_CASE("without colour there is no escape sequence, and colour changes nothing else") {
  const Simulated simulated = webshop();
  const std::string plain = timeline(simulated, {80, true, false});
  const std::string painted = timeline(simulated, {80, true, true});
  CHECK(plain.find('\x1b') == std::string::npos);
  std::string stripped;
  for (std::size_t i = 0; i < painted.size(); ++i) {
    if (painted[i] == '\x1b')
      i = painted.find('m', i);
    else
      stripped += painted[i];
  }
  CHECK(painted != plain);
  CHECK(stripped == plain);
}
