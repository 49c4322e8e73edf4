// The operation layer: what each operation answers, and each refusal of facts/codepipeline.md 7.
#include <catch2/catch.hpp>
#include <filesystem>
#include <future>

#include "tests/api/api_house.hpp"

using namespace sluice;
using namespace sluice::test;
using nlohmann::json;

namespace {

const char* const kNobody = "00000000-0000-4000-8000-000000000000";

struct Shop : ApiHouse {
  Shop() {
    ask("CreatePipeline", {{"pipeline", webshop()}});
    settle();
  }
  json state() { return ask("GetPipelineState", {{"name", "webshop"}}); }
  std::string latest() {
    return ask("ListPipelineExecutions", {{"pipelineName", "webshop"}})
        .at("pipelineExecutionSummaries")[0]
        .at("pipelineExecutionId");
  }
  json approve(const std::string& token, const char* status = "Approved") {
    return {{"pipelineName", "webshop"},
            {"stageName", "Release"},
            {"actionName", "Approve"},
            {"token", token},
            {"result", {{"summary", "ok"}, {"status", status}}}};
  }
};

}  // namespace

TEST_CASE("a pipeline is created, starts at once, and stops at its approval") {
  Shop shop;
  const json state = shop.state();
  CHECK(state["pipelineVersion"] == 1);
  CHECK(state["stageStates"][0]["latestExecution"]["status"] == "Succeeded");
  const json& approval = state["stageStates"][2]["actionStates"][0]["latestExecution"];
  CHECK(approval["status"] == "InProgress");
  const json runs = shop.ask("ListPipelineExecutions", {{"pipelineName", "webshop"}});
  REQUIRE(runs["pipelineExecutionSummaries"].size() == 1);
  CHECK(runs["pipelineExecutionSummaries"][0]["trigger"]["triggerType"] == "CreatePipeline");

  shop.ask("PutApprovalResult", shop.approve(approval["token"]));
  shop.settle();
  const json run = shop.ask("GetPipelineExecution",
                            {{"pipelineName", "webshop"}, {"pipelineExecutionId", shop.latest()}});
  CHECK(run["pipelineExecution"]["status"] == "Succeeded");
  CHECK(shop.refusal("PutApprovalResult", shop.approve(approval["token"])) ==
        "ApprovalAlreadyCompletedException");
}

TEST_CASE("the same client token starts one execution and answers its id again") {
  Shop shop;
  const json request = {{"name", "webshop"}, {"clientRequestToken", "tok-1"}};
  const json first = shop.ask("StartPipelineExecution", request);
  CHECK(shop.ask("StartPipelineExecution", request) == first);
  CHECK(shop.ask("ListPipelineExecutions", {{"pipelineName", "webshop"}})
            .at("pipelineExecutionSummaries")
            .size() == 2);
}

TEST_CASE("history is paged from the newest on, and the last page has no token") {
  Shop shop;
  for (int i = 0; i < 6; ++i) shop.ask("StartPipelineExecution", {{"name", "webshop"}});
  json request = {{"pipelineName", "webshop"}, {"maxResults", 3}};
  std::vector<std::string> ids;
  for (int page = 0; page < 3; ++page) {
    const json reply = shop.ask("ListPipelineExecutions", request);
    for (const json& one : reply["pipelineExecutionSummaries"])
      ids.push_back(one["pipelineExecutionId"]);
    if (!reply.contains("nextToken")) break;
    request["nextToken"] = reply["nextToken"];
  }
  CHECK(ids.size() == 7);
  std::sort(ids.begin(), ids.end());
  CHECK(std::unique(ids.begin(), ids.end()) == ids.end());
  json actions = {{"pipelineName", "webshop"}, {"maxResults", 2}};
  std::size_t seen = 0;
  for (int page = 0; page < 20; ++page) {
    const json reply = shop.ask("ListActionExecutions", actions);
    seen += reply["actionExecutionDetails"].size();
    if (!reply.contains("nextToken")) break;
    actions["nextToken"] = reply["nextToken"];
  }
  const json all = shop.ask("ListActionExecutions", {{"pipelineName", "webshop"}});
  CHECK(seen == all["actionExecutionDetails"].size());
}

