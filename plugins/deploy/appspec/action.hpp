// The action deploy/appspec: configuration in, one deployment, its result into the run.
#pragma once

#include <sluice/action.hpp>

namespace sluice::appspec {

// Sets the output variable DeploymentId, the external id, and the details events, deploymentId,
// deploymentGroupId, errorCode, errorWord, and after a failure reason, lifecycleEvent, scriptName
// and log.
Outcome deploy_appspec(Run& run);

}  // namespace sluice::appspec
