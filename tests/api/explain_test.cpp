// Explain: what the state and history say together, over the whole operation layer.
#include <catch2/catch.hpp>

#include "tests/api/api_house.hpp"

using namespace sluice;
using namespace sluice::test;
using nlohmann::json;

namespace {

struct Shop : ApiHouse {
  Shop() {
    ask("CreatePipeline", {{"pipeline", webshop()}});
    settle();
  }
  std::string start() {
    const json reply = ask("StartPipelineExecution", {{"name", "webshop"}});
    settle();
    return reply["pipelineExecutionId"];
  }
  json explain(json in = json::object()) {
    in["pipelineName"] = "webshop";
    return ask_ours("Explain", in);
  }
  std::string refused(json in) {
    in["pipelineName"] = in.value("pipelineName", "webshop");
    const auto response = call_target(std::string(api::kSluice) + ".Explain", in.dump());
    return response.status == 200 ? "" : response.error_type;
  }
};

std::vector<std::string> kinds(const json& explanation) {
  std::vector<std::string> kinds;
  for (const json& finding : explanation.at("findings")) kinds.push_back(finding.at("kind"));
  return kinds;
}

}  // namespace

TEST_CASE("an execution at its approval is explained with what would move it") {
  Shop shop;
  const json reply = shop.explain();
  CHECK(reply["status"] == "InProgress");
  CHECK(reply["stageName"] == "Release");
  CHECK(reply["executionNumber"] == 1);
  CHECK(reply["otherExecutions"].empty());
  REQUIRE(kinds(reply) == std::vector<std::string>{"AwaitsApproval"});
  const json& finding = reply["findings"][0];
  CHECK(finding["subject"]["actionName"] == "Approve");
  CHECK(finding["subject"]["pipelineExecutionId"] == reply["pipelineExecutionId"]);
  CHECK(finding["limit"] == 1);
  CHECK(finding["deadline"].get<double>() > finding["since"].get<double>());
  CHECK(finding["moves"][0]["kind"] == "Approve");
}

TEST_CASE("a waiting execution names who is inside, since when, and what that one waits for") {
  Shop shop;
  const std::string second = shop.start();
  const json reply = shop.explain({{"pipelineExecutionId", second}});
  REQUIRE(kinds(reply) == std::vector<std::string>{"StageOccupied", "AwaitsApproval"});
  CHECK(reply["findings"][0]["holder"]["executionNumber"] == 1);
  CHECK(reply["findings"][1]["depth"] == 1);
  CHECK(reply["otherExecutions"].size() == 1);
  CHECK(reply.contains("since"));
  CHECK(shop.explain({{"stageName", "Release"}})["executionNumber"] == 1);
  CHECK(kinds(shop.explain({{"stageName", "Build"}, {"actionName", "Compile"}})) ==
        std::vector<std::string>{"Passed"});
}

TEST_CASE("history tells by which execution one was superseded, and who stopped one and why") {
  Shop shop;
  const std::string second = shop.start(), third = shop.start();
  const json superseded = shop.explain({{"pipelineExecutionId", second}});
  REQUIRE(kinds(superseded) == std::vector<std::string>{"Superseded"});
  CHECK(superseded["findings"][0]["holder"]["pipelineExecutionId"] == third);
  shop.ask(
      "StopPipelineExecution",
      {{"pipelineName", "webshop"}, {"pipelineExecutionId", third}, {"reason", "wrong branch"}});
  const json stopped = shop.explain({{"pipelineExecutionId", third}});
  CHECK(stopped["status"] == "Stopped");
  CHECK(stopped["findings"][0]["reason"] == "wrong branch");
  CHECK(stopped["findings"][0]["by"] == "arn:aws:iam::000000000000:user/ann");
}

TEST_CASE("a disabled transition is explained with the one that opens it") {
  Shop shop;
  shop.ask("DisableStageTransition", {{"pipelineName", "webshop"},
                                      {"stageName", "Build"},
                                      {"transitionType", "Inbound"},
                                      {"reason", "the freeze"}});
  const json reply = shop.explain({{"pipelineExecutionId", shop.start()}});
  REQUIRE(kinds(reply) == std::vector<std::string>{"TransitionDisabled"});
  CHECK(reply["findings"][0]["reason"] == "the freeze");
  const json& move = reply["findings"][0]["moves"][0];
  CHECK(move["kind"] == "EnableTransition");
  CHECK(move["on"]["stageName"] == "Build");
  CHECK(move["transitionType"] == "Inbound");
}

TEST_CASE("what does not exist is refused by its name") {
  Shop shop;
  CHECK(shop.refused({{"pipelineName", "nobody"}}) == "PipelineNotFoundException");
  CHECK(shop.refused({{"pipelineExecutionId", "00000000-0000-4000-8000-000000000000"}}) ==
        "PipelineExecutionNotFoundException");
  CHECK(shop.refused({{"stageName", "Nowhere"}}) == "StageNotFoundException");
  CHECK(shop.refused({{"stageName", "Build"}, {"actionName", "Nothing"}}) ==
        "ActionNotFoundException");
  CHECK(shop.refused({{"actionName", "Compile"}}) == "ValidationException");
  CHECK(shop.refused({{"pipelineExecutionId", "7"}}) == "ValidationException");
  CHECK(shop.refused({{"stage", "Build"}}) == "ValidationException");
}