TEST_CASE("an update by the cloud's model keeps the options that only ours can say") {
  ApiHouse house;
  json mine = webshop();
  mine["finishOnOwnVersion"] = true;
  mine["baseDirectory"] = "/srv/webshop";
  mine["stages"][2]["actions"][0]["requiredApprovals"] = 2;
  const json applied = house.ask_ours("ApplyPipeline", {{"pipeline", mine}});
  CHECK(applied["created"] == true);
  CHECK(house.ask_ours("ApplyPipeline", {{"pipeline", mine}})["changed"] == false);

  json shown = house.ask("GetPipeline", {{"name", "webshop"}})["pipeline"];
  CHECK_FALSE(shown.contains("finishOnOwnVersion"));
  CHECK_FALSE(shown.contains("baseDirectory"));
  CHECK_FALSE(shown["stages"][2]["actions"][0].contains("requiredApprovals"));
  CHECK(house.ask("UpdatePipeline", {{"pipeline", shown}})["pipeline"]["version"] == 2);
  const json whole = house.ask_ours("DescribePipeline", {{"name", "webshop"}})["pipeline"];
  CHECK(whole["finishOnOwnVersion"] == true);
  CHECK(whole["baseDirectory"] == "/srv/webshop");
  CHECK(whole["stages"][2]["actions"][0]["requiredApprovals"] == 2);
  CHECK(house.ask("GetPipeline", {{"name", "webshop"}, {"version", 1}})["pipeline"]["version"] ==
        1);
}

TEST_CASE("every refusal has the name that the service gives it") {
  Shop shop;
  const std::string id = shop.latest();
  json nameless = webshop(), late_source = webshop(), unknown_type = webshop();
  nameless.erase("name");
  late_source["name"] = unknown_type["name"] = "other";
  late_source["stages"][1]["actions"][0]["actionTypeId"] =
      late_source["stages"][0]["actions"][0]["actionTypeId"];
  late_source["stages"][1]["actions"][0].erase("inputArtifacts");
  late_source["stages"][1]["actions"][0]["configuration"] = {{"repository", "."}};
  unknown_type["stages"][1]["actions"][0]["actionTypeId"]["provider"] = "Nothing";
  json circle = webshop();
  circle["name"] = "circle";
  json& needing = circle["stages"][1]["actions"];
  needing.push_back(needing[0]);
  needing[1]["name"] = "Check";
  needing[0]["inputArtifacts"] = needing[1]["outputArtifacts"] = {{{"name", "checked"}}};
  needing[1]["inputArtifacts"] = {{{"name", "bin"}}};
  json missing = webshop();
  missing["name"] = "missing";
  struct Case {
    const char* operation;
    json in;
    const char* error;
  };
  const std::vector<Case> cases = {
      {"CreatePipeline", {{"pipeline", webshop()}}, "PipelineNameInUseException"},
      {"CreatePipeline", {{"pipeline", nameless}}, "ValidationException"},
      {"CreatePipeline", {{"pipeline", late_source}}, "InvalidStructureException"},
      {"CreatePipeline", {{"pipeline", unknown_type}}, "InvalidActionDeclarationException"},
      {"CreatePipeline", {{"pipeline", circle}}, "InvalidStructureException"},
      {"CreatePipeline", json::object(), "ValidationException"},
      {"CreatePipeline", {{"pipeline", 7}}, "SerializationException"},
      {"UpdatePipeline", {{"pipeline", missing}}, "InvalidStructureException"},
      {"GetPipeline", {{"name", "nothing"}}, "PipelineNotFoundException"},
      {"GetPipeline", {{"name", "webshop"}, {"version", 9}}, "PipelineVersionNotFoundException"},
      {"GetPipeline", {{"name", "a b"}}, "ValidationException"},
      {"GetPipelineState", {{"name", "nothing"}}, "PipelineNotFoundException"},
      {"StartPipelineExecution", {{"name", "nothing"}}, "PipelineNotFoundException"},
      {"StartPipelineExecution",
       {{"name", "webshop"}, {"variables", {{{"name", "NO"}, {"value", "x"}}}}},
       "ValidationException"},
      {"StopPipelineExecution",
       {{"pipelineName", "webshop"}, {"pipelineExecutionId", kNobody}},
       "PipelineExecutionNotStoppableException"},
      {"GetPipelineExecution",
       {{"pipelineName", "webshop"}, {"pipelineExecutionId", kNobody}},
       "PipelineExecutionNotFoundException"},
      {"ListPipelineExecutions",
       {{"pipelineName", "webshop"}, {"nextToken", "x"}},
       "InvalidNextTokenException"},
      {"ListPipelineExecutions",
       {{"pipelineName", "webshop"}, {"maxResults", 101}},
       "ValidationException"},
      {"ListActionExecutions", {{"pipelineName", "nothing"}}, "PipelineNotFoundException"},
      {"ListRuleExecutions",
       {{"pipelineName", "webshop"}, {"filter", {{"pipelineExecutionId", kNobody}}}},
       "PipelineExecutionNotFoundException"},
      {"RetryStageExecution",
       {{"pipelineName", "webshop"},
        {"stageName", "None"},
        {"pipelineExecutionId", id},
        {"retryMode", "ALL_ACTIONS"}},
       "StageNotFoundException"},
      {"RollbackStage",
       {{"pipelineName", "webshop"},
        {"stageName", "Build"},
        {"targetPipelineExecutionId", kNobody}},
       "PipelineExecutionNotFoundException"},
      {"DisableStageTransition",
       {{"pipelineName", "webshop"},
        {"stageName", "Build"},
        {"transitionType", "Sideways"},
        {"reason", "no"}},
       "ValidationException"},
      {"EnableStageTransition",
       {{"pipelineName", "webshop"}, {"stageName", "None"}, {"transitionType", "Inbound"}},
       "StageNotFoundException"},
      {"PutApprovalResult", shop.approve(kNobody), "InvalidApprovalTokenException"},
      {"PutActionRevision",
       {{"pipelineName", "webshop"},
        {"stageName", "Source"},
        {"actionName", "None"},
        {"actionRevision", {{"revisionId", "1"}, {"revisionChangeId", "1"}, {"created", 1.5}}}},
       "ActionNotFoundException"},
      {"PollForJobs", json::object(), "UnknownOperationException"}};
  for (const Case& one : cases) {
    INFO(one.operation << " " << one.in.dump());
    CHECK(shop.refusal(one.operation, one.in) == one.error);
  }
  CHECK(shop.call_target("CodePipeline_20150709.GetPipeline", "{").error_type ==
        "SerializationException");
  CHECK(shop.call_target("CodePipeline_20150709.PollForJobs", "{}").status == 501);
}

