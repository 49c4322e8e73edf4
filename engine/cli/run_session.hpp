// The engine of one `sluice run`: store, hosts, bus and loop, put together for one pipeline on one
// data directory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/artifacts/artifact_store.hpp"
#include "engine/artifacts/log_store.hpp"
#include "engine/cli/run_bus.hpp"
#include "engine/cli/run_log.hpp"
#include "engine/cli/ui_queue.hpp"
#include "engine/hosts/host_pool.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/store/data_directory.hpp"
#include "engine/store/lease.hpp"

namespace sluice {

struct RunRequest {
  PipelineDeclaration declaration;
  std::string base_directory;
  Texts variables;
  std::vector<SourceRevision> source_revisions;
  std::string by;  // who starts it, an ARN
};

class RunSession {
 public:
  // Opens everything and waits for the pipeline's lease, telling `ui` whom it waits for. kBadInput,
  // kUnavailable.
  static Result<std::unique_ptr<RunSession>> open(const DataDirectory& data,
                                                  const RunRequest& request,
                                                  std::vector<ActionTypeDescription> catalogue,
                                                  UiQueue& ui);
  // Ends the loop, the hosts and the bus, in this order; what is committed is published.
  ~RunSession();
  RunSession(const RunSession&) = delete;
  RunSession& operator=(const RunSession&) = delete;

  // Begins the loop on a thread of its own and asks it to start the execution. A refusal arrives as
  // a notice and `ended`.
  void start(const RunRequest& request, Uuid id);
  void stop_execution(Uuid id, bool abandon, const std::string& by);
  void answer(const std::string& stage, const std::string& action, Uuid token, bool approved,
              const std::string& summary, const std::string& by);
  // Ends the loop and waits for it. The error is a store that cannot be read any more.
  Result<void> finish();

  [[nodiscard]] const Store& store() const { return *store_; }
  [[nodiscard]] const LogStore& logs() const { return logs_; }

 private:
  RunSession(const DataDirectory& data, std::string pipeline, UiQueue& ui);
  void tell_refusal(const Reply& reply);
  Result<void> take_lease();
  HostPoolOptions host_options(std::vector<ActionTypeDescription> catalogue);
  void abandon_orphans(const std::string& by);

  DataDirectory data_;
  std::string pipeline_;
  UiQueue& ui_;
  SystemClock clock_;
  ArtifactStore artifacts_;
  LogStore logs_;
  RunLog log_;
  std::optional<Lease> lease_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<HostPool> hosts_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<RunBus> bus_;
  std::thread loop_;
  Result<void> outcome_;
};

}  // namespace sluice
