#include "engine/simulation/simulate.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/core/approval.hpp"
#include "engine/core/condition.hpp"
#include "engine/core/names.hpp"
#include "engine/core/narration.hpp"
#include "engine/simulation/values.hpp"

namespace sluice::simulation {
namespace {

constexpr std::uint64_t kExecutionIds = 0x5117ce;

Uuid execution_id(ExecutionNumber number) {
  return derive({kExecutionIds, 0}, 7, number);
}

class Run {
 public:
  explicit Run(const Script& script) : script_(script) {}

  Simulated run() {
    put(AdoptDefinition{*script_.versions.front()}, "");
    bool starts = false;
    for (const Move& move : script_.moves) {
      starts |= std::holds_alternative<Move::Start>(move.what);
      plan(after(kBeginning, move.at_ms), move.what);
    }
    if (!starts) plan(kBeginning, Move::Start{});
    std::size_t steps = 0;
    while (result_.happenings.size() < kMostFacts && steps < kMostFacts && step()) ++steps;
    result_.cut_short = result_.happenings.size() >= kMostFacts || steps >= kMostFacts;
    result_.end = result_.happenings.back().at;
    result_.state = std::move(state_);
    return std::move(result_);
  }

 private:
  struct Report {
    ActionKey key;
    Ending ending = Ending::kSuccess;
    std::string message;
  };
  struct Reply {
    ActionKey key;
    const Answer* answer = nullptr;
    std::string by;
  };
  using Event = std::variant<decltype(Move::what), Report, Reply>;

  void plan(Instant at, Event event) { events_.emplace(std::pair(at, ++order_), std::move(event)); }

  // What comes next: an event of the script, a worker's report, or a deadline.
  bool step() {
    Want deadline;
    for (const Want& want : wants(state_)) {
      if (want.kind != WantKind::kDeadline) continue;
      if (deadline.at.ms == 0 || want.at < deadline.at) deadline = want;
    }
    const bool has_event = !events_.empty();
    if (!has_event && deadline.at.ms == 0) return false;
    if (!has_event || (deadline.at.ms != 0 && deadline.at < events_.begin()->first.first)) {
      now_ = std::max(now_, deadline.at);
      put(DeadlinePassed{deadline.key}, "");
      return true;
    }
    now_ = std::max(now_, events_.begin()->first.first);
    const Event event = std::move(events_.extract(events_.begin()).mapped());
    std::visit([this](const auto& what) { take(what); }, event);
    return true;
  }

  void take(const decltype(Move::what)& move) {
    std::visit([this](const auto& what) { do_move(what); }, move);
  }
  void do_move(const Move::Start& move) {
    StartExecution start;
    start.id = execution_id(state_.last_number + 1);
    start.variables = move.variables;
    start.trigger = move.push ? Trigger{"WebhookV2", "simulation"}
                              : Trigger{"StartPipelineExecution", "simulation"};
    put(std::move(start), move.push ? "push" : "start");
  }
  void do_move(const Move::Stop& move) {
    put(StopExecution{execution_id(move.execution), move.abandon, move.reason, "simulation"},
        "stop " + std::to_string(move.execution));
  }
  void do_move(const Move::Retry& move) {
    put(RetryStage{execution_id(move.execution), move.stage, move.mode, "simulation"},
        "retry " + std::to_string(move.execution) + " " + move.stage);
  }
  void do_move(const Move::Rollback& move) {
    put(RollbackStage{execution_id(state_.last_number + 1), move.stage, execution_id(move.target),
                      "simulation", record(move)},
        "rollback " + move.stage);
  }
  void do_move(const Move::Override& move) {
    put(OverrideCondition{execution_id(move.execution), move.stage, move.hook, "simulation"},
        "override " + std::to_string(move.execution) + " " + move.stage);
  }
  void do_move(const Move::Update& move) { put(AdoptDefinition{*move.declaration}, "update"); }
  void do_move(const ChangeTransition& move) {
    put(move, (move.enable ? "enable " : "disable ") + move.stage);
  }
  void do_move(const RemovePipeline& move) { put(move, "remove"); }

