#include "plugins/deploy/appspec/events.hpp"

#include <algorithm>

namespace sluice::appspec {

const std::vector<std::string>& default_events() {
  static const std::vector<std::string> kEvents = {
      "BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop",
      "DownloadBundle",     "BeforeInstall",     "Install",
      "AfterInstall",       "ApplicationStart",  "ValidateService",
      "BeforeAllowTraffic", "AfterAllowTraffic"};
  return kEvents;
}

bool is_default_event(const std::string& event) {
  const auto& all = default_events();
  return std::find(all.begin(), all.end(), event) != all.end();
}

bool is_traffic_event(const std::string& event) {
  return event.find("Traffic") != std::string::npos;
}

std::vector<std::string> ordered_events(std::vector<std::string> requested) {
  const auto has = [&](const char* event) {
    return std::find(requested.begin(), requested.end(), event) != requested.end();
  };
  for (const char* event : {"Install", "DownloadBundle"})
    if (!has(event)) requested.insert(requested.begin(), event);
  const auto download = std::find(requested.begin(), requested.end(), "DownloadBundle");
  const auto install = std::find(requested.begin(), requested.end(), "Install");
  if (install < download) std::iter_swap(install, download);
  return requested;
}

bool is_of_previous_revision(const std::string& event) {
  return event == "ApplicationStop" || event == "BeforeBlockTraffic" ||
         event == "AfterBlockTraffic";
}

}  // namespace sluice::appspec
