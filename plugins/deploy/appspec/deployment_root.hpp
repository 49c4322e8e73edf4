// The folder that deployments of this host share (facts/build_deploy.md B7.1):
//
//   <group>/<deployment>/deployment-archive/      the unpacked revision
//   <group>/<deployment>/logs/scripts.log         what its scripts said
//   <group>/<deployment>/appspec-name             which file of the revision is its AppSpec
//   deployment-instructions/<group>-install.json, <group>-cleanup, <group>_last_successful_install,
//     <group>_most_recent_install                 the group's memory
//   deployment-logs/codedeploy-agent-deployments.log
//   ongoing-deployment/<deployment>               group and event, while an event runs
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/deploy/appspec/fault.hpp"

namespace sluice::appspec {

class DeploymentRoot {
 public:
  // `root` is absolute; group and deployment are single file names.
  DeploymentRoot(std::string root, std::string group, std::string deployment);

  // Makes the folders.
  [[nodiscard]] Check prepare() const;

  [[nodiscard]] std::string deployment_directory() const;
  [[nodiscard]] std::string archive() const;
  [[nodiscard]] std::string scripts_log() const;
  [[nodiscard]] std::string deployments_log() const;
  [[nodiscard]] std::string install_json() const;
  [[nodiscard]] std::string cleanup_list() const;
  [[nodiscard]] std::string lock_file() const;

  // Markers hold the path of a deployment's directory; absent when there is none or it is gone.
  [[nodiscard]] std::optional<std::string> last_installed() const;
  [[nodiscard]] std::optional<std::string> most_recent() const;
  [[nodiscard]] Check mark_installed() const;
  [[nodiscard]] Check mark_downloaded() const;

  // Events of this group that a crash cut off, as "d-1 (AfterInstall)"; their marks are removed.
  [[nodiscard]] std::vector<std::string> take_interrupted() const;
  [[nodiscard]] Check begin_event(const std::string& event) const;
  void end_event() const;

  // Removes the group's oldest deployments until `keep`, this one counted, are left; never the
  // last installed one.
  void prune(std::size_t keep) const;

  [[nodiscard]] static std::string archive_in(const std::string& deployment_directory);
  // The AppSpec's name that a deployment was made with, or `otherwise`.
  [[nodiscard]] static std::string appspec_name_in(const std::string& deployment_directory,
                                                   const std::string& otherwise);
  [[nodiscard]] Check remember_appspec_name(const std::string& name) const;

 private:
  [[nodiscard]] std::string instructions(const std::string& name) const;
  [[nodiscard]] std::string ongoing(const std::string& deployment) const;
  [[nodiscard]] static std::optional<std::string> marked(const std::string& marker);

  std::string root_, group_, deployment_;
};

}  // namespace sluice::appspec
