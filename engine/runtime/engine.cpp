#include "engine/runtime/engine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/core/assert.hpp"
#include "engine/runtime/recovered.hpp"

namespace sluice {
namespace {

bool is_report(const Input& input) {
  return std::holds_alternative<ReportProgress>(input) ||
         std::holds_alternative<ReportSuccess>(input) ||
         std::holds_alternative<ReportContinue>(input) ||
         std::holds_alternative<ReportFailure>(input) ||
         std::holds_alternative<DeadlinePassed>(input);
}

// The call that an input of a worker or of the clock is about; null for others.
const ActionKey* named_call(const Input& input) {
  return std::visit(
      [](const auto& asked) -> const ActionKey* {
        if constexpr (requires { asked.key; })
          return &asked.key;
        else
          return nullptr;
      },
      input);
}

// The call that a report ends; null for inputs that end none.
const ActionKey* ended_call(const Input& input) {
  if (const auto* report = std::get_if<ReportSuccess>(&input)) return &report->key;
  if (const auto* report = std::get_if<ReportContinue>(&input)) return &report->key;
  if (const auto* report = std::get_if<ReportFailure>(&input)) return &report->key;
  return nullptr;
}

// The stages that an execution in flight has succeeded in.
std::vector<Index> stages_behind(const Execution& execution) {
  std::vector<Index> stages;
  if (execution.type == ExecutionType::kRollback) return stages;
  for (Index stage = 0; stage < execution.stage; ++stage)
    if (std::find(execution.skipped.begin(), execution.skipped.end(), stage) ==
        execution.skipped.end())
      stages.push_back(stage);
  return stages;
}

}  // namespace

Engine::Engine(Store& store, Hosts& hosts, const Clock& clock, EngineOptions options)
    : store_(store), hosts_(hosts), clock_(clock), options_(options), inbox_(options.inbox_limit) {}

Result<void> Engine::recover(const std::string& pipeline, Live& live) {
  auto recovered = recover_state(store_, pipeline);
  if (!recovered) return recovered.error();
  adopt(pipeline, live, std::move(*recovered));
  return {};
}

void Engine::adopt(const std::string& pipeline, Live& live, Recovered recovered) {
  live.state = std::move(recovered.state);
  live.facts_since_snapshot = recovered.facts_since_snapshot;
  live.first_unsaved = recovered.first_unsaved;
  live.last = recovered.last;
  live.rows.clear();
  // Why it is being stopped is in the row alone.
  for (const auto& [number, execution] : live.state.executions)
    if (execution.status == ExecutionStatus::kStopping) restore_row(live, pipeline, number);
}

Engine::Live& Engine::begin(const std::string& pipeline, JobSettings settings) {
  Live live{{}, Reconciler(pipeline, hosts_, timers_), std::move(settings)};
  live.pending.pipeline = pipeline;
  return live_.emplace(pipeline, std::move(live)).first->second;
}

Result<void> Engine::load(const std::string& pipeline, JobSettings settings) {
  if (live_.contains(pipeline)) return {};
  Live& live = begin(pipeline, std::move(settings));
  if (auto recovered = recover(pipeline, live); !recovered) {
    live_.erase(pipeline);
    return recovered;
  }
  live.reconciler.recovered(live.state);
  return {};
}

void Engine::report_lost(const std::string& pipeline) {
  const auto at = live_.find(pipeline);
  if (at == live_.end()) return;
  at->second.reconciler.lost(at->second.state);
  for (const Want& want : wants(at->second.state))
    if (want.kind == WantKind::kRun)
      report(pipeline,
             ReportFailure{
                 want.key, {}, {FailureKind::kLost, "Lost", "the worker ended with its engine"}});
}

const Pipeline* Engine::find(const std::string& pipeline) const {
  const auto at = live_.find(pipeline);
  return at == live_.end() ? nullptr : &at->second.state;
}

bool Engine::submit(std::string pipeline, Input input, ReplyFunction reply) {
  return inbox_.offer(Envelope{std::move(pipeline), std::move(input), std::move(reply)});
}

bool Engine::create(std::string pipeline, std::vector<Input> inputs, ReplyFunction reply) {
  SLUICE_ASSERT(!inputs.empty(), "a pipeline is made by adopting a definition");
  Envelope envelope{std::move(pipeline), std::move(inputs.front()), std::move(reply)};
  inputs.erase(inputs.begin());
  envelope.then = std::move(inputs);
  envelope.creates = true;
  return inbox_.offer(std::move(envelope));
}

bool Engine::ask(std::string pipeline, Question question) {
  Envelope envelope{std::move(pipeline), DeadlinePassed{}, {}};
  envelope.question = std::move(question);
  return inbox_.offer(std::move(envelope));
}

void Engine::report(const std::string& pipeline, Input input, ReplyFunction settled) {
  inbox_.report(Envelope{pipeline, std::move(input), std::move(settled)});
}

void Engine::resume() {
  for (auto& [name, live] : live_) live.reconciler.reconcile(live.state, {}, live.settings);
  hosts_.resumed();
}

Result<void> Engine::run() {
  resume();
  while (step(true)) {
  }
  return corrupt_;
}

bool Engine::step(bool wait) {
  std::vector<Envelope> batch;
  std::optional<std::int64_t> wait_ms;
  if (!wait) wait_ms = 0;
  if (const auto next = timers_.next()) {
    const std::int64_t until = next->ms - clock_.now().ms;
    wait_ms = wait_ms ? std::min(*wait_ms, until) : until;
  }
  if (!next_.empty()) wait_ms = 0;
  if (!again_.empty()) wait_ms = std::min(wait_ms.value_or(options_.retry_ms), options_.retry_ms);
  std::vector<Envelope> postponed = std::exchange(next_, {});
  const bool open = inbox_.take(batch, options_.batch_limit, wait_ms);

  const Instant now = clock_.now();
  // A clock that was set back makes nobody wait longer.
  const bool set_back = again_at_ms_ - now.ms > options_.retry_ms;
  if (!again_.empty() && (now.ms >= again_at_ms_ || set_back)) {
    std::move(again_.begin(), again_.end(), std::back_inserter(batch));
    again_.clear();
  }
  take_timers(batch);
  batch.insert(batch.begin(), std::make_move_iterator(postponed.begin()),
               std::make_move_iterator(postponed.end()));
  for (Envelope& envelope : batch) decide_one(envelope, now);
  if (!commit()) undo_batch(batch);
  drop_gone();
  return (open || !next_.empty()) && corrupt_;
}

void Engine::take_timers(std::vector<Envelope>& batch) {
  for (Timer& timer : timers_.take_due(clock_.now())) {
    const auto at = live_.find(timer.pipeline);
    if (at == live_.end()) continue;
    at->second.reconciler.passed(timer.key, timer.at);
    batch.push_back(Envelope{std::move(timer.pipeline), DeadlinePassed{timer.key}, {}});
  }
}

// The pipeline that an input is for; null if there is none, or none that may be created.
Engine::Live* Engine::live_of(const Envelope& envelope) {
  const auto at = live_.find(envelope.pipeline);
  if (at != live_.end()) return &at->second;
  return envelope.creates ? &begin(envelope.pipeline, options_.settings) : nullptr;
}

void Engine::touch(Live& live) {
  if (live.touched) return;
  live.touched = true;
  touched_.push_back(&live);
}

void Engine::decide_one(Envelope& envelope, Instant now) {
  if (envelope.question) {
    questions_.emplace_back(std::exchange(envelope.pipeline, {}), std::move(envelope.question));
    return;
  }
  Live* live = live_of(envelope);
  const auto answer = [&](Reply reply) {
    if (envelope.reply) replies_.emplace_back(envelope.reply, std::move(reply));
  };
  if (live != nullptr && live->removed) {
    next_.push_back(std::move(envelope));
    return;
  }
  if (live == nullptr)
    return answer(Rejected{"PipelineNotFoundException",
                           "There is no pipeline named " + envelope.pipeline + "."});
  touch(*live);
  if (envelope.creates) gone_.push_back(envelope.pipeline);
  if (envelope.creates && live->state.version != 0)
    return answer(Rejected{"PipelineNameInUseException",
                           "There is a pipeline named " + envelope.pipeline + " already."});
  if (const ActionKey* key = ended_call(envelope.input)) ended_.emplace_back(live, *key);
  if (const ActionKey* key = named_call(envelope.input))
    live->touched_executions.push_back(key->execution);
  Reply reply = decide_input(*live, envelope.input, now);
  for (const Input& input : envelope.then) {
    if (std::holds_alternative<Rejected>(reply)) break;
    reply = decide_input(*live, input, now);
  }
  // A pipeline that was to be made is made whole, or not at all.
  if (envelope.creates && std::holds_alternative<Rejected>(reply)) {
    live->state = Pipeline{};
    live->pending.facts.clear();
    live->touched_executions.clear();
  }
  answer(std::move(reply));
}

Reply Engine::decide_input(Live& live, const Input& input, Instant now) {
  Decision decision = decide(live.state, input, now);
  if (const Rejected* rejected = decision.rejected()) return *rejected;
  Accepted accepted;
  if (decision.replay_of != 0) accepted.execution = decision.replay_of;
  for (const Fact& fact : decision.facts) {
    const ExecutionNumber number = execution_of(fact);
    if (number != 0) live.touched_executions.push_back(number);
    if (changes_row(fact)) restore_row(live, live.pending.pipeline, number);
    apply(live.state, fact, now);
    if (const auto* started = std::get_if<ExecutionStarted>(&fact); started && !accepted.execution)
      accepted = {started->execution, started->id};
    if (std::holds_alternative<PipelineRemoved>(fact)) {
      live.removed = true;
      gone_.push_back(live.pending.pipeline);
    }
  }
  live.pending.at = now;
  std::move(decision.facts.begin(), decision.facts.end(), std::back_inserter(live.pending.facts));
  return accepted;
}

// Something becomes of an execution that had ended or that waited: its row is changed from here on.
void Engine::restore_row(Live& live, const std::string& pipeline, ExecutionNumber number) {
  if (live.rows.contains(number)) return;
  const auto in_flight = live.state.executions.find(number);
  const bool resumed = in_flight == live.state.executions.end();
  const Execution& e = resumed ? live.state.finished.at(number) : in_flight->second;
  if (auto row = store_.execution(pipeline, number)) {
    if (!resumed) row->details.succeeded_stages = stages_behind(e);
    live.rows.emplace(number, std::move(*row));
    return;
  }
  // The store cannot be read just now. The state knows the same, but for old reasons of a stop.
  ExecutionRow row{pipeline,  number,    e.id,      e.version, e.type, e.status,
                   e.started, e.started, e.trigger, {},        {}};
  row.details.rollback_target = e.rollback_target;
  row.details.succeeded_stages = stages_behind(e);
  for (const ActionOutput& output : e.outputs) {
    for (const ArtifactRef& artifact : output.artifacts) {
      if (output.stage != 0 || artifact.revision.empty()) continue;
      row.details.revisions.emplace_back(output.action, artifact);
      row.details.revisions.back().second.digest.clear();
    }
  }
  live.rows.emplace(number, std::move(row));
}

// What waits may wait for weeks, and its row is in the store. (That of one that is being stopped
// has what the state has not.)
void Engine::forget_rows_of_waiting(Live& live) {
  const auto runs = [](const ActionRun& run) { return run.status == ActionStatus::kRunning; };
  for (const ExecutionNumber number : live.touched_executions) {
    const auto at = live.state.executions.find(number);
    if (at == live.state.executions.end()) continue;
    const Execution& e = at->second;
    if (e.status == ExecutionStatus::kInProgress &&
        std::none_of(e.actions.begin(), e.actions.end(), runs) &&
        std::none_of(e.condition.rules.begin(), e.condition.rules.end(), runs))
      live.rows.erase(number);
  }
}

bool Engine::commit() {
  appends_.clear();
  for (Live* live : touched_) {
    if (live->pending.facts.empty()) continue;
    std::vector<ExecutionNumber> changed;
    for (const Fact& fact : live->pending.facts)
      if (const ExecutionRow* row =
              update_row(live->rows, live->pending.pipeline, fact, live->pending.at))
        changed.push_back(row->number);
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    for (const ExecutionNumber number : changed) {
      const auto row = live->rows.find(number);
      live->pending.rows.push_back(row->second);
      if (!live->state.executions.contains(number)) live->rows.erase(row);
    }
    appends_.push_back(std::move(live->pending));
    live->pending = Append{appends_.back().pipeline, {}, {}, {}};
  }
  Sequence first = 0;
  if (!appends_.empty()) {
    auto committed = store_.commit(appends_);
    if (!committed) {
      if (committed.error().kind == ErrorKind::kCorrupt) corrupt_ = committed.error();
      return false;
    }
    first = *committed;
  }
  after_commit(first);
  return true;
}

void Engine::after_commit(Sequence first) {
  for (auto& [reply, answer] : replies_) reply(answer);
  replies_.clear();
  Sequence last = first;
  for (const Append& append : appends_) {
    Live& live = live_.at(append.pipeline);
    if (live.facts_since_snapshot == 0) note_unsaved(append.pipeline, live, last);
    last += append.facts.size();
    live.last = last - 1;
    live.facts_since_snapshot += static_cast<std::uint32_t>(append.facts.size());
  }
  answer_questions();

  std::vector<StoredFact> stored;
  if (!listeners_.empty())
    for (Append& append : appends_)
      for (Fact& fact : append.facts)
        stored.push_back({first + stored.size(), append.pipeline, append.at, std::move(fact)});
  for (const FactListener& listener : listeners_)
    if (!stored.empty()) listener(stored);

  for (const Append& append : appends_) snapshot_if_due(append.pipeline, live_.at(append.pipeline));
  if (!appends_.empty()) shorten_recovery(last - 1);
  for (const auto& [live, key] : ended_) live->reconciler.ended(key);
  ended_.clear();
  for (Live* live : touched_) {
    live->touched = false;
    if (live->removed) live->reconciler.look_at_all();
    forget_rows_of_waiting(*live);
    live->reconciler.reconcile(live->state, std::exchange(live->touched_executions, {}),
                               live->settings);
  }
  touched_.clear();
}

void Engine::answer_questions() {
  for (auto& [pipeline, question] : questions_) {
    const Pipeline* state = find(pipeline);
    question(state != nullptr && state->version != 0 ? state : nullptr);
  }
  questions_.clear();
}

// Pipelines that were removed, and those that were to be created and were refused.
void Engine::drop_gone() {
  for (const std::string& pipeline : std::exchange(gone_, {})) {
    const auto at = live_.find(pipeline);
    if (at != live_.end() && (at->second.removed || at->second.state.version == 0)) live_.erase(at);
  }
}

// The state in memory is ahead of the store: what could not be committed did not happen. Callers
// are told to try again; workers' reports and deadlines are kept and put in again. Until then a
// call whose report is kept counts as running, so that nobody starts it a second time.
void Engine::undo_batch(std::vector<Envelope>& batch) {
  for (Live* live : touched_) {
    live->touched = live->removed = false;
    live->touched_executions.clear();
    const std::string pipeline = live->pending.pipeline;
    live->pending = Append{pipeline, {}, {}, {}};
    if (auto recovered = recover(pipeline, *live); !recovered) corrupt_ = recovered;
  }
  touched_.clear();
  ended_.clear();
  replies_.clear();
  answer_questions();
  for (Envelope& envelope : batch) {
    if (envelope.pipeline.empty()) continue;  // a question, or postponed
    if (is_report(envelope.input))
      again_.push_back(std::move(envelope));
    else if (envelope.reply)
      envelope.reply(
          Rejected{"ServiceUnavailableException",
                   "The store cannot be written now (is the disk full?); try again later."});
  }
  again_at_ms_ = clock_.now().ms + options_.retry_ms;
}

}  // namespace sluice
