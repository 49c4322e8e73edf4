#include "engine/runtime/engine.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::uint32_t kRecoveryPage = 10'000;

bool is_report(const Input& input) {
  return std::holds_alternative<ReportProgress>(input) ||
         std::holds_alternative<ReportSuccess>(input) ||
         std::holds_alternative<ReportContinue>(input) ||
         std::holds_alternative<ReportFailure>(input) ||
         std::holds_alternative<DeadlinePassed>(input);
}

// The call that a report ends; null for inputs that end none.
const ActionKey* ended_call(const Input& input) {
  if (const auto* report = std::get_if<ReportSuccess>(&input)) return &report->key;
  if (const auto* report = std::get_if<ReportContinue>(&input)) return &report->key;
  if (const auto* report = std::get_if<ReportFailure>(&input)) return &report->key;
  return nullptr;
}

}  // namespace

Engine::Engine(Store& store, Hosts& hosts, const Clock& clock, EngineOptions options)
    : store_(store), hosts_(hosts), clock_(clock), options_(options), inbox_(options.inbox_limit) {}

Result<void> Engine::recover(const std::string& pipeline, Live& live) {
  auto snapshot = store_.snapshot(pipeline);
  if (!snapshot) return snapshot.error();
  Sequence after = 0;
  if (*snapshot) {
    after = (*snapshot)->sequence;
    live.state = std::move((*snapshot)->pipeline);
  } else {
    live.state = Pipeline{};
  }
  while (true) {
    auto facts = store_.pipeline_facts(pipeline, after, kRecoveryPage);
    if (!facts) return facts.error();
    if (facts->empty()) break;
    for (const StoredFact& stored : *facts) {
      apply(live.state, stored.fact, stored.at);
      after = stored.sequence;
      ++live.facts_since_snapshot;
    }
  }
  live.rows.clear();
  for (const auto& [number, execution] : live.state.executions) {
    auto row = store_.execution(pipeline, number);
    if (!row) return row.error();
    live.rows.emplace(number, std::move(*row));
  }
  return {};
}

Result<void> Engine::load(const std::string& pipeline, JobSettings settings) {
  auto [at, inserted] = live_.try_emplace(
      pipeline,
      Live{{}, Reconciler(pipeline, hosts_, timers_), std::move(settings), {}, 0, {}, false});
  if (!inserted) return {};
  at->second.pending.pipeline = pipeline;
  if (auto recovered = recover(pipeline, at->second); !recovered) {
    live_.erase(at);
    return recovered;
  }
  at->second.reconciler.recovered(at->second.state);
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
  return inbox_.offer({std::move(pipeline), std::move(input), std::move(reply)});
}

void Engine::report(const std::string& pipeline, Input input, ReplyFunction settled) {
  inbox_.report({pipeline, std::move(input), std::move(settled)});
}

void Engine::resume() {
  for (auto& [name, live] : live_) live.reconciler.reconcile(live.state, live.settings);
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
  if (!again_.empty()) wait_ms = std::min(wait_ms.value_or(options_.retry_ms), options_.retry_ms);
  const bool open = inbox_.take(batch, options_.batch_limit, wait_ms);

  const Instant now = clock_.now();
  if (!again_.empty() && now.ms >= again_at_ms_) {
    std::move(again_.begin(), again_.end(), std::back_inserter(batch));
    again_.clear();
  }
  take_timers(batch);
  for (const Envelope& envelope : batch) decide_one(envelope, now);
  if (!commit()) undo_batch(batch);
  return open && corrupt_;
}

void Engine::take_timers(std::vector<Envelope>& batch) {
  for (Timer& timer : timers_.take_due(clock_.now())) {
    const auto at = live_.find(timer.pipeline);
    if (at == live_.end()) continue;
    at->second.reconciler.passed(timer.key, timer.at);
    batch.push_back({std::move(timer.pipeline), DeadlinePassed{timer.key}, {}});
  }
}

