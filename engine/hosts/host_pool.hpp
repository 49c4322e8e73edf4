// Hosts over real processes: jobs in, reports out, every plugin in warm sluice-action-host
// processes of its own (design: docs/plugin-guide.md).
//
// One thread watches everything (dispatch.hpp) and never blocks; artifacts, dying processes and
// directories are the business of a few I/O threads. A job without artifacts touches only the
// former. While a plugin's runs are short, jobs are queued to its hosts ahead of time, so that a
// host never waits for the engine; a job that gets stuck behind a long one is taken back.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/core/result.hpp"
#include "engine/hosts/hosts.hpp"
#include "engine/hosts/workspace.hpp"

namespace sluice {

// Takes the log of jobs. Called on the pool's thread, for one job after the other and never for one
// job on two threads; must not block for long.
class LogSink {
 public:
  virtual ~LogSink() = default;
  // One or more whole lines, each with its newline: UTF-8, secrets masked.
  virtual void append(const Job& job, std::string_view lines) = 0;
  // Nothing follows for this call of the attempt. Comes before the report.
  virtual void end(const Job& job) = 0;
};

struct HostPoolOptions {
  std::string host_program;     // path of sluice-action-host
  std::string work_directory;   // DATA/work: made if it is not there
  std::string state_directory;  // DATA/state: one directory an action type below it
  std::vector<ActionTypeDescription> types;
  ArtifactPort artifacts;
  LogSink* log = nullptr;  // outlives the pool; null: logs are dropped
  // What a viewer shows while a job runs: its last log line. On the pool's thread.
  std::function<void(const Job&, std::string_view last_line)> observer;
  // Where a job keeps its state, instead of a directory below state_directory.
  std::function<std::string(const Job&)> state_of;

  // Whose hosts are started at once, while the caller still prepares its first job: the first host
  // of each is ready sooner then. Types that nobody offers are passed over.
  std::vector<ActionTypeId> start_ahead;

  unsigned max_hosts = 64;           // processes at once, so also runs at once
  unsigned idle_hosts = 0;           // kept warm; 0: twice the number of cores
  unsigned runs_per_host = 1000;     // then a host is replaced
  unsigned queue_ahead = 16;         // runs that a host may hold while runs are short
  std::size_t max_waiting = 100000;  // jobs; more are refused as transient failures
  // After how long a job without a host says so, as progress for people.
  std::int64_t tell_waiting_ms = 1000;
  std::size_t max_log_bytes = 64u << 20;
  std::vector<std::string> limits = {"core=0"};  // sluice-action-host --limit
  // From being asked to end until SIGTERM to its process group, and from there until SIGKILL.
  int cancel_grace_ms = 3000, terminate_grace_ms = 2000;
  int start_timeout_ms = 10000;  // from the start of a host until it is ready
};

class Dispatch;

class HostPool final : public Hosts {
 public:
  // Fails if the work directory cannot be made.
  [[nodiscard]] static Result<std::unique_ptr<HostPool>> open(HostPoolOptions options,
                                                              ReportSink sink);
  // Cancels what runs and returns when every process has ended.
  ~HostPool() override;

  // From any thread: begins what the destructor does, so that it goes on beside other endings.
  void stop();
  // From any thread.
  void start(Job job) override;
  void cancel(const std::string& pipeline, const ActionKey& key) override;

 private:
  explicit HostPool(std::unique_ptr<Dispatch> dispatch);
  std::unique_ptr<Dispatch> dispatch_;
};

}  // namespace sluice
