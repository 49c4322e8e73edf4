// States as scripts (scenario.hpp), and what is found to say of an execution in them.
#include "engine/core/explain.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <sstream>

#include "engine/core/names.hpp"
#include "tests/core/explain_cases.hpp"
#include "tests/core/monkey.hpp"
#include "tests/core/scenario.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

std::string place_text(const Place& place) {
  std::string text = place.execution == 0 ? "" : std::to_string(place.execution);
  if (!place.stage.empty()) text += (text.empty() ? "" : " ") + place.stage;
  if (!place.action.empty()) text += "." + place.action;
  return text;
}

std::string time_text(const char* name, Instant at) {
  constexpr std::int64_t kBegin_ms = 1'000'000;  // of a World
  if (at.ms == 0) return "";
  return std::string(" ") + name + "=" + std::to_string((at.ms - kBegin_ms) / 1000) + "s";
}

std::string word(const char* name, const std::string& value) {
  return value.empty() ? "" : std::string(" ") + name + "=\"" + value + "\"";
}

std::string list_text(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return list;
}

std::string line_of(const Finding& finding) {
  std::string line(2 * finding.depth, ' ');
  line += std::string(to_text(finding.kind)) + " " + place_text(finding.subject);
  const std::string holder = place_text(finding.holder);
  if (!holder.empty()) line += " (" + holder + ")";
  if (finding.kind == FindingKind::kTransitionDisabled)
    line += finding.inbound ? " inbound" : " outbound";
  if (finding.hook != Hook::kNone) line += " " + std::string(to_text(finding.hook));
  line += time_text("since", finding.since) + time_text("until", finding.until) +
          time_text("deadline", finding.deadline);
  if (finding.count + finding.limit != 0) line += " " + std::to_string(finding.count);
  if (finding.limit != 0) line += "/" + std::to_string(finding.limit);
  if (!finding.names.empty()) line += " [" + list_text(finding.names) + "]";
  line += word("by", finding.by) + word("code", finding.code) + word("reason", finding.reason);
  for (const auto& [key, value] : finding.values) line += " " + key + "=" + value;
  std::vector<std::string> moves;
  for (const Move& move : finding.moves)
    moves.push_back(std::string(to_text(move.kind)) + " " + place_text(move.on));
  if (!moves.empty()) line += " -> " + list_text(moves);
  return line;
}

Recollection recall_from(const World& world, ExecutionNumber number, DeclarationPtr declaration) {
  std::vector<DatedFact> facts;
  for (const auto& [at, fact] : world.history()) {
    if (execution_of(fact) == number) facts.push_back({at, &fact});
  }
  return recall(declaration, facts);
}

// The declaration that an execution of the world runs, or ran on.
DeclarationPtr declaration_of(const World& world, ExecutionNumber number) {
  std::uint32_t version = 0;
  for (const auto& [at, fact] : world.history()) {
    if (const auto* started = std::get_if<ExecutionStarted>(&fact))
      if (started->execution == number) version = started->version;
  }
  for (const auto& [at, fact] : world.history()) {
    if (const auto* adopted = std::get_if<DefinitionAdopted>(&fact))
      if (adopted->declaration.version == version)
        return std::make_shared<PipelineDeclaration>(adopted->declaration);
  }
  return nullptr;
}

Explanation explained(const ExplainCase& one) {
  const World world = world_after(one.pipeline, one.script);
  const Recollection history =
      recall_from(world, one.execution, declaration_of(world, one.execution));
  Explanation explanation;
  const Focus focus{one.stage, one.action};
  const bool known = explain(world.pipeline(), one.execution, &history, focus, explanation);
  CHECK(known);
  return explanation;
}

}  // namespace

TEST_CASE("what is found to say of an execution is what holds it, and what would move it") {
  for (const ExplainCase& one : explain_cases()) {
    INFO(one.name);
    std::string lines;
    for (const Finding& finding : explained(one).findings) lines += line_of(finding) + "\n";
    const std::string expected = one.findings;
    CHECK(lines == expected.substr(expected.find('\n') + 1));
  }
}