  // The target as history tells it: the state forgets what nobody can retry.
  [[nodiscard]] RollbackRecord record(const Move::Rollback& move) const {
    RollbackRecord record;
    for (const Happening& happening : result_.happenings) {
      if (happening.refused || execution_of(happening.fact) != move.target) continue;
      if (const auto* f = std::get_if<ExecutionStarted>(&happening.fact)) {
        record = {f->execution, f->id,        f->version,          f->type,
                  false,        f->variables, f->source_revisions, {}};
      } else if (const auto* stage = std::get_if<StageSucceeded>(&happening.fact)) {
        record.succeeded_in_stage |= names_.at(record.version).at(stage->stage) == move.stage;
      } else if (const auto* done = std::get_if<ActionSucceeded>(&happening.fact)) {
        record.outputs.push_back(
            {done->key.stage, done->key.action, done->variables, done->outputs});
      }
    }
    return record;
  }

  [[nodiscard]] const ActionRun* running(const ActionKey& key) const {
    const auto found = state_.executions.find(key.execution);
    return found == state_.executions.end() ? nullptr : find_run(found->second, key);
  }

  void take(const Report& report) {
    if (running(report.key) == nullptr) return;  // nobody waits for it any more
    if (report.ending == Ending::kLoss) {
      const std::string message = report.message.empty() ? "the worker was lost" : report.message;
      return put(ReportFailure{report.key, {}, {FailureKind::kLost, "Lost", message}}, "");
    }
    if (report.ending == Ending::kFailure) {
      return put(
          ReportFailure{report.key, {}, {FailureKind::kPermanent, "JobFailed", report.message}},
          "");
    }
    ReportSuccess success;
    success.key = report.key;
    if (!names_rule(report.key)) {
      const PipelineDeclaration& pipeline = declaration(report.key);
      const ActionDeclaration& action =
          pipeline.stages[report.key.stage].actions[report.key.action];
      success.variables = output_values(pipeline, action);
      for (const auto& output : action.output_artifacts) {
        success.outputs.push_back({output.name, "simulated", "", "", ""});
      }
    }
    put(std::move(success), "");
  }

  void take(const Reply& reply) {
    const ActionRun* run = running(reply.key);
    if (run == nullptr) return;
    const StageDeclaration& stage = declaration(reply.key).stages[reply.key.stage];
    put(AnswerApproval{stage.name, stage.actions[reply.key.action].name, approval_token(*run),
                       reply.answer == nullptr || reply.answer->approved,
                       reply.answer == nullptr ? "" : reply.answer->text, reply.by},
        "answer " + stage.name);
  }

  [[nodiscard]] const PipelineDeclaration& declaration(const ActionKey& key) const {
    return *state_.versions.at(state_.executions.at(key.execution).version);
  }

  // `what`: of a refusal that the script's author should see; "" for workers and clocks.
  void put(const Input& input, const std::string& what) {
    Decision decision = decide(state_, input, now_);
    if (const Rejected* refusal = decision.rejected(); refusal != nullptr && !what.empty()) {
      result_.happenings.push_back(
          {now_, {}, "! " + what + ": " + refusal->code + ": " + refusal->why, true});
    }
    for (Fact& fact : decision.facts) {
      std::string text = narrate(state_, fact);
      if (const auto* adopted = std::get_if<DefinitionAdopted>(&fact))
        note_names(adopted->declaration);
      apply(state_, fact, now_);
      result_.happenings.push_back({now_, std::move(fact), std::move(text), false});
      note_end(result_.happenings.back().fact);
    }
    note_looks();
    start_wanted();
  }

  void start_wanted() {
    std::set<ActionKey> wanted;
    for (const Want& want : wants(state_)) {
      if (want.kind != WantKind::kRun) continue;
      wanted.insert(want.key);
      if (!started_.contains(want.key)) begin(want.key);
    }
    started_ = std::move(wanted);
  }

  void begin(const ActionKey& key) {
    const StageDeclaration& stage = declaration(key).stages[key.stage];
    if (!names_rule(key) && stage.actions[key.action].type.category == Category::kApproval) {
      return ask(key, stage);
    }
    Report report{key, Ending::kSuccess, ""};
    std::int64_t duration_ms = script_.duration_ms;
    bool set = false;
    for (const Conduct& conduct : script_.conducts) {
      if (!fits(conduct.target, key, stage)) continue;
      if (conduct.sets_ending) {
        report.ending = conduct.ending;
        report.message = conduct.message;
      }
      if (conduct.sets_duration) duration_ms = conduct.duration_ms;
      set |= conduct.sets_duration;
    }
    if (names_rule(key) && !set) duration_ms = 0;
    plan(after(now_, duration_ms), std::move(report));
  }

