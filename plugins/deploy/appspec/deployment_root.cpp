#include "plugins/deploy/appspec/deployment_root.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "plugins/deploy/appspec/disk.hpp"
#include "plugins/deploy/appspec/file_tree.hpp"

namespace sluice::appspec {

namespace fs = std::filesystem;

DeploymentRoot::DeploymentRoot(std::string root, std::string group, std::string deployment)
    : root_(std::move(root)), group_(std::move(group)), deployment_(std::move(deployment)) {}

Check DeploymentRoot::prepare() const {
  for (const std::string& folder :
       {root_ + "/" + group_, deployment_directory() + "/logs", root_ + "/deployment-instructions",
        root_ + "/deployment-logs", root_ + "/ongoing-deployment"})
    if (auto made = make_directories(folder); !made) return made;
  return Done{};
}

std::string DeploymentRoot::deployment_directory() const {
  return root_ + "/" + group_ + "/" + deployment_;
}
std::string DeploymentRoot::archive() const {
  return archive_in(deployment_directory());
}
std::string DeploymentRoot::archive_in(const std::string& deployment_directory) {
  return deployment_directory + "/deployment-archive";
}
std::string DeploymentRoot::scripts_log() const {
  return deployment_directory() + "/logs/scripts.log";
}
std::string DeploymentRoot::deployments_log() const {
  return root_ + "/deployment-logs/codedeploy-agent-deployments.log";
}
std::string DeploymentRoot::install_json() const {
  return instructions("-install.json");
}
std::string DeploymentRoot::cleanup_list() const {
  return instructions("-cleanup");
}
std::string DeploymentRoot::lock_file() const {
  return instructions("-lock");
}
std::string DeploymentRoot::instructions(const std::string& name) const {
  return root_ + "/deployment-instructions/" + group_ + name;
}
std::string DeploymentRoot::ongoing(const std::string& deployment) const {
  return root_ + "/ongoing-deployment/" + deployment;
}

std::optional<std::string> DeploymentRoot::marked(const std::string& marker) {
  auto directory = read_file(marker);
  if (!directory) return std::nullopt;
  while (!directory->empty() && directory->back() == '\n') directory->pop_back();
  std::error_code error;
  if (directory->empty() || !fs::is_directory(*directory, error)) return std::nullopt;
  return directory;
}

std::optional<std::string> DeploymentRoot::last_installed() const {
  return marked(instructions("_last_successful_install"));
}
std::optional<std::string> DeploymentRoot::most_recent() const {
  return marked(instructions("_most_recent_install"));
}
Check DeploymentRoot::mark_installed() const {
  return write_file(instructions("_last_successful_install"), deployment_directory());
}
Check DeploymentRoot::mark_downloaded() const {
  return write_file(instructions("_most_recent_install"), deployment_directory());
}

std::vector<std::string> DeploymentRoot::take_interrupted() const {
  std::vector<std::string> interrupted;
  for (const auto& deployment : DiskTree().entries(root_ + "/ongoing-deployment")) {
    const auto mark = read_file(ongoing(deployment));
    if (!mark || mark->rfind(group_ + "\n", 0) != 0) continue;
    interrupted.push_back(deployment + " (" + mark->substr(group_.size() + 1) + ")");
    std::error_code error;
    fs::remove(ongoing(deployment), error);
  }
  return interrupted;
}

Check DeploymentRoot::begin_event(const std::string& event) const {
  return write_file(ongoing(deployment_), group_ + "\n" + event);
}

void DeploymentRoot::end_event() const {
  std::error_code error;
  fs::remove(ongoing(deployment_), error);
}

void DeploymentRoot::prune(std::size_t keep) const {
  const std::string group = root_ + "/" + group_;
  const std::string installed = last_installed().value_or("");
  std::vector<std::pair<fs::file_time_type, std::string>> removable;
  std::size_t others = 0;
  for (const auto& name : DiskTree().entries(group)) {
    const std::string path = group + "/" + name;
    if (name == deployment_) continue;
    ++others;
    std::error_code error;
    if (path != installed) removable.emplace_back(fs::last_write_time(path, error), path);
  }
  std::sort(removable.begin(), removable.end());
  const std::size_t extra = others + 1 > keep ? others + 1 - keep : 0;
  for (std::size_t i = 0; i < std::min(extra, removable.size()); ++i) {
    std::error_code error;
    fs::remove_all(removable[i].second, error);
  }
}

std::string DeploymentRoot::appspec_name_in(const std::string& deployment_directory,
                                            const std::string& otherwise) {
  const auto name = read_file(deployment_directory + "/appspec-name");
  return name && !name->empty() ? *name : otherwise;
}

Check DeploymentRoot::remember_appspec_name(const std::string& name) const {
  return write_file(deployment_directory() + "/appspec-name", name);
}

}  // namespace sluice::appspec
