// Makes what runs equal to what is wanted, for one pipeline: wants - running is started, running -
// wants is cancelled, and the same for deadlines. Start, stop, crash and restart are this one code
// path.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/core.hpp"
#include "engine/hosts/hosts.hpp"
#include "engine/runtime/timer_queue.hpp"

namespace sluice {

// What all jobs of a pipeline share.
struct JobSettings {
  std::string base_directory;
  std::string region = "local", account = "000000000000";
};

class Reconciler {
 public:
  // hosts and timers outlive the reconciler.
  Reconciler(std::string pipeline, Hosts& hosts, TimerQueue& timers)
      : pipeline_(std::move(pipeline)), hosts_(hosts), timers_(timers) {}

  // Before the first reconcile(): what is wanted of `state` may have been started by an earlier
  // engine, and is resumed instead of started.
  void recovered(const Pipeline& state);
  // Before the first reconcile(), instead: what is wanted of `state` ended with an earlier engine,
  // and a report will say so of each call.
  void lost(const Pipeline& state);
  // A report was committed or refused: the call has ended by itself.
  void ended(const ActionKey& key) { running_.erase(key); }
  // A deadline was taken from the queue.
  void passed(const ActionKey& key, Instant at) { armed_.erase({key, at}); }
  // The next reconcile() looks at everything: the pipeline was removed.
  void look_at_all() { whole_ = true; }
  // Starts, cancels, arms and disarms. Called after the commit of the facts that made `state`;
  // `touched` names the executions that they, or a call or a deadline that is over, were about, and
  // only those are looked at. The first call looks at all.
  void reconcile(const Pipeline& state, std::vector<ExecutionNumber> touched,
                 const JobSettings& settings);

 private:
  void reconcile_one(const Pipeline& state, ExecutionNumber execution, const JobSettings& settings);
  void run(const Pipeline& state, const std::vector<ActionKey>& wanted, ExecutionNumber execution,
           const JobSettings& settings);
  void arm(const std::vector<std::pair<ActionKey, Instant>>& wanted, ExecutionNumber execution);

  std::string pipeline_;
  Hosts& hosts_;
  TimerQueue& timers_;
  std::set<ActionKey> running_;
  std::set<ActionKey> recovered_;  // and not resumed yet
  std::set<std::pair<ActionKey, Instant>> armed_;
  bool whole_ = true;  // everything is still to be looked at
};

// The job of one call, from the state: names, resolved configuration, artifacts. Pure.
[[nodiscard]] Result<Job> make_job(const std::string& pipeline, const Pipeline& state,
                                   const ActionKey& key, const JobSettings& settings);

}  // namespace sluice
