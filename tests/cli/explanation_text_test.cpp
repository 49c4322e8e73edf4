// What `sluice explain` prints, from what Explain answers.
#include "engine/cli/explanation_text.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "engine/core/explain.hpp"

using namespace sluice;
using nlohmann::json;

namespace {

constexpr double kNow = 1767323045;  // 2026-01-02 03:04:05 UTC

json place(int number, const char* stage, const char* action = "") {
  json json{{"executionNumber", number},
            {"pipelineExecutionId", std::to_string(number) + "a5c0f3e-0000-4000-8000-000000000000"},
            {"stageName", stage}};
  if (*action != '\0') json["actionName"] = action;
  return json;
}

json explanation_of(json place, const char* status, const char* stage_status, json findings) {
  place["pipelineName"] = "webshop";
  place["status"] = status;
  if (*stage_status != '\0') place["stageStatus"] = stage_status;
  place["since"] = kNow - 720;
  place["time"] = kNow;
  place["findings"] = std::move(findings);
  place["otherExecutions"] = json::array();
  return place;
}

json move(const char* kind, json on) {
  return {{"kind", kind}, {"on", std::move(on)}};
}

std::string printed(const json& explanation) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  std::string text = "\n";
  for (const std::string& line : explanation_lines(explanation, Terminal{})) text += line + "\n";
  return text;
}

// A finding of a kind with everything that one can have.
json full_finding(FindingKind kind) {
  return {{"kind", to_text(kind)},
          {"depth", 0},
          {"subject", place(3, "Build", "Compile")},
          {"holder", place(2, "Build")},
          {"transitionType", "Inbound"},
          {"conditionType", "BEFORE_ENTRY"},
          {"since", kNow - 90},
          {"until", kNow + 30},
          {"deadline", kNow + 90},
          {"by", "ann"},
          {"code", "JobFailed"},
          {"reason", "so it is"},
          {"count", 1},
          {"limit", 2},
          {"names", {"Compile"}},
          {"values", {{{"name", "Variable"}, {"value", "main"}}}}};
}

}  // namespace

TEST_CASE("every kind of finding has a sentence, and every move but waiting a command") {
  for (std::size_t i = 0; i < kFindingKinds; ++i) {
    const auto kind = static_cast<FindingKind>(i);
    const json finding = full_finding(kind);
    const json all = explanation_of(place(3, "Build"), "InProgress", "InProgress", {finding});
    const std::string sentence = finding_sentence(all, finding);
    INFO(to_text(kind) << ": " << sentence);
    CHECK(sentence.size() > 10);
    CHECK((sentence.ends_with('.') && !sentence.ends_with("..")));
    CHECK(sentence.find("  ") == std::string::npos);
  }
  for (std::size_t i = 0; i < kMoveKinds; ++i) {
    const auto kind = static_cast<MoveKind>(i);
    const std::string command =
        move_command("webshop", {{"kind", to_text(kind)}, {"on", place(3, "Build", "Compile")}});
    INFO(to_text(kind));
    CHECK(command.starts_with("sluice ") == (kind != MoveKind::kWait));
  }
}

TEST_CASE("a chain is told from the top, with the commands that move its root") {
  json occupied{{"kind", "StageOccupied"},        {"depth", 0},
                {"subject", place(3, "Release")}, {"holder", place(1, "Release")},
                {"since", kNow - 7200},           {"moves", {move("Stop", place(1, "Release"))}}};
  json approval{{"kind", "AwaitsApproval"},
                {"depth", 1},
                {"subject", place(1, "Release", "Approve")},
                {"since", kNow - 7200},
                {"deadline", kNow + 6 * 86400},
                {"count", 1},
                {"limit", 2},
                {"names", {"arn:aws:iam::000000000000:user/ann"}},
                {"moves", {move("Approve", place(1, "Release", "Approve"))}}};
  CHECK(printed(explanation_of(place(3, "Release"), "InProgress", "", {occupied, approval})) == R"(
webshop#3 (3a5c0f3e) waits before Release: #1 is inside, and #1 waits for an approval.

  It came there at 02:52:05 (12m00s ago).
  #1 (1a5c0f3e) is inside Release since 01:04:05 (2h00m ago); only one execution may be.
    Release.Approve of #1 waits for 2 approvals, 1 given (ann), since 01:04:05 (2h00m ago); it fails if nobody has answered by 2026-01-08 03:04:05 (in 6d 0h).

What would move it
  sluice stop webshop --execution webshop#1   # #1 finishes what runs, then leaves Release
  sluice approve webshop Release/Approve      # by another than ann: lets #1 go on
)");
}

TEST_CASE("a failure is told once, with how to retry it and where its log is") {
  json failed{{"kind", "Failed"},
              {"depth", 0},
              {"subject", place(5, "Build")},
              {"since", kNow - 60},
              {"reason", "Build.Lint: exit status 1"},
              {"moves", json::array()}};
  json action{
      {"kind", "ActionFailed"}, {"depth", 0},          {"subject", place(5, "Build", "Lint")},
      {"since", kNow - 60},     {"code", "JobFailed"}, {"reason", "exit status 1"},
      {"moves", json::array()}};
  json retryable{
      {"kind", "Retryable"},
      {"depth", 0},
      {"subject", place(5, "Build")},
      {"moves", {move("RetryFailed", place(5, "Build")), move("RetryAll", place(5, "Build"))}}};
  CHECK(printed(explanation_of(place(5, "Build"), "Failed", "Failed",
                               {failed, action, retryable})) == R"(
webshop#5 (5a5c0f3e) has failed in Build.

  It failed at 03:03:05 (1m00s ago): Build.Lint: exit status 1.

What would move it
  sluice retry webshop Build --execution webshop#5         # runs what failed again
  sluice retry webshop Build --execution webshop#5 --all   # runs all of Build again

To see more
  sluice logs webshop#5 Build/Lint
)");
}

TEST_CASE("somebody else's words cannot take over the terminal") {
  json closed{{"kind", "TransitionDisabled"},
              {"depth", 0},
              {"subject", place(3, "Build")},
              {"holder", {{"stageName", "Build"}}},
              {"since", kNow - 60},
              {"transitionType", "Inbound"},
              {"by", "eve"},
              {"reason", "\x1b[2J\nfreeze"},
              {"moves", json::array()}};
  const std::string text = printed(explanation_of(place(3, "Build"), "InProgress", "", {closed}));
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("freeze") != std::string::npos);
}
