// Hosts in a worker process beside the engine, which outlives it. A worker that is there is taken
// over with all that it runs; one that is missing is started; one that dies is replaced.
// docs/workers.md says what survives what.
//
// One thread connects, sends and receives; with nothing to do it sleeps without a time limit. What
// may be sent, and what is lost, is decided in engine_ledger.hpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/hosts/hosts.hpp"
#include "engine/workers/channel.hpp"
#include "engine/workers/files.hpp"

namespace sluice {

// Hands a report to the engine, on the pool's thread; `settled` is to be called, on any thread,
// once it is committed or refused as stale (Engine::report). Until then the worker keeps it.
using SettlingSink =
    std::function<void(const std::string& pipeline, Input report, std::function<void()> settled)>;

struct WorkerHostsOptions {
  Uuid engine;  // a new one
  workers::SocketPlace place;
  workers::WorkerFiles files;
  std::filesystem::path leases;  // where a worker has the lease "worker"
  // Program and arguments that start a worker; empty: none is started, and one is waited for.
  std::vector<std::string> command;
  std::string program;                 // version, for people
  std::size_t most_waiting = 100'000;  // jobs; more are refused as transient failures
  std::int64_t start_timeout_ms = 10'000;
  std::int64_t most_delay_ms = 10'000;          // between the starts of workers that end at once
  std::function<void(const std::string&)> say;  // a line for the operator, on the pool's thread
};

class WorkerHosts final : public Hosts {
 public:
  // Begins to look for a worker. Fails if what an earlier engine recorded cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<WorkerHosts>> open(WorkerHostsOptions options,
                                                                 SettlingSink sink);
  // Leaves the worker to itself: what runs goes on, and the next engine takes it up.
  ~WorkerHosts() override;

  // From any thread. Nothing is sent before resumed().
  void start(Job job) override;
  void resume(Job job) override;
  void resumed() override;
  void cancel(const std::string& pipeline, const ActionKey& key) override;
  // Another worker is wanted, with another program or other plugins: the present one ends when it
  // has nothing to do, and the next job starts a new one.
  void renew();

  // For people and tests; from any thread.
  struct Standing {
    bool connected = false;
    std::int64_t pid = 0;  // of the worker; 0: none is known
    std::size_t waiting = 0, sent = 0;
  };
  [[nodiscard]] Standing standing() const;

 private:
  struct Loop;
  explicit WorkerHosts(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace sluice
