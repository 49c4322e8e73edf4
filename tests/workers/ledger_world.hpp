// An engine and a worker without processes: their ledgers, a connection that can break, a store, a
// pool, and everything that may be killed. Checks after each step that no job is started twice.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/workers/engine_ledger.hpp"
#include "engine/workers/worker_ledger.hpp"

namespace sluice::testing {

class LedgerWorld {
 public:
  explicit LedgerWorld(std::uint64_t seed);

  // One random thing happens. Returns what is wrong, or "".
  std::string step();
  // Nothing breaks any more: everything comes to its end. Returns what is wrong, or "".
  std::string settle_down();

  struct Counts {
    int wanted = 0, started = 0, succeeded = 0, lost = 0, cancelled = 0, engine_kills = 0,
        worker_kills = 0, worker_ends = 0, breaks = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  // What the store knows of a job.
  enum class Stand { kWanted, kSucceeded, kLost, kCancelled };
  struct Fate {
    Stand stand = Stand::kWanted;
    int starts = 0;
    // A worker was killed, or cut it off, while it was wanted; or the recorded one was killed
    // before, so that nobody can know whether it had it.
    bool may_be_lost = false;
  };

  void want();
  void unwant();
  void commit_some();
  void finish_job();
  void say_progress();
  void kill_engine();
  void kill_worker();
  void end_worker();
  void break_connection();
  void connect();
  void to_worker();
  void to_engine();
  void pump();
  void start_in_pool(const Job& job);
  [[nodiscard]] std::string check() const;
  ExecutionNumber pick_running();

  std::mt19937_64 random_;
  Counts counts_;
  // Durable.
  std::map<ExecutionNumber, Fate> fates_;
  ExecutionNumber next_ = 1;
  std::optional<Uuid> record_;
  std::optional<workers::Remains> remains_;
  // The engine.
  std::unique_ptr<workers::EngineLedger> engine_;
  std::deque<workers::EngineLedger::Delivery> inbox_;
  // The worker.
  Uuid instance_;
  std::uint64_t next_instance_ = 1;
  std::set<Uuid> killed_;
  std::unique_ptr<workers::WorkerLedger> worker_;
  std::set<ExecutionNumber> pool_;
  bool draining_ = false;
  // The connection.
  bool connected_ = false, welcomed_ = false;
  std::deque<workers::ToWorker> down_;
  std::deque<workers::FromWorker> up_;
  std::string wrong_;
};

}  // namespace sluice::testing
