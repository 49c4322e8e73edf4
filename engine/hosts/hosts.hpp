// What the runtime sees of those who run actions: it starts jobs, cancels them, and gets reports
// back as Inputs. Implementations: HostPool (engine/hosts/host_pool.hpp, real processes) and
// FakeHosts (tests and benchmarks).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/input.hpp"

namespace sluice {

// One call of one attempt, with all that a worker needs; self-contained, so that it can travel to
// another process or machine. It travels by position (engine/workers/messages.hpp): a member may
// only be added at the end.
struct Job {
  std::string pipeline;
  ActionKey key;
  Uuid id;  // action execution id
  std::string execution_id, stage, action;
  ActionTypeId type;
  std::map<std::string, std::string> configuration;  // variables resolved
  std::vector<std::string> secret_keys;  // configuration keys whose values are masked in the log
  std::vector<std::string> commands, output_variables;
  std::vector<EnvironmentVariable> environment;
  std::vector<ArtifactRef> inputs;
  std::vector<OutputArtifactDeclaration> outputs;
  std::string continuation, signal, source_revision;
  bool has_continuation = false;
  Instant deadline;            // the attempt's; none: no limit
  std::string base_directory;  // where a user's relative paths start
  std::string region = "local", account = "000000000000";
};

// Hands a report to the engine. Called from the pool's own threads; never blocks for long. The
// Input is one of the Report structs with the Job's key.
using ReportSink = std::function<void(const std::string& pipeline, Input report)>;

class Hosts {
 public:
  virtual ~Hosts() = default;
  // Takes the job and returns at once; the outcome comes through the sink, exactly once unless
  // cancelled first.
  virtual void start(Job job) = 0;
  // As start(), for a job that was wanted already when this engine began, so that a worker may have
  // had it from an earlier engine: it is taken up again if a worker has it, and is never started a
  // second time. For hosts that end with their engine it is a job like any other.
  virtual void resume(Job job) { start(std::move(job)); }
  // Every job that an earlier engine may have left has been resumed: whatever else a worker has
  // is not wanted any more.
  virtual void resumed() {}
  // The call is no longer wanted: ask it to end, then end it by force after the grace period. No
  // report follows.
  virtual void cancel(const std::string& pipeline, const ActionKey& key) = 0;
};

}  // namespace sluice
