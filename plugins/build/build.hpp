// A whole build, from SUBMITTED to COMPLETED: what build/buildspec and test/buildspec share
// (facts/build_deploy.md A4, A5).
#ifndef SLUICE_PLUGINS_BUILD_BUILD_HPP
#define SLUICE_PLUGINS_BUILD_BUILD_HPP

#include <functional>
#include <sluice/action.hpp>
#include <string>

#include "plugins/build/model.hpp"

namespace sluice::build {

// What a step that reads test reports gets: the groups with their texts evaluated.
struct ReportRequest {
  const std::vector<ReportGroup>& groups;
  const std::string& project;
  const std::string& source_directory;
};
// Runs when BUILD ran, before artifacts are uploaded. What it returns, if not empty, fails the
// action even where the build itself succeeded.
using ReportStep = std::function<std::string(Run&, const ReportRequest&)>;

// Runs the build that the configuration names. Sets output variables and the details phases,
// phaseContexts, phaseDetails, buildStatus, buildId, buildNumber and exportedEnvironmentVariables.
Outcome run_build(Run& run, const ReportStep& reports);

}  // namespace sluice::build

#endif