  // An approval's plugin asks and waits; people answer as the script says.
  void ask(const ActionKey& key, const StageDeclaration& stage) {
    bool said = false;
    for (const Answer& answer : script_.answers) {
      if (!fits(answer.target, key, stage)) continue;
      said = true;
      if (answer.ignored) continue;
      plan(after(now_, answer.after_ms),
           Reply{key, &answer, answer.by.empty() ? "somebody" : answer.by});
    }
    const std::uint16_t needed = stage.actions[key.action].required_approvals;
    for (std::uint16_t i = 1; !said && i <= needed; ++i) {
      plan(after(now_, script_.duration_ms),
           Reply{key, nullptr, needed == 1 ? "somebody" : "somebody " + std::to_string(i)});
    }
    put(ReportContinue{key, "", -1, {}}, "");
  }

  static bool fits(const Target& target, const ActionKey& key, const StageDeclaration& stage) {
    if (target.execution != 0 && target.execution != key.execution) return false;
    if (target.stage != stage.name) return false;
    const std::uint16_t attempt = names_rule(key) ? evaluation_of(key.attempt) : key.attempt;
    if (target.attempt != 0 && target.attempt != attempt) return false;
    if (names_rule(key) != (target.hook != Hook::kNone)) return false;
    if (!names_rule(key)) {
      return target.name.empty() || target.name == stage.actions[key.action].name;
    }
    if (hook_of(key.action) != target.hook) return false;
    const RuleDeclaration* rule = find_rule(stage, key.action);
    return rule != nullptr && (target.name.empty() || rule->name == target.name);
  }

  void note_names(const PipelineDeclaration& declaration) {
    std::vector<std::string>& names = names_[declaration.version];
    for (const StageDeclaration& stage : declaration.stages) names.push_back(stage.name);
  }

  void note(ExecutionNumber number, Look look) {
    if (result_.looks.size() < number) result_.looks.resize(number);
    auto& looks = result_.looks[number - 1];
    // What lasted no time is not seen, but an end is.
    const bool passed =
        !looks.empty() && looks.back().at == look.at && looks.back().kind != Look::Kind::kOver;
    if (passed) looks.pop_back();
    Look same = look;
    if (!looks.empty()) same.at = looks.back().at;
    if (looks.empty() || !(looks.back() == same)) looks.push_back(std::move(look));
  }

  void note_end(const Fact& fact) {
    static constexpr std::pair<std::uint8_t, ExecutionStatus> kEnds[] = {
        {fact_index<ExecutionSucceeded>, ExecutionStatus::kSucceeded},
        {fact_index<ExecutionFailed>, ExecutionStatus::kFailed},
        {fact_index<ExecutionStopped>, ExecutionStatus::kStopped},
        {fact_index<ExecutionSuperseded>, ExecutionStatus::kSuperseded},
        {fact_index<ExecutionCancelled>, ExecutionStatus::kCancelled}};
    for (const auto& [index, status] : kEnds) {
      if (fact.index() == index) note(execution_of(fact), {now_, Look::Kind::kOver, "", status});
    }
  }

  void note_looks() {
    for (const auto& [number, e] : state_.executions) {
      Look look{now_, Look::Kind::kWaits, "", ExecutionStatus::kInProgress};
      if (e.stage_status != StageStatus::kNotEntered) {
        look.stage = state_.versions.at(e.version)->stages[e.stage].name;
        look.kind = e.status == ExecutionStatus::kStopping ? Look::Kind::kStops : kind_of(e);
      }
      note(number, std::move(look));
    }
  }

  // An execution asks if approvals are all that it waits for.
  static Look::Kind kind_of(const Execution& e) {
    bool asks = false;
    for (const ActionRun& run : e.actions) {
      if (run.status == ActionStatus::kRunning) return Look::Kind::kRuns;
      asks |= run.status == ActionStatus::kWaiting;
    }
    return asks ? Look::Kind::kAsks : Look::Kind::kRuns;
  }

  const Script& script_;
  Simulated result_;
  Pipeline state_;
  Instant now_ = kBeginning;
  std::map<std::pair<Instant, std::uint64_t>, Event> events_;
  std::uint64_t order_ = 0;
  std::set<ActionKey> started_;
  std::map<std::uint32_t, std::vector<std::string>> names_;  // of stages, by version
};

}  // namespace

Simulated simulate(const Script& script) {
  return Run(script).run();
}

}  // namespace sluice::simulation
