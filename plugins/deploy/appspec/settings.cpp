#include "plugins/deploy/appspec/settings.hpp"

#include <algorithm>
#include <filesystem>
#include <random>
#include <string_view>

namespace sluice::appspec {
namespace {

namespace fs = std::filesystem;

Fault wrong(const std::string& key, const std::string& why) {
  return {"CONFIGURATION", key + " " + why, {}};
}

// The engine hands over the first spelling; the cloud's own is understood all the same.
std::string value_of(const Run& run, const char* key, const char* alias = nullptr) {
  auto value = run.configuration(key);
  if ((!value || value->empty()) && alias) value = run.configuration(alias);
  return value.value_or("");
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._+=,@-").find(c) != std::string_view::npos;
}

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 100 && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

std::string as_name(std::string text, const std::string& otherwise) {
  if (text.size() > 100) text.resize(100);
  for (char& c : text)
    if (!is_name_character(c)) c = '-';
  return text.empty() || text == "." || text == ".." ? otherwise : text;
}

std::vector<std::string> comma_list(const std::string& text) {
  std::vector<std::string> items;
  std::string item;
  for (const char c : text + ",") {
    if (c == ',') {
      if (!item.empty()) items.push_back(item);
      item.clear();
    } else if (c != ' ') {
      item += c;
    }
  }
  return items;
}

std::string absolute(const std::string& path, const std::string& base) {
  std::string whole = fs::absolute(fs::path(base) / path).lexically_normal().string();
  while (whole.size() > 1 && whole.back() == '/') whole.pop_back();
  return whole;
}

// Two pipelines, or two actions of one, share this host's deployment root; what one of them
// installed is not for the other to remove. So unnamed groups are told apart by where they stand.
Check read_names(const Run& run, DeploymentRequest& request) {
  const std::string place = run.stage().empty() || run.action().empty()
                                ? std::string()
                                : run.stage() + "." + run.action();
  request.application = value_of(run, "applicationName", "ApplicationName");
  if (request.application.empty()) request.application = as_name(run.pipeline(), "local");
  request.group_name = value_of(run, "deploymentGroupName", "DeploymentGroupName");
  if (request.group_name.empty()) request.group_name = as_name(place, "LocalFleet");
  request.group_id = value_of(run, "deploymentGroupId", "DeploymentGroupId");
  request.deployment_id = value_of(run, "deploymentId", "DeploymentId");
  if (request.deployment_id.empty()) request.deployment_id = new_deployment_id();
  static constexpr const char* kNameRule =
      "must be 1 to 100 letters, digits and . _ + = , @ - (and not . or ..)";
  if (!is_name(request.application)) return wrong("applicationName", kNameRule);
  if (!is_name(request.group_name)) return wrong("deploymentGroupName", kNameRule);
  if (!is_name(request.deployment_id)) return wrong("deploymentId", kNameRule);
  if (request.group_id.empty()) {
    request.group_id = request.application + "~" + request.group_name;
  } else if (!is_name(request.group_id) || request.group_id.rfind("deployment-", 0) == 0 ||
             request.group_id == "ongoing-deployment") {
    return wrong("deploymentGroupId", kNameRule);
  }
  return Done{};
}

Check read_bundle(const Run& run, DeploymentRequest& request) {
  const auto inputs = run.inputs();
  if (inputs.size() != 1)
    return wrong("inputArtifacts", "must name exactly one artifact, the revision to deploy");
  request.bundle.directory = inputs[0].directory;
  request.bundle.type = value_of(run, "bundleType", "BundleType");
  if (request.bundle.type == "Directory") request.bundle.type = "directory";
  request.bundle.file = value_of(run, "bundle", "Bundle");
  const bool leaves = ("/" + request.bundle.file + "/").find("/../") != std::string::npos;
  if (leaves || request.bundle.file.rfind('/', 0) == 0)
    return wrong("bundle", "must be a path inside the input artifact");
  if (value_of(run, "revisionType", "RevisionType") == "GitHub")
    request.environment["BUNDLE_COMMIT"] = inputs[0].revision;
  return Done{};
}

Check read_appspec_name(const Run& run, DeploymentRequest& request) {
  const std::string name = value_of(run, "appspec", "AppSpecFilename");
  if (!name.empty()) request.appspec_name = name;
  const std::string framed = "/" + request.appspec_name + "/";
  if (framed.find("/../") != std::string::npos || request.appspec_name[0] == '/')
    return wrong("appspec", "must be a path inside the revision");
  return Done{};
}

}  // namespace

std::string new_deployment_id() {
  static constexpr std::string_view kCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::random_device random;
  std::string id = "d-";
  for (int i = 0; i < 9; ++i) id += kCharacters[random() % kCharacters.size()];
  return id;
}

Checked<DeploymentRequest> read_settings(const Run& run) {
  DeploymentRequest request;
  for (const auto& [name, value] : run.environment()) request.environment[name] = value;
  if (auto named = read_names(run, request); !named) return named.fault();
  if (auto bundle = read_bundle(run, request); !bundle) return bundle.fault();
  if (auto name = read_appspec_name(run, request); !name) return name.fault();
  request.base_directory = absolute("", run.base_directory());
  const std::string root = value_of(run, "deploymentRoot", "DeploymentRoot");
  request.deployment_root = absolute(
      root.empty() ? run.state_directory() + "/deployment-root" : root, request.base_directory);
  const std::string prefix = value_of(run, "root");
  if (!prefix.empty()) request.destination_root = absolute(prefix, request.base_directory);
  request.file_exists_behavior = value_of(run, "fileExistsBehavior", "FileExistsBehavior");
  request.events = comma_list(value_of(run, "events", "Events"));
  request.ignore_application_stop_failures =
      run.flag("ignoreApplicationStopFailures", run.flag("IgnoreApplicationStopFailures"));
  if (const auto creator = value_of(run, "deploymentCreator", "DeploymentCreator");
      !creator.empty())
    request.creator = creator;
  if (const auto type = value_of(run, "deploymentType", "DeploymentType"); !type.empty())
    request.type = type;
  const std::string kept = value_of(run, "maxRevisions", "MaxRevisions");
  if (!kept.empty()) {
    const bool digits = kept.size() <= 6 && kept.find_first_not_of("0123456789") == kept.npos;
    request.max_revisions = digits ? std::stoul(kept) : 0;
    if (request.max_revisions == 0) return wrong("maxRevisions", "must be a number from 1");
  }
  return request;
}

}  // namespace sluice::appspec
