// The sections artifacts, cache and reports.
#include <algorithm>
#include <cctype>

#include "plugins/build/reading.hpp"

namespace sluice::build {
namespace {

constexpr std::string_view kFormats[] = {
    "CUCUMBERJSON",    "JUNITXML",  "NUNITXML",     "NUNIT3XML", "TESTNGXML",
    "VISUALSTUDIOTRX", "CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"};
constexpr std::size_t kMostReportGroups = 5, kMostFallbackKeys = 5;

void read_artifact_set(Reading& reading, const YamlNode& node, const std::string& what,
                       ArtifactSet& into) {
  reading.texts(node.find("files"), what + ".files", into.files);
  reading.texts(node.find("exclude-paths"), what + ".exclude-paths", into.exclude_paths);
  reading.text(node.find("base-directory"), what + ".base-directory", into.base_directory);
  reading.text(node.find("name"), what + ".name", into.name);
  reading.flag(node.find("discard-paths"), what + ".discard-paths", into.discard_paths);
  reading.flag(node.find("enable-symlinks"), what + ".enable-symlinks", into.enable_symlinks);
}

void read_secondary(Reading& reading, const YamlNode& node, Artifacts& into) {
  if (!reading.is_map(node, "artifacts.secondary-artifacts")) return;
  for (const auto& entry : node.entries) {
    const std::string what = "artifacts.secondary-artifacts." + entry.key;
    if (!reading.is_map(entry.value, what)) continue;
    reading.known_keys(entry.value, what,
                       {"files", "name", "base-directory", "exclude-paths", "discard-paths",
                        "enable-symlinks", "s3-prefix"});
    into.secondary.emplace_back(entry.key, ArtifactSet{});
    read_artifact_set(reading, entry.value, what, into.secondary.back().second);
    if (!entry.value.find("files")) reading.error(entry.place, what + ": files are required");
  }
}

}  // namespace

void read_artifacts(Reading& reading, const YamlNode& node, Artifacts& into) {
  if (!reading.is_map(node, "artifacts")) return;
  reading.known_keys(node, "artifacts",
                     {"files", "name", "base-directory", "exclude-paths", "discard-paths",
                      "enable-symlinks", "s3-prefix", "type", "secondary-artifacts"});
  read_artifact_set(reading, node, "artifacts", into.primary);
  const YamlNode* secondary = node.find("secondary-artifacts");
  if (secondary) read_secondary(reading, *secondary, into);
  if (node.find("files")) return;
  // The guide requires files here too; pipelines with secondary artifacts alone do without.
  if (secondary)
    reading.warning(node.place, "artifacts: no definition for primary artifacts");
  else
    reading.error(node.place, "artifacts: files are required");
}

void read_cache(Reading& reading, const YamlNode& node, Cache& into) {
  if (node.kind == YamlNode::Kind::kNull || !reading.is_map(node, "cache")) return;
  reading.known_keys(node, "cache", {"paths", "key", "fallback-keys", "action"});
  reading.texts(node.find("paths"), "cache.paths", into.paths);
  reading.text(node.find("key"), "cache.key", into.key);
  reading.texts(node.find("fallback-keys"), "cache.fallback-keys", into.fallback_keys);
  if (into.fallback_keys.size() > kMostFallbackKeys)
    reading.error(node.find("fallback-keys")->place, "cache.fallback-keys: at most 5 keys");
  if (into.key.empty() && !into.fallback_keys.empty())
    reading.warning(node.find("fallback-keys")->place,
                    "cache.fallback-keys are ignored without cache.key");
  if (into.paths.empty()) reading.warning(node.place, "cache: no paths, so nothing is cached");
  if (const YamlNode* action = node.find("action")) {
    into.restore = action->text != "save";
    into.save = action->text != "restore";
    if (into.restore && into.save) reading.error(action->place, "cache.action is restore or save");
  }
}

void read_reports(Reading& reading, const YamlNode& node, std::vector<ReportGroup>& into) {
  if (node.kind == YamlNode::Kind::kNull || !reading.is_map(node, "reports")) return;
  for (const auto& entry : node.entries) {
    const std::string what = "reports." + entry.key;
    if (!reading.is_map(entry.value, what)) continue;
    reading.known_keys(entry.value, what,
                       {"files", "file-format", "base-directory", "discard-paths"});
    ReportGroup group;
    group.name = entry.key;
    reading.texts(entry.value.find("files"), what + ".files", group.files);
    if (!entry.value.find("files")) reading.error(entry.place, what + ": files are required");
    reading.text(entry.value.find("base-directory"), what + ".base-directory",
                 group.base_directory);
    reading.flag(entry.value.find("discard-paths"), what + ".discard-paths", group.discard_paths);
    if (const YamlNode* format = entry.value.find("file-format")) {
      reading.text(format, what + ".file-format", group.format);
      std::transform(group.format.begin(), group.format.end(), group.format.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      if (std::find(std::begin(kFormats), std::end(kFormats), group.format) == std::end(kFormats)) {
        std::string known;
        for (const auto name : kFormats) known.append(known.empty() ? "" : ", ").append(name);
        reading.error(format->place, what + ".file-format is one of " + known);
      }
    }
    into.push_back(std::move(group));
  }
  if (into.size() > kMostReportGroups)
    reading.error(node.place, "reports: at most 5 report groups");
}

}  // namespace sluice::build
