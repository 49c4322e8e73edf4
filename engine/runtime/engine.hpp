// The loop: inputs in, facts committed in one transaction for the batch, callers answered after the
// commit, listeners told, workers started and cancelled. One thread decides and writes; everything
// else only puts inputs in.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/runtime/clock.hpp"
#include "engine/runtime/inbox.hpp"
#include "engine/runtime/reconciler.hpp"
#include "engine/runtime/recovered.hpp"
#include "engine/store/store.hpp"

namespace sluice {

// Told of facts that have just become durable, in order, on the engine's thread: do little and
// return.
using FactListener = std::function<void(std::span<const StoredFact>)>;

struct EngineOptions {
  std::size_t inbox_limit = 65536;          // waiting inputs of callers
  std::size_t batch_limit = 4096;           // inputs of one commit
  std::uint32_t facts_per_snapshot = 4096;  // of one pipeline
  // Of all pipelines: how many facts the next engine has to fold, beside 32 for each pipeline. Kept
  // by an engine that loaded all of them.
  std::uint32_t facts_to_recover = 32768;
  std::int64_t retry_ms = 250;  // after a commit that failed
  JobSettings settings = {};    // of pipelines that were loaded or made without any
};

class Engine {
 public:
  // All outlive the engine. The engine is not running until run().
  Engine(Store& store, Hosts& hosts, const Clock& clock, EngineOptions options = {});

  // Before run(), or on the engine's thread: loads a pipeline from the store, or begins an empty
  // one. Attempts that were running when the last engine ended are wanted, and so resumed
  // (Hosts::resume), unless report_lost() was called.
  Result<void> load(const std::string& pipeline, JobSettings settings);
  // Before run(): the same for every pipeline of the store, with the settings of the options.
  Result<void> load_all();
  // Before run(): reports every running attempt of a loaded pipeline as Lost, since its worker
  // ended with its engine. It is not resumed; whether the action runs again is the core's to say.
  void report_lost(const std::string& pipeline);
  // Before run(), or on the engine's thread after a commit: what is loaded of a pipeline, or null.
  [[nodiscard]] const Pipeline* find(const std::string& pipeline) const;
  void listen(FactListener listener) { listeners_.push_back(std::move(listener)); }

  // Any thread. False: full or stopping, nothing was taken. The reply comes on the engine's thread
  // after the commit.
  [[nodiscard]] bool submit(std::string pipeline, Input input, ReplyFunction reply = {});
  // Any thread. Makes a pipeline: its inputs, of which the first adopts the definition, are one
  // commit. PipelineNameInUseException if it exists. The answer is the last input's; if
  // one is refused, nothing is made.
  [[nodiscard]] bool create(std::string pipeline, std::vector<Input> inputs, ReplyFunction reply);
  // Any thread. Runs `question` on the engine's thread with what is committed of a live pipeline;
  // the pointer is good for that call only. False as for submit(); else it is called, also while
  // the engine stops.
  [[nodiscard]] bool ask(std::string pipeline, Question question);
  // Any thread. The same; before the question, a snapshot of that state is written, so that
  // recovery needs none of the facts before it. (If it cannot be written, the question is asked all
  // the same, and the store goes on keeping those facts.)
  [[nodiscard]] bool ask_saved(const std::string& pipeline, Question question);
  // Any thread. A worker's report: always taken. `settled` is called on the engine's thread once
  // nothing can lose it any more: it is committed, or refused because it is stale. Never called if
  // the engine stops before.
  void report(const std::string& pipeline, Input input, ReplyFunction settled = {});

  // What run() does first: starts and resumes what is wanted of the loaded pipelines. For those
  // who call step() themselves.
  void resume();
  // Runs on the calling thread until stop(). Returns early only if the store is corrupt.
  Result<void> run();
  // One turn: takes what has arrived (waiting for it if `wait`), decides, commits, effects. False
  // once stopped.
  bool step(bool wait);
  // Any thread. Inputs that have arrived are still worked off, then run() returns.
  void stop() { inbox_.close(); }

 private:
  struct Live {
    Pipeline state;
    Reconciler reconciler;
    JobSettings settings;
    // Of executions in flight; those that wait have none here until something becomes of them.
    std::unordered_map<ExecutionNumber, ExecutionRow> rows = {};
    std::uint32_t facts_since_snapshot = 0;
    Sequence first_unsaved = 0;  // the first of these; 0 if there are none
    Sequence last = 0;           // of the facts that made `state`
    // Of the batch in hand.
    Append pending = {};
    std::vector<ExecutionNumber> touched_executions = {};  // whose wants may have changed
    bool touched = false;
    bool removed = false;
  };

  void take_timers(std::vector<Envelope>& batch);
  void decide_one(Envelope& envelope, Instant now);
  Live* live_of(const Envelope& envelope);
  Live& begin(const std::string& pipeline, JobSettings settings);
  void touch(Live& live);
  Reply decide_input(Live& live, const Input& input, Instant now);
  void answer_questions();
  void drop_gone();
  void restore_row(Live& live, const std::string& pipeline, ExecutionNumber number);
  static void forget_rows_of_waiting(Live& live);
  bool commit();
  void undo_batch(std::vector<Envelope>& batch);
  void after_commit(Sequence first);
  void snapshot_if_due(const std::string& pipeline, Live& live);
  bool save(const std::string& pipeline, Live& live);
  void note_unsaved(const std::string& pipeline, Live& live, Sequence first);
  void shorten_recovery(Sequence last);
  Result<void> recover(const std::string& pipeline, Live& live);
  void adopt(const std::string& pipeline, Live& live, Recovered recovered);

  Store& store_;
  Hosts& hosts_;
  const Clock& clock_;
  EngineOptions options_;
  Inbox inbox_;
  TimerQueue timers_;
  std::unordered_map<std::string, Live> live_;
  // Once all pipelines are loaded: those with facts that no snapshot has, by Live::first_unsaved.
  // An entry whose number is not the pipeline's any more counts for nothing.
  bool has_all_ = false;
  std::deque<std::pair<Sequence, std::string>> unsaved_;
  std::vector<FactListener> listeners_;

  // Of the batch in hand.
  std::vector<Live*> touched_;
  std::vector<std::pair<Live*, ActionKey>> ended_;  // calls, by the reports in the batch
  std::vector<Append> appends_;
  std::vector<std::pair<ReplyFunction, Reply>> replies_;
  std::vector<std::pair<std::string, Question>> questions_;
  std::vector<std::string> gone_;  // pipelines that may have to be forgotten after it
  std::vector<Envelope> next_;     // for a pipeline that the batch removed: of the next batch
  std::vector<Envelope> again_;    // reports of a batch that could not be committed
  std::int64_t again_at_ms_ = 0;
  Result<void> corrupt_;
};

// Brings the read model of the execution that a fact is about up to date; null if the fact is not
// about one's status.
[[nodiscard]] ExecutionRow* update_row(std::unordered_map<ExecutionNumber, ExecutionRow>& rows,
                                       const std::string& pipeline, const Fact& fact, Instant at);
// Whether update_row() needs the row that the execution of this fact has so far.
[[nodiscard]] bool changes_row(const Fact& fact);

}  // namespace sluice