void Engine::decide_one(const Envelope& envelope, Instant now) {
  const auto at = live_.find(envelope.pipeline);
  if (at == live_.end()) {
    if (envelope.reply)
      replies_.emplace_back(envelope.reply,
                            Rejected{"PipelineNotFoundException",
                                     "There is no pipeline named " + envelope.pipeline + "."});
    return;
  }
  Live& live = at->second;
  if (const ActionKey* key = ended_call(envelope.input)) ended_.emplace_back(&live, *key);
  Decision decision = decide(live.state, envelope.input, now);

  Accepted accepted;
  if (decision.replay_of != 0) accepted.execution = decision.replay_of;
  for (const Fact& fact : decision.facts) {
    apply(live.state, fact, now);
    if (const auto* resumed = std::get_if<ExecutionResumed>(&fact))
      restore_row(live, envelope.pipeline, resumed->execution);
    if (const auto* started = std::get_if<ExecutionStarted>(&fact); started && !accepted.execution)
      accepted = {started->execution, started->id};
  }
  if (envelope.reply) {
    if (const Rejected* rejected = decision.rejected())
      replies_.emplace_back(envelope.reply, *rejected);
    else
      replies_.emplace_back(envelope.reply, accepted);
  }
  if (!live.touched) {
    live.touched = true;
    touched_.push_back(&live);
  }
  live.pending.at = now;
  std::move(decision.facts.begin(), decision.facts.end(), std::back_inserter(live.pending.facts));
}

// An execution that had ended lives again: its row, too, is changed from here on.
void Engine::restore_row(Live& live, const std::string& pipeline, ExecutionNumber number) {
  if (live.rows.contains(number)) return;
  if (auto row = store_.execution(pipeline, number)) live.rows.emplace(number, std::move(*row));
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

  std::vector<StoredFact> stored;
  for (Append& append : appends_) {
    const auto count = static_cast<std::uint32_t>(append.facts.size());
    if (!listeners_.empty())
      for (Fact& fact : append.facts)
        stored.push_back({first + stored.size(), append.pipeline, append.at, std::move(fact)});
    live_.at(append.pipeline).facts_since_snapshot += count;
  }
  for (const FactListener& listener : listeners_)
    if (!stored.empty()) listener(stored);

  Sequence last = first;
  for (Append& append : appends_) {
    last += append.facts.size();
    snapshot_if_due(append.pipeline, live_.at(append.pipeline), last - 1);
  }
  for (const auto& [live, key] : ended_) live->reconciler.ended(key);
  ended_.clear();
  for (Live* live : touched_) {
    live->touched = false;
    live->reconciler.reconcile(live->state, live->settings);
  }
  touched_.clear();
}

// The state in memory is ahead of the store: what could not be committed did not happen. Callers
// are told to try again; workers' reports and deadlines are kept and put in again. Until then a
// call whose report is kept counts as running, so that nobody starts it a second time.
void Engine::undo_batch(std::vector<Envelope>& batch) {
  for (Live* live : touched_) {
    live->touched = false;
    const std::string pipeline = live->pending.pipeline;
    live->pending = Append{pipeline, {}, {}, {}};
    if (auto recovered = recover(pipeline, *live); !recovered) corrupt_ = recovered;
  }
  touched_.clear();
  ended_.clear();
  replies_.clear();
  for (Envelope& envelope : batch) {
    if (is_report(envelope.input))
      again_.push_back(std::move(envelope));
    else if (envelope.reply)
      envelope.reply(
          Rejected{"ServiceUnavailableException",
                   "The store cannot be written now (is the disk full?); try again later."});
  }
  again_at_ms_ = clock_.now().ms + options_.retry_ms;
}

void Engine::snapshot_if_due(const std::string& pipeline, Live& live, Sequence last) {
  if (live.facts_since_snapshot < options_.facts_per_snapshot) return;
  // A snapshot only shortens recovery: if it cannot be written now, the next one will be.
  if (store_.save_snapshot(pipeline, {last, live.state})) live.facts_since_snapshot = 0;
}

}  // namespace sluice
