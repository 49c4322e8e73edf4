// Pictures of a pipeline, compared with the golden files whole.
#include "engine/definition/graph.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/definition/sample_catalogue.hpp"

namespace sluice::test {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

PipelineDeclaration sample(const std::string& name) {
  const auto parsed = parse(contents(SLUICE_TEST_FILES "/" + name), name);
  INFO(report(parsed));
  REQUIRE(parsed.declaration);
  return *parsed.declaration;
}

// SLUICE_WRITE_GOLDEN=1 writes the files anew, for a diff that a person reads.
void check_golden(const std::string& name, const std::string& text) {
  const std::string path = SLUICE_TEST_GOLDEN "/" + name;
  if (std::getenv("SLUICE_WRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
  INFO(name << "\n" << text);
  CHECK(contents(path) == text);
}

std::size_t widest(const std::string& picture) {
  std::size_t widest = 0, width = 0;
  for (const char c : picture) {
    if (c == '\n') {
      widest = std::max(widest, width);
      width = 0;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++width;
    }
  }
  return widest;
}

TEST_CASE("Mermaid and DOT") {
  check_golden("webshop.mermaid", mermaid_graph(sample("webshop.yml")));
  check_golden("everything.mermaid", mermaid_graph(sample("everything.yml")));
  check_golden("webshop.dot", dot_graph(sample("webshop.yml")));
}

TEST_CASE("a picture in the terminal, wide, narrow and in ASCII") {
  const auto webshop = sample("webshop.yml");
  check_golden("webshop-120.txt", terminal_graph(webshop, {.width = 120}));
  check_golden("webshop-80.txt", terminal_graph(webshop, {.width = 80}));
  check_golden("webshop-24.txt", terminal_graph(webshop, {.width = 24}));
  check_golden("webshop-ascii.txt", terminal_graph(webshop, {.width = 80, .unicode = false}));
  check_golden("webshop-color.txt", terminal_graph(webshop, {.width = 80, .color = true}));
  check_golden("everything-80.txt", terminal_graph(sample("everything.yml"), {.width = 80}));
}

TEST_CASE("a picture is never wider than the terminal") {
  for (const char* name : {"webshop.yml", "everything.yml", "smallest.yml"}) {
    const auto pipeline = sample(name);
    for (int width = 16; width < 160; ++width) {
      INFO(name << " at " << width);
      CHECK(widest(terminal_graph(pipeline, {.width = width})) <= static_cast<std::size_t>(width));
    }
    CHECK(widest(terminal_graph(pipeline, {.width = -1})) <= 16);
  }
}

TEST_CASE("names that no file can have are drawn without harm") {
  PipelineDeclaration pipeline;
  pipeline.name = "a\"b\\c\nd";
  pipeline.stages.resize(2);
  pipeline.stages[0].name = "größe";
  pipeline.stages[0].actions.resize(1);
  pipeline.stages[0].actions[0].name = "\"]\n  x --> y";
  const auto mermaid = mermaid_graph(pipeline);
  CHECK(mermaid.find("[\"#quot;]   x --> y<br/>build/\"]") != std::string::npos);
  CHECK(dot_graph(pipeline).find("digraph \"a\\\"b/c d\" {") == 0);
  CHECK(widest(terminal_graph(pipeline, {.width = 20})) <= 20);
  CHECK(mermaid_graph({}) == "flowchart LR\n");
}

}  // namespace
}  // namespace sluice::test