TEST_CASE("a second stop request is told that it is one") {
  ApiHouse house;
  house.hosts->hold("Compile");
  house.ask("CreatePipeline", {{"pipeline", webshop()}});
  house.settle();
  const json runs = house.ask("ListPipelineExecutions", {{"pipelineName", "webshop"}});
  const json request = {
      {"pipelineName", "webshop"},
      {"pipelineExecutionId", runs["pipelineExecutionSummaries"][0]["pipelineExecutionId"]},
      {"reason", "enough"}};
  house.ask("StopPipelineExecution", request);
  CHECK(house.refusal("StopPipelineExecution", request) == "DuplicatedStopRequestException");
  REQUIRE(house.hosts->finish("Compile", ReportSuccess{}));
  house.settle();
  CHECK(house.refusal("StopPipelineExecution", request) ==
        "PipelineExecutionNotStoppableException");
  const json stopped = house.ask("ListPipelineExecutions", {{"pipelineName", "webshop"}});
  CHECK(stopped["pipelineExecutionSummaries"][0]["stopTrigger"]["reason"] == "enough");
}

TEST_CASE("deleting what is not there succeeds") {
  ApiHouse house;
  CHECK(house.refusal("DeletePipeline", {{"name", "nothing"}}).empty());
}

TEST_CASE("events are read in order from any sequence, by topic") {
  Shop shop;
  const json all = shop.ask_ours("ListEvents", {{"after", 0}});
  REQUIRE(all["events"].size() > 5);
  const json stages =
      shop.ask_ours("ListEvents", {{"after", 0}, {"topicPrefix", "codepipeline.stage.SUCCEEDED."}});
  CHECK(stages["events"].size() == 2);
  const json rest = shop.ask_ours("ListEvents", {{"after", all["nextSequence"]}});
  CHECK(rest["events"].empty());
  CHECK(shop.ask_ours("DescribeServer", json::object())["pipelines"] == 1);
}

TEST_CASE("triggers are listed and told of a push; where none are served, there are none") {
  ApiHouse house;
  house.ask("CreatePipeline", {{"pipeline", webshop()}});
  CHECK(house.ask_ours("ListTriggers", json::object()) == json{{"triggers", json::array()}});
  CHECK(house.ask_ours("ListTriggers", {{"pipelineName", "webshop"}})["triggers"].empty());
  CHECK(house.ask_ours("NotifyRepository", {{"repository", "/srv/a.git"}})["triggers"] == 0);
  const auto refused = [&](const char* operation, const json& in) {
    return house.call_target(std::string(api::kSluice) + "." + operation, in.dump()).error_type;
  };
  CHECK(refused("ListTriggers", {{"pipelineName", "none"}}) == "PipelineNotFoundException");
  CHECK(refused("NotifyRepository", json::object()) == "ValidationException");
  CHECK(refused("NotifyRepository", {{"repository", "a"}, {"pipelineName", "none"}}) ==
        "PipelineNotFoundException");
}

