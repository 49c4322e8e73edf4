// One deployment to this host, in place: the lifecycle events in order, each with its part
// (facts/build_deploy.md B6, B7, B9).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plugins/deploy/appspec/bundle.hpp"
#include "plugins/deploy/appspec/hooks.hpp"

namespace sluice::appspec {

struct DeploymentRequest {
  std::string deployment_root;          // absolute
  std::string deployment_id, group_id;  // single file names
  std::string application, group_name;
  std::string appspec_name = "appspec.yml";         // in the revision
  std::string file_exists_behavior;                 // the deployment's option; "" for none
  std::string destination_root;                     // before every destination; "" for none
  std::string base_directory;                       // where relative destinations start
  std::string creator = "user", type = "IN_PLACE";  // codeDeployRollback with BLUE_GREEN differs
  std::vector<std::string> events;                  // empty: the default order
  bool ignore_application_stop_failures = false;
  std::size_t max_revisions = 5;
  Bundle bundle;
  std::map<std::string, std::string> environment;  // further variables for scripts
};

// How it tells what happens. Called on the thread that runs the deployment.
struct DeploymentWitness {
  std::function<void(const std::string&)> say, warn;
  std::function<void(const std::string&)> script_line;
  std::function<void(std::size_t done, std::size_t of, const std::string& event)> progress;
  std::function<bool()> cancelled;
};

struct EventRecord {
  std::string event;
  std::string status;  // Succeeded, Failed or Skipped
};

struct DeploymentResult {
  std::vector<EventRecord> events;
  std::optional<EventFailure> failure;  // absent: succeeded
  std::string failed_event;
  std::string failed_revision;  // whose scripts ran, when it was an earlier deployment's
  std::string log_tail;
};

[[nodiscard]] DeploymentResult deploy(const DeploymentRequest& request,
                                      const DeploymentWitness& witness);

}  // namespace sluice::appspec
