#include "tests/core/monkey.hpp"

#include <algorithm>

#include "engine/core/approval.hpp"
#include "engine/core/names.hpp"
#include "tests/core/notation.hpp"

namespace sluice::test {
namespace {

constexpr const char* kStages[] = {"Source", "Build", "Test", "Deploy"};
constexpr const char* kInputNames[] = {
    "AdoptDefinition", "StartExecution", "StopExecution",    "AnswerApproval",    "ReportProgress",
    "ReportSuccess",   "ReportContinue", "ReportFailure",    "SignalAction",      "DeadlinePassed",
    "RetryStage",      "RollbackStage",  "ChangeTransition", "OverrideCondition", "RemovePipeline"};
static_assert(std::size(kInputNames) == std::variant_size_v<Input>);

std::string key_text(const ActionKey& key) {
  return std::to_string(key.execution) + ":" + std::to_string(key.stage) + "." +
         std::to_string(key.action) + "@" + std::to_string(key.attempt) + "/" +
         std::to_string(key.turn);
}

}  // namespace

Monkey::Monkey(std::uint64_t seed)
    : random_(seed), notation_(random_pipeline()), world_(notation_) {
  story_.push_back("seed " + std::to_string(seed));
  story_.push_back("pipeline " + notation_);
}

std::string Monkey::random_action(unsigned stage, unsigned action) {
  const std::string name = "A" + std::to_string(action);
  std::string text = name;
  if (chance(30)) text += " @" + std::to_string(1 + roll(3));
  if (stage > 0 && chance(15)) text += " approval";
  if (stage > 0 && chance(5)) text += " approval approvals=2";
  if (chance(30)) text += " idempotent";
  const std::string place = std::to_string(stage) + std::to_string(action);
  if (chance(40)) text += " ns=n" + place + " >o" + place;
  const std::string before = std::to_string(stage - 1) + "0";
  if (stage > 0 && chance(20)) text += " c:#{n" + before + ".Id}";
  if (stage > 0 && chance(20)) text += " <o" + before;
  return text;
}

std::string Monkey::random_pipeline() {
  std::string text = std::string(to_text(static_cast<ExecutionMode>(roll(3))));
  if (chance(10)) text += " | finish-on-own-version";
  if (chance(10)) text += " | supersede-approval";
  if (chance(20)) text += " | V=1";
  if (chance(5)) text += " | W=";
  text += " | max=6";
  const unsigned stages = 1 + roll(4);
  for (unsigned s = 0; s < stages; ++s) {
    text += std::string(" | ") + kStages[s];
    if (chance(15)) text += chance(50) ? " [failure RETRY]" : " [failure ROLLBACK]";
    text += random_conditions(s);
    text += ": ";
    const unsigned actions = 1 + roll(4);
    for (unsigned a = 0; a < actions; ++a) text += (a > 0 ? ", " : "") + random_action(s, a);
  }
  return text;
}

std::string Monkey::random_conditions(unsigned stage) {
  const std::string before = "n" + std::to_string(stage - 1) + "0";
  const auto rules = [&] {
    std::string text = " VariableCheck";
    if (stage > 0 && chance(20)) text += " Variable:#{" + before + ".Id}";
    if (chance(40)) text += " / Commands $true timeout=5";
    return text + "]";
  };
  std::string text;
  if (chance(20)) text += (chance(50) ? " [entry FAIL" : " [entry SKIP") + rules();
  if (chance(20)) text += (chance(50) ? " [success FAIL" : " [success ROLLBACK") + rules();
  if (chance(15)) text += " [failure ROLLBACK" + rules();
  return text;
}

ExecutionNumber Monkey::random_execution() {
  const auto& executions = world_.pipeline().executions;
  if (executions.empty() || chance(10)) return 1 + roll(world_.pipeline().last_number + 1);
  auto chosen = executions.begin();
  std::advance(chosen, roll(static_cast<std::uint32_t>(executions.size())));
  return chosen->first;
}

std::string Monkey::random_stage() {
  return kStages[roll(4)];
}

ActionKey Monkey::random_key() {
  const std::vector<Want> wanted = wants(world_.pipeline());
  ActionKey key{random_execution(), 0, 0, 1, 1};
  if (!wanted.empty()) key = wanted[roll(static_cast<std::uint32_t>(wanted.size()))].key;
  // Stale, doubled and misdirected reports.
  if (chance(5)) --key.attempt;
  if (chance(5)) ++key.turn;
  if (chance(5)) key.action = static_cast<Index>(roll(5));
  if (chance(3)) key.action = rule_index(1 + roll(3), roll(2));
  if (chance(3)) key.stage = static_cast<Index>(roll(5));
  return key;
}

Input Monkey::good_report(const Want& want) {
  ReportSuccess report;
  report.key = want.key;
  if (names_rule(want.key)) return report;
  const Execution& e = world_.pipeline().executions.at(want.key.execution);
  const auto& declared = world_.pipeline()
                             .versions.at(e.version)
                             ->stages.at(want.key.stage)
                             .actions.at(want.key.action);
  for (const auto& output : declared.output_artifacts) {
    report.outputs.push_back({output.name, "digest", "", "", ""});
  }
  if (!declared.name_space.empty()) report.variables = {{"Id", "x"}};
  return report;
}

Input Monkey::random_report() {
  const ActionKey key = random_key();
  const std::vector<Want> wanted = wants(world_.pipeline());
  switch (roll(12)) {
    case 0:
      return ReportFailure{key, {}, {FailureKind::kPermanent, "JobFailed", "monkey"}};
    case 1:
      return ReportFailure{key, {}, {FailureKind::kLost, "Lost", "monkey"}};
    case 2:
      return ReportContinue{key, "t", roll(3) * 1000 - 1000, {}};
    case 3:
      return ReportProgress{key, 50, {}};
    case 4:
      return SignalAction{key, "{}"};
    case 5:
      return DeadlinePassed{key};
    default:
      if (wanted.empty()) return ReportSuccess{key, {}, {}, {}};
      return good_report(wanted[roll(static_cast<std::uint32_t>(wanted.size()))]);
  }
}

Input Monkey::random_request() {
  if (world_.pipeline().version == 0) return AdoptDefinition{pipeline_from(random_pipeline())};
  const Uuid execution = World::execution_id(random_execution());
  switch (roll(16)) {
    case 0:
    case 1:
      return StopExecution{execution, chance(50), "", "monkey"};
    case 2:
    case 3:
    case 4: {
      const auto found = world_.pipeline().executions.find(random_execution());
      if (found == world_.pipeline().executions.end()) break;
      const Execution& e = found->second;
      if (e.actions.empty()) break;
      const Index action = static_cast<Index>(roll(static_cast<std::uint32_t>(e.actions.size())));
      const auto& stage = world_.pipeline().versions.at(e.version)->stages.at(e.stage);
      return AnswerApproval{
          stage.name, stage.actions.at(action).name, approval_token(e.actions[action]), chance(80),
          "",         chance(50) ? "ann" : "bob"};
    }
    case 5:
      if (chance(20)) return AdoptDefinition{pipeline_from(random_pipeline())};
      break;
    case 6: {
      const auto& disabled = world_.pipeline().disabled_transitions;
      if (disabled.empty() || chance(50)) {
        return ChangeTransition{random_stage(), chance(60), chance(50), "monkey", "monkey"};
      }
      return ChangeTransition{disabled.front().stage, disabled.front().inbound, true, "", "monkey"};
    }
    case 8:
    case 9: {
      const auto& finished = world_.pipeline().finished;
      if (finished.empty()) break;
      auto kept = finished.begin();
      std::advance(kept, roll(static_cast<std::uint32_t>(finished.size())));
      const Execution& e = kept->second;
      const std::string& stage = world_.pipeline().versions.at(e.version)->stages.at(e.stage).name;
      if (chance(30)) {
        const Uuid id = World::execution_id(world_.pipeline().last_number + 1);
        return RollbackStage{id, chance(50) ? stage : random_stage(), e.id, "monkey", {}};
      }
      if (chance(40)) return OverrideCondition{e.id, stage, e.condition.hook, "monkey"};
      return RetryStage{e.id, stage, static_cast<RetryMode>(roll(2)), "monkey"};
    }
    case 11: {
      const auto found = world_.pipeline().executions.find(random_execution());
      if (found == world_.pipeline().executions.end()) break;
      const Execution& e = found->second;
      const auto& stages = world_.pipeline().versions.at(e.version)->stages;
      const Hook hook = chance(90) ? e.condition.hook : static_cast<Hook>(roll(4));
      return OverrideCondition{e.id, stages.at(e.stage).name, hook, "monkey"};
    }
    case 10:
      return RetryStage{execution, random_stage(), static_cast<RetryMode>(roll(2)), "monkey"};
    case 7:
      if (chance(5)) return RemovePipeline{"monkey"};
      break;
    default:
      break;
  }
  StartExecution start;
  start.id = World::execution_id(world_.pipeline().last_number + 1);
  if (chance(20)) start.client_token = "t" + std::to_string(roll(5));
  if (chance(30)) start.variables = {{"W", "1"}};
  return start;
}

Input Monkey::random_input() {
  return chance(70) ? random_report() : random_request();
}

void Monkey::put(Input input) {
  std::string line = std::string("> ") + kInputNames[input.index()];
  std::visit(
      [&](const auto& asked) {
        if constexpr (requires { asked.key; }) line += " " + key_text(asked.key);
        if constexpr (requires { asked.execution; })
          line += " " + std::to_string(asked.execution.low);
        if constexpr (requires { asked.stage; }) line += " " + asked.stage;
      },
      input);
  story_.push_back(line);
  for (std::string& fact : world_.put(std::move(input))) story_.push_back(std::move(fact));
}

std::string Monkey::step() {
  if (chance(10)) world_.set_now(after(world_.now(), 1 + roll(20'000)));
  if (chance(1)) world_.set_now(after(world_.now(), 3'700'000));
  if (chance(1)) world_.set_now(after(world_.now(), -5'000));
  put(random_input());
  return world_.broken(chance(2));
}

std::string Monkey::drain() {
  while (!world_.pipeline().disabled_transitions.empty()) {
    const Transition& closed = world_.pipeline().disabled_transitions.front();
    put(ChangeTransition{closed.stage, closed.inbound, true, "", "monkey"});
  }
  for (int round = 0; round < 2000; ++round) {
    if (world_.pipeline().executions.empty()) return world_.broken(true);
    const std::vector<Want> wanted = wants(world_.pipeline());
    if (wanted.empty()) return "executions are in flight, but nothing is wanted";
    const Want& want = wanted.front();
    if (want.kind == WantKind::kRun) {
      put(good_report(want));
    } else {
      world_.set_now(std::max(world_.now(), want.at));
      put(DeadlinePassed{want.key});
    }
    const std::string broken = world_.broken(false);
    if (!broken.empty()) return broken;
  }
  return "executions never end";
}

std::string Monkey::story() const {
  std::string text;
  for (const std::string& line : story_) text += line + "\n";
  return text;
}

}  // namespace sluice::test