TEST_CASE("events are the same, page by page of any size, as in one") {
  Shop shop;
  const json all = shop.ask_ours("ListEvents", {{"after", 0}})["events"];
  for (const int size : {1, 2, 3, static_cast<int>(all.size())}) {
    json paged = json::array();
    json after = 0;
    for (std::size_t page = 0; page <= all.size(); ++page) {
      const json reply = shop.ask_ours("ListEvents", {{"after", after}, {"maxResults", size}});
      CHECK(reply["events"].size() <= static_cast<std::size_t>(size));
      for (const json& event : reply["events"]) paged.push_back(event);
      if (reply["nextSequence"] == after) break;
      after = reply["nextSequence"];
    }
    CHECK(paged == all);
  }
  // A topic that nothing has leads to the end all the same.
  const json none = shop.ask_ours("ListEvents", {{"after", 0}, {"topicPrefix", "nothing."}});
  CHECK(none["events"].empty());
  CHECK(none["nextSequence"] == shop.ask_ours("DescribeServer", json::object())["lastSequence"]);
}

TEST_CASE("a log is waited for, and the wait ends with what has come or with nothing") {
  Shop shop;
  const auto root = std::filesystem::temp_directory_path() / "sluice-no-such-logs";
  std::filesystem::remove_all(root);
  const Uuid id = parse_uuid(shop.latest());
  json request = {{"pipelineName", "webshop"},
                  {"pipelineExecutionId", shop.latest()},
                  {"stageName", "Build"},
                  {"actionName", "Compile"}};
  const std::string target = std::string(api::kSluice) + ".GetLog";
  CHECK(shop.call_target(target, request.dump()).error_type == "LogNotFoundException");
  request["waitSeconds"] = 1;
  const json nothing = shop.ask_ours("GetLog", request);
  CHECK(nothing == json{{"text", ""}, {"nextOffset", 0}});
  {
    auto writer = shop.logs.writer({"webshop", id, "Build", "Compile", 1});
    REQUIRE(writer);
    REQUIRE(writer->write("grüße\nmore\n", shop.clock.now()));
  }
  request["waitSeconds"] = 30;
  const json first = shop.ask_ours("GetLog", request);
  CHECK(first["text"].get<std::string>().find("grüße") != std::string::npos);
  request["offset"] = first["nextOffset"];
  request["waitSeconds"] = 0;
  CHECK(shop.ask_ours("GetLog", request) ==
        json{{"text", ""}, {"nextOffset", first["nextOffset"]}});
  std::filesystem::remove_all(root);
}

TEST_CASE("a wait for a log ends with the operations") {
  Shop shop;
  const json request = {{"pipelineName", "webshop"},
                        {"pipelineExecutionId", shop.latest()},
                        {"stageName", "Build"},
                        {"actionName", "Compile"},
                        {"waitSeconds", 30}};
  std::promise<api::Response> promise;
  shop.operations->call({std::string(api::kSluice) + ".GetLog", request.dump(), {}},
                        [&](api::Response response) { promise.set_value(std::move(response)); });
  shop.operations.reset();
  CHECK(promise.get_future().get().status == 200);
}

TEST_CASE("tags of two callers at a time are all kept") {
  Shop shop;
  const std::string arn = "arn:aws:codepipeline:local:000000000000:webshop";
  std::vector<api::Response> responses;
  for (const char* key : {"a", "b"})
    shop.operations->call(
        {"CodePipeline_20150709.TagResource",
         json{{"resourceArn", arn}, {"tags", {{{"key", key}, {"value", "1"}}}}}.dump(),
         {}},
        [&](api::Response response) { responses.push_back(std::move(response)); });
  shop.settle();
  REQUIRE(responses.size() == 2);
  CHECK(responses[1].body == "{}");
  const json tags = shop.ask("ListTagsForResource", {{"resourceArn", arn}})["tags"];
  CHECK(tags == json{{{"key", "a"}, {"value", "1"}}, {{"key", "b"}, {"value", "1"}}});
}
