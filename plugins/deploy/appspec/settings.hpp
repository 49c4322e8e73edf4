// The action's configuration -> a DeploymentRequest. The keys and their meaning stand in the schema
// that plugin.cpp declares and in docs/actions/deploy-appspec.md.
#pragma once

#include <sluice/action.hpp>

#include "plugins/deploy/appspec/deployment.hpp"
#include "plugins/deploy/appspec/fault.hpp"

namespace sluice::appspec {

// Fault: CONFIGURATION, with the key in its message.
[[nodiscard]] Checked<DeploymentRequest> read_settings(const Run& run);

// "d-" and nine random letters and digits, as the service names deployments.
[[nodiscard]] std::string new_deployment_id();

}  // namespace sluice::appspec