TEST_CASE(
    "every kind of finding and of move has a case, but for those that the state cannot know") {
  std::set<FindingKind> findings;
  std::set<MoveKind> moves;
  for (const ExplainCase& one : explain_cases()) {
    for (const Finding& finding : explained(one).findings) {
      findings.insert(finding.kind);
      for (const Move& move : finding.moves) moves.insert(move.kind);
    }
  }
  for (std::size_t kind = 0; kind < kFindingKinds; ++kind) {
    INFO(to_text(static_cast<FindingKind>(kind)));
    CHECK(findings.contains(static_cast<FindingKind>(kind)));
  }
  for (std::size_t kind = 0; kind < kMoveKinds; ++kind) {
    INFO(to_text(static_cast<MoveKind>(kind)));
    CHECK(moves.contains(static_cast<MoveKind>(kind)));
  }
}

TEST_CASE("an execution that neither the state nor history knows is not explained") {
  const World world = world_after("Source: Checkout", "> start\n");
  Explanation explanation;
  CHECK_FALSE(explain(world.pipeline(), 2, nullptr, {}, explanation));
  CHECK(explain(world.pipeline(), 1, nullptr, {}, explanation));
  const World over = world_after("Source: Checkout", "> start\n> ok 1 Source.Checkout\n");
  CHECK_FALSE(explain(over.pipeline(), 1, nullptr, {}, explanation));
}

TEST_CASE("who names a stage means whoever is inside, else the first that waits, else the newest") {
  const char* const kPipeline = "QUEUED | Source: Checkout | Build: Compile | Deploy: Ship";
  const char* const kStart = "> start\n> ok 1 Source.Checkout\n> start\n> ok 2 Source.Checkout\n";
  const World inside = world_after(kPipeline, kStart);
  CHECK(meant(inside.pipeline(), "") == 2);
  CHECK(meant(inside.pipeline(), "Build") == 1);
  CHECK(meant(inside.pipeline(), "Source") == 2);
  CHECK(meant(inside.pipeline(), "Deploy") == 2);
  const std::string closed = std::string("> disable Build freeze\n") + kStart;
  CHECK(meant(world_after(kPipeline, closed.c_str()).pipeline(), "Build") == 1);
}

// Whatever the state, it can be said why, and what is offered is accepted.
TEST_CASE(
    "in every state that the monkey reaches, every execution is explained, and what is offered "
    "works") {
  std::size_t explained = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Monkey monkey(seed);
    for (int step = 0; step < 120 && monkey.step().empty(); ++step) {
      const World& world = monkey.world();
      const Pipeline& pipeline = world.pipeline();
      for (ExecutionNumber number = 1; number <= pipeline.last_number; ++number) {
        const DeclarationPtr declaration = declaration_of(world, number);
        if (declaration == nullptr) continue;
        const Recollection history = recall_from(world, number, declaration);
        Explanation explanation;
        const bool known = explain(pipeline, number, &history, {}, explanation);
        const bool said = !explanation.findings.empty() && explanation.findings[0].depth == 0;
        INFO("seed " << seed << ", execution " << number << "\n" << monkey.story());
        REQUIRE((known && said));
        ++explained;
        for (const Finding& finding : explanation.findings) {
          for (const Move& move : finding.moves) {
            const bool all = move.kind == MoveKind::kRetryAll;
            if (!all && move.kind != MoveKind::kRetryFailed) continue;
            const RetryStage retry{move.on.id, move.on.stage,
                                   all ? RetryMode::kAllActions : RetryMode::kFailedActions, ""};
            REQUIRE(decide(pipeline, retry, world.now()).rejected() == nullptr);
          }
        }
      }
    }
  }
  CHECK(explained > 1000);
}
