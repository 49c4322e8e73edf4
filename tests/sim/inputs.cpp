#include "tests/sim/inputs.hpp"

#include <algorithm>

#include "engine/core/approval.hpp"
#include "tests/core/notation.hpp"
#include "tests/sim/generator.hpp"

namespace sluice::sim {
namespace {

constexpr const char* kPeople[] = {"ann", "bob", "eve"};

const Execution* random_live(Dice& dice, const Pipeline& state) {
  if (state.executions.empty()) return nullptr;
  auto at = state.executions.begin();
  std::advance(at, dice.roll(state.executions.size()));
  return &at->second;
}

// Of any execution that there has been, those in flight more often.
Uuid random_id(Dice& dice, const Auditor& auditor) {
  const Execution* live = random_live(dice, auditor.folded());
  if (live != nullptr && dice.chance(75)) return live->id;
  const auto& books = auditor.books();
  if (books.empty() || dice.chance(5)) return {1, 1};
  auto at = books.begin();
  std::advance(at, dice.roll(books.size()));
  return at->second.id;
}

std::string random_stage(Dice& dice, const Pipeline& state) {
  if (state.version == 0 || dice.chance(3)) return "Nowhere";
  const auto& stages = state.versions.at(state.version)->stages;
  return stages[dice.roll(stages.size())].name;
}

// Retries and overrides name what a person sees: something that has ended or is stuck, and where.
Input random_retry(Dice& dice, const Auditor& auditor) {
  const Pipeline& state = auditor.folded();
  RetryStage retry{random_id(dice, auditor), random_stage(dice, state),
                   dice.chance(50) ? RetryMode::kFailedActions : RetryMode::kAllActions, "eve"};
  if (!state.finished.empty() && dice.chance(70)) {
    auto at = state.finished.begin();
    std::advance(at, dice.roll(state.finished.size()));
    retry.execution = at->second.id;
    const auto version = state.versions.find(at->second.version);
    if (version != state.versions.end()) {
      retry.stage = version->second->stages.at(at->second.stage).name;
    }
  } else if (const Execution* live = random_live(dice, state); live != nullptr) {
    retry.execution = live->id;
    retry.stage = state.versions.at(live->version)->stages.at(live->stage).name;
  }
  return retry;
}

Input random_start(Dice& dice, Uuid id) {
  StartExecution start;
  start.id = id;
  if (dice.chance(20)) start.client_token = "t" + std::to_string(dice.roll(8));
  if (dice.chance(30)) start.variables = {{"W", "1"}};
  if (dice.chance(3)) start.variables.push_back({"X", "1"});
  if (dice.chance(10)) start.source_revisions = {{"A0", "COMMIT_ID", "abc"}};
  return start;
}

Input random_answer(Dice& dice, const Auditor& auditor) {
  const Pipeline& state = auditor.folded();
  const bool approved = dice.chance(80);
  AnswerApproval answer{random_stage(dice, state), "A0", {7, 7}, approved, "", dice.pick(kPeople)};
  if (!state.recent_approvals.empty() && dice.chance(10)) {
    answer.token = state.recent_approvals[dice.roll(state.recent_approvals.size())].token;
  }
  for (const auto& [number, e] : state.executions) {
    const StageDeclaration& stage = state.versions.at(e.version)->stages.at(e.stage);
    for (std::size_t i = 0; i < e.actions.size(); ++i) {
      const ActionStatus status = e.actions[i].status;
      const bool open = status == ActionStatus::kRunning || status == ActionStatus::kWaiting;
      if (!open || stage.actions[i].type.category != Category::kApproval) continue;
      answer.stage = stage.name;
      answer.action = stage.actions[i].name;
      answer.token = approval_token(e.actions[i]);
      if (dice.chance(60)) return answer;
    }
  }
  return answer;
}

Input random_rollback(Dice& dice, const Auditor& auditor, Uuid id) {
  RollbackStage rollback{
      id, random_stage(dice, auditor.folded()), random_id(dice, auditor), "eve", {}};
  const auto& finished = auditor.folded().finished;
  if (!finished.empty() && dice.chance(70)) {
    auto at = finished.begin();
    std::advance(at, dice.roll(finished.size()));
    rollback.target = at->second.id;
  }
  for (const auto& [number, book] : auditor.books()) {
    if (book.version != auditor.folded().version || book.succeeded_stages.empty()) continue;
    if (*book.succeeded_stages.rbegin() == 0 || !dice.chance(40)) continue;
    rollback.target = book.id;
    rollback.stage =
        auditor.folded().versions.at(book.version)->stages.at(*book.succeeded_stages.rbegin()).name;
  }
  // As the operation layer does: the target as history tells it.
  for (const auto& [number, book] : auditor.books()) {
    if (book.id != rollback.target || !dice.chance(80)) continue;
    const auto version = auditor.folded().versions.find(book.version);
    bool succeeded = false;
    for (const Index stage : book.succeeded_stages) {
      succeeded |= version != auditor.folded().versions.end() &&
                   version->second->stages.at(stage).name == rollback.stage;
    }
    rollback.record = {number,    book.id,        book.version, book.type,
                       succeeded, book.variables, {},           book.outputs};
  }
  return rollback;
}

Input random_change(Dice& dice, const Auditor& auditor) {
  ChangeTransition change{random_stage(dice, auditor.folded()), dice.chance(70), dice.chance(60),
                          "because", "eve"};
  const auto& disabled = auditor.folded().disabled_transitions;
  if (change.enable && !disabled.empty()) {
    const Transition& closed = disabled[dice.roll(disabled.size())];
    change.stage = closed.stage;
    change.inbound = closed.inbound;
  }
  return change;
}

Input random_override(Dice& dice, const Auditor& auditor) {
  OverrideCondition overridden{random_id(dice, auditor), random_stage(dice, auditor.folded()),
                               static_cast<Hook>(1 + dice.roll(3)), "eve"};
  for (const auto& [number, e] : auditor.folded().executions) {
    if (e.condition.hook == Hook::kNone || !dice.chance(60)) continue;
    overridden.execution = e.id;
    overridden.stage = auditor.folded().versions.at(e.version)->stages.at(e.stage).name;
    overridden.hook = e.condition.hook;
  }
  for (const auto& [number, e] : auditor.folded().finished) {
    if (e.condition.hook == Hook::kNone || !dice.chance(40)) continue;
    const auto version = auditor.folded().versions.find(e.version);
    if (version == auditor.folded().versions.end()) continue;
    overridden.execution = e.id;
    overridden.stage = version->second->stages.at(e.stage).name;
    overridden.hook = e.condition.hook;
  }
  return overridden;
}

}  // namespace

Input random_request(Dice& dice, const Auditor& auditor, Uuid id) {
  if (auditor.folded().version == 0) {
    return AdoptDefinition{test::pipeline_from(random_pipeline(dice))};
  }
  switch (dice.roll(20)) {
    case 0:
    case 1:
      return StopExecution{random_id(dice, auditor), dice.chance(50), "", "eve"};
    case 2:
    case 3:
    case 4:
    case 5:
      return random_answer(dice, auditor);
    case 6:
    case 7:
      return random_retry(dice, auditor);
    case 8:
      return random_rollback(dice, auditor, id);
    case 9:
    case 10:
      return random_change(dice, auditor);
    case 11:
      return random_override(dice, auditor);
    case 12:
      if (dice.chance(30)) return AdoptDefinition{test::pipeline_from(random_pipeline(dice))};
      if (dice.chance(3)) return RemovePipeline{"eve"};
      break;
    default:
      break;
  }
  return random_start(dice, id);
}

Input good_outcome(const Job& job, const Pipeline& state) {
  if (!names_rule(job.key) && job.type.category == Category::kApproval && job.key.turn == 1) {
    return ReportContinue{job.key, "asked", -1, {}};
  }
  ReportSuccess report;
  report.key = job.key;
  for (const auto& output : job.outputs) report.outputs.push_back({output.name, "d", "", "", ""});
  const auto found = state.executions.find(job.key.execution);
  if (names_rule(job.key) || found == state.executions.end()) return report;
  const auto& stage = state.versions.at(found->second.version)->stages.at(job.key.stage);
  if (!stage.actions.at(job.key.action).name_space.empty()) report.variables = {{"Id", "x"}};
  return report;
}

Input random_outcome(Dice& dice, const Job& job, const Pipeline& state, bool calm) {
  const auto failed = [&](FailureKind kind, const char* code) {
    return ReportFailure{job.key, {}, {kind, code, "simulated"}};
  };
  switch (dice.roll(calm ? 120 : 20)) {
    case 0:
    case 1:
      return failed(FailureKind::kPermanent, "JobFailed");
    case 2:
      return failed(FailureKind::kTransient, "Unreachable");
    case 3:
      return failed(FailureKind::kCrashed, "Crashed");
    case 4:
    case 5:
    case 6:
      return ReportContinue{job.key,
                            "t" + std::to_string(job.key.turn),
                            static_cast<std::int64_t>(dice.roll(3)) * 60'000 - 60'000,
                            {}};
    case 7:
      return ReportSuccess{job.key, {}, {}, {}};  // without the outputs it declared
    default:
      return good_outcome(job, state);
  }
}

Input random_nudge(Dice& dice, const Pipeline& state) {
  const std::vector<Want> wanted = wants(state);
  ActionKey key{1, 0, 0, 1, 1};
  if (!wanted.empty()) key = wanted[dice.roll(wanted.size())].key;
  if (dice.chance(10)) ++key.turn;
  if (dice.chance(10)) --key.attempt;
  if (dice.chance(5)) key.action = static_cast<Index>(dice.roll(6));
  if (dice.chance(5)) key.stage = static_cast<Index>(dice.roll(6));
  if (dice.chance(50)) return DeadlinePassed{key};
  return SignalAction{key, "{}"};
}

std::string describe(const Input& input) {
  static constexpr const char* kNames[] = {
      "AdoptDefinition",  "StartExecution",    "StopExecution",  "AnswerApproval",
      "ReportProgress",   "ReportSuccess",     "ReportContinue", "ReportFailure",
      "SignalAction",     "DeadlinePassed",    "RetryStage",     "RollbackStage",
      "ChangeTransition", "OverrideCondition", "RemovePipeline"};
  static_assert(std::size(kNames) == std::variant_size_v<Input>);
  std::string text = kNames[input.index()];
  std::visit(
      [&](const auto& asked) {
        if constexpr (requires { asked.key; }) {
          text += " " + std::to_string(asked.key.execution) + ":" +
                  std::to_string(asked.key.stage) + "." + std::to_string(asked.key.action) + "@" +
                  std::to_string(asked.key.attempt) + "/" + std::to_string(asked.key.turn);
        }
        if constexpr (requires { asked.execution.low; }) {
          text += " of start " + std::to_string(asked.execution.low);
        }
        if constexpr (requires { asked.stage; }) text += " " + asked.stage;
        if constexpr (requires { asked.id.low; }) text += " start " + std::to_string(asked.id.low);
        if constexpr (requires { asked.failure; }) text += " " + asked.failure.code;
        if constexpr (requires { asked.inbound; }) {
          text += std::string(asked.inbound ? " inbound" : " outbound") +
                  (asked.enable ? " enable" : " disable");
        }
        if constexpr (requires { asked.abandon; }) text += asked.abandon ? " abandon" : " wait";
      },
      input);
  return text;
}

}  // namespace sluice::sim
