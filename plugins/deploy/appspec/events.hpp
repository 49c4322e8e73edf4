// Lifecycle events of a deployment to servers: their order and what is special about each
// (facts/build_deploy.md B6, B9, B11). Pure.
#pragma once

#include <string>
#include <vector>

namespace sluice::appspec {

// The order of a deployment in place; the traffic events matter only with hooks of their own.
[[nodiscard]] const std::vector<std::string>& default_events();
[[nodiscard]] bool is_default_event(const std::string& event);
[[nodiscard]] bool is_traffic_event(const std::string& event);

// A list asked for: DownloadBundle and Install are put in front when they are missing, and swapped
// when they stand in the wrong order, as codedeploy-local does.
[[nodiscard]] std::vector<std::string> ordered_events(std::vector<std::string> requested);

// ApplicationStop, BeforeBlockTraffic, AfterBlockTraffic: scripts come from the revision that was
// installed last, and their failure can be ignored.
[[nodiscard]] bool is_of_previous_revision(const std::string& event);

}  // namespace sluice::appspec
