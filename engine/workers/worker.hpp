// A worker: runs jobs in hosts of its own for one engine at a time, and needs no engine to be there
// while they run. Results are kept until the engine has committed them (worker_ledger.hpp).
//
// One thread (run()) does everything here; the hosts have their own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/core/result.hpp"
#include "engine/hosts/event_loop.hpp"
#include "engine/hosts/hosts.hpp"
#include "engine/store/lease.hpp"
#include "engine/workers/channel.hpp"
#include "engine/workers/files.hpp"
#include "engine/workers/worker_ledger.hpp"

namespace sluice {

struct WorkerOptions {
  Uuid instance;  // a new one
  workers::SocketPlace place;
  workers::WorkerFiles files;
  std::filesystem::path leases;  // one worker at a time has the lease "worker"
  // Makes the hosts; called once, in open(). Their reports go to the sink.
  std::function<Result<std::unique_ptr<Hosts>>(ReportSink)> make_hosts;
  std::string program;             // version, for people
  std::uint32_t most_jobs = 4096;  // waiting, running and unacknowledged
  std::size_t most_kept_bytes = 64u << 20;
  std::int64_t idle_exit_ms = 60'000;  // without an engine and with nothing running
  std::int64_t drain_ms = 80'000;      // for what runs, once it has been asked to end
  // A signalfd, or -1. The first signal asks it to end, the second to do so at once.
  int signals = -1;
  std::function<void(const std::string&)> say;  // a line for the operator
};

class Worker {
 public:
  // Takes the lease and opens the socket. kUnavailable: another worker is there (it is named), or
  // the socket cannot be made.
  static Result<std::unique_ptr<Worker>> open(WorkerOptions options);
  // Ends the hosts with all that they run.
  ~Worker();

  // Until it has ended. The error is that what it leaves could not be written.
  Result<void> run();
  // Any thread. Asks it to end when nothing is left to do; at_once: without waiting for what runs.
  void drain(bool at_once);

 private:
  // The engine that has this worker.
  struct Session {
    std::string peer;
    Uuid engine;
    std::int64_t pid = 0;
    int pidfd = -1;
    EventLoop::Token token = 0;
  };
  struct Knock {  // an engine that waits for the other one to be gone
    std::string peer;
    workers::Hello hello;
  };

  explicit Worker(WorkerOptions options, Lease lease,
                  std::unique_ptr<workers::WorkerChannel> channel);
  void after_round();
  bool receive();
  bool send_reports();
  void on(const std::string& peer, workers::ToWorker message);
  void on_hello(const std::string& peer, workers::Hello hello);
  void welcome(const std::string& peer, const workers::Hello& hello);
  void refuse(const std::string& peer, workers::RefusalKind kind, std::string message);
  void on_start(Job job);
  void on_cancel(const workers::JobName& job);
  void end_session(const std::string& why);
  void close_session();
  void send(const workers::FromWorker& message);
  void begin_drain(bool at_once, const std::string& why);
  void consider_end();
  void finish();
  void say(const std::string& line) const;

  const WorkerOptions options_;
  Lease lease_;  // given back last, when the socket is gone
  EventLoop loop_;
  std::unique_ptr<workers::WorkerChannel> channel_;
  workers::WorkerLedger ledger_;
  std::unique_ptr<Hosts> hosts_;
  std::optional<Session> session_;
  std::optional<Knock> knock_;
  std::optional<EventLoop::Timer> idle_, limit_;
  bool draining_ = false, ended_ = false;
  Result<void> outcome_;
};

}  // namespace sluice
