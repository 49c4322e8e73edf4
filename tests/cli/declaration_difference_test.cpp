#include "engine/cli/declaration_difference.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace sluice;
using Json = nlohmann::json;

namespace {

Json pipeline() {
  return Json::parse(R"({"name": "webshop", "version": 3, "executionMode": "QUEUED",
    "stages": [
      {"name": "Source", "actions": [{"name": "Checkout", "configuration": {"branch": "main"}}]},
      {"name": "Build", "actions": [{"name": "Compile", "runOrder": 1, "commands": ["make"]},
                                     {"name": "Lint", "runOrder": 1, "commands": ["make lint"]}]}]})");
}

std::string lines(const Json& before, const Json& after) {
  Terminal terminal;
  terminal.width = 100;
  return change_lines(declaration_changes(before, after), terminal);
}

struct Case {
  const char* name;
  void (*change)(Json& declaration);
  const char* expected;
};

const Case kCases[] = {
    {"nothing", [](Json&) {}, ""},
    {"the version alone", [](Json& d) { d["version"] = 9; }, ""},
    {"a plain member", [](Json& d) { d["executionMode"] = "PARALLEL"; },
     "~ executionMode  \"QUEUED\" -> \"PARALLEL\"\n"},
    {"a configuration value",
     [](Json& d) { d["stages"][0]["actions"][0]["configuration"]["branch"] = "next"; },
     "~ stages/Source/Checkout/configuration/branch  \"main\" -> \"next\"\n"},
    {"an action that is new",
     [](Json& d) {
       d["stages"][1]["actions"].push_back({{"name", "Pack"}});
     },
     "+ stages/Build/Pack  {\"name\":\"Pack\"}\n"},
    {"an action that is gone", [](Json& d) { d["stages"][1]["actions"].erase(0); },
     "- stages/Build/Compile  {\"commands\":[\"make\"],\"name\":\"Compile\",\"runOrder\":1}\n"},
    {"a stage put before another is one change",
     [](Json& d) {
       auto& stages = d["stages"];
       stages.insert(stages.begin() + 1, Json{{"name", "Check"}, {"actions", Json::array()}});
     },
     "+ stages/Check  {\"actions\":[],\"name\":\"Check\"}\n"},
    {"two actions that change places",
     [](Json& d) { std::swap(d["stages"][1]["actions"][0], d["stages"][1]["actions"][1]); },
     "~ stages/Build (order)  Compile -> Lint\n"},
    {"an element of a list without names",
     [](Json& d) { d["stages"][1]["actions"][0]["commands"].push_back("make check"); },
     "+ stages/Build/Compile/commands/2  \"make check\"\n"},
    {"another kind of value", [](Json& d) { d["stages"][0]["actions"][0]["configuration"] = "x"; },
     "~ stages/Source/Checkout/configuration  {\"branch\":\"main\"} -> \"x\"\n"},
};

}  // namespace

TEST_CASE("a new declaration is told as what it changes in stages and actions") {
  for (const Case& one : kCases) {
    INFO(one.name);
    Json after = pipeline();
    one.change(after);
    CHECK(lines(pipeline(), after) == one.expected);
  }
}

TEST_CASE("a long value is cut to the terminal") {
  Json after = pipeline();
  after["stages"][0]["actions"][0]["configuration"]["branch"] = std::string(500, 'x');
  const std::string line = lines(pipeline(), after);
  CHECK(columns_of(line) <= 101);
}
