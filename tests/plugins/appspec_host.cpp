#include "tests/plugins/appspec_host.hpp"

#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "plugins/deploy/appspec/action.hpp"

namespace sluice::appspec::testing {

namespace fs = std::filesystem;

bool Deployed::had(const std::string& event) const {
  const auto events = details.find("events");
  return events != details.end() && events->second.find("\"" + event + "\"") != std::string::npos;
}

bool Deployed::logged(const std::string& text) const {
  return log.find(text) != std::string::npos;
}

TestHost::TestHost() {
  std::string pattern = (fs::temp_directory_path() / "appspec-XXXXXX").string();
  home_ = ::mkdtemp(pattern.data());
  fs::permissions(home_, fs::perms(0755));
  tree_ = home_ / "tree";
  fs::create_directories(tree_);
}

TestHost::~TestHost() {
  std::error_code ignored;
  fs::remove_all(home_, ignored);
}

Deployed TestHost::deploy(const Revision& revision, const Settings& settings) {
  const fs::path input = home_ / ("revision-" + std::to_string(++revisions_));
  fs::create_directories(input);
  std::string appspec = revision.appspec;
  for (std::size_t at; (at = appspec.find("{D}")) != std::string::npos;)
    appspec.replace(at, 3, tree_.string());
  if (!appspec.empty()) write_test_file(input, {"appspec.yml", appspec, 0644, ""});
  for (const auto& file : revision.files) write_test_file(input, file);
  return deploy_directory(input, settings);
}

Deployed TestHost::deploy_directory(const fs::path& input, const Settings& settings,
                                    int cancel_at_poll) {
  sluice::testing::FakeHost host;
  fs::copy(input, host.input("revision", "c0ffee"),
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  host.configure("deploymentRoot", root().string());
  // One group, unless a test is about groups.
  bool names_group = false;
  for (const auto& [key, value] : settings) {
    host.configure(key, value);
    names_group |= key.find("Group") != key.npos || key.find("pplicationName") != key.npos;
  }
  if (!names_group) host.configure("deploymentGroupId", "dg");
  if (cancel_at_poll >= 0) host.cancel_at_poll(cancel_at_poll);
  Deployed deployed;
  deployed.outcome = host.run<deploy_appspec>();
  deployed.log = host.log();
  deployed.details = host.details;
  deployed.deployment_id = host.outputs["DeploymentId"];
  if (host.failure) {
    deployed.word = host.failure->code;
    deployed.message = host.failure->message;
    deployed.kind = host.failure->kind;
  }
  return deployed;
}

void TestHost::put(const TestFile& file) {
  write_test_file(tree_, file);
}

std::string TestHost::first_untrue(const std::vector<std::string>& claims) const {
  for (const auto& claim : claims)
    if (!holds(claim)) return claim;
  return {};
}

bool TestHost::holds(const std::string& claim) const {
  if (claim[0] == '!') return !fs::exists(fs::symlink_status(tree_ / claim.substr(1)));
  if (const auto at = claim.find("->"); at != std::string::npos) {
    std::error_code error;
    return fs::read_symlink(tree_ / claim.substr(0, at), error) == claim.substr(at + 2);
  }
  if (const auto at = claim.find('='); at != std::string::npos) {
    const fs::path path = tree_ / claim.substr(0, at);
    return fs::is_regular_file(path) && sluice::testing::read_file(path) == claim.substr(at + 1);
  }
  if (const auto at = claim.find(':'); at != std::string::npos) {
    struct stat status {};
    if (::stat((tree_ / claim.substr(0, at)).c_str(), &status) != 0) return false;
    return (status.st_mode & 07777U) == std::stoul(claim.substr(at + 1), nullptr, 8);
  }
  return claim.back() == '/' ? fs::is_directory(tree_ / claim) : fs::exists(tree_ / claim);
}

void write_test_file(const fs::path& folder, const TestFile& file) {
  const fs::path path = folder / file.path;
  if (file.path.back() == '/') {
    fs::create_directories(path);
    return;
  }
  fs::create_directories(path.parent_path());
  if (!file.link.empty()) {
    fs::create_symlink(file.link, path);
    return;
  }
  std::ofstream(path, std::ios::binary) << file.text;
  ::chmod(path.c_str(), static_cast<mode_t>(file.mode));
}

std::string appspec_text(const std::string& rest) {
  return "version: 0.0\nos: linux\n" + rest;
}

std::string with_hook(const std::string& event, const std::string& script) {
  return appspec_text("hooks:\n  " + event + ":\n    - location: " + script + "\n");
}

}  // namespace sluice::appspec::testing
