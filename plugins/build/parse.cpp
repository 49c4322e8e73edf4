#include "plugins/build/parse.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <regex>

#include "plugins/build/reading.hpp"

namespace sluice::build {
namespace {

constexpr std::string_view kPhaseKeys[kPhaseCount] = {"install", "pre_build", "build",
                                                      "post_build"};
constexpr std::string_view kShells[] = {"sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/bash"};
constexpr int kDefaultRetries = 3, kMostRetries = 100;
constexpr std::size_t kLongestPattern = 200;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

bool is_pattern(const std::string& pattern) {
  try {
    std::regex compiled(pattern, std::regex::ECMAScript);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

// RETRY, RETRY-n, RETRY-regex, RETRY-n-regex (A4.2).
void read_retry(Reading& reading, const YamlNode& node, OnFailure& into) {
  into.action = OnFailure::Action::kRetry;
  into.retries = kDefaultRetries;
  std::string_view rest = std::string_view(node.text).substr(5);
  if (rest.empty()) return;
  rest.remove_prefix(1);
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits > 0 && (digits == rest.size() || rest[digits] == '-')) {
    const auto read = std::from_chars(rest.data(), rest.data() + digits, into.retries);
    if (read.ec != std::errc() || into.retries > kMostRetries)
      reading.error(node.place, "on-failure: RETRY-n takes 0 to 100 retries");
    rest.remove_prefix(std::min(digits + 1, rest.size()));
  }
  into.pattern = rest;
  if (into.pattern.size() > kLongestPattern)
    reading.error(node.place, "on-failure: the regular expression is longer than 200 characters");
  else if (!is_pattern(into.pattern))
    reading.error(node.place, "on-failure: '" + into.pattern + "' is not a regular expression");
}

void read_on_failure(Reading& reading, const YamlNode* node, OnFailure& into) {
  if (!node) return;
  const std::string word = upper(node->text);
  if (word == "ABORT")
    into.action = OnFailure::Action::kAbort;
  else if (word == "CONTINUE")
    into.action = OnFailure::Action::kContinue;
  else if (word == "RETRY" || word.starts_with("RETRY-"))
    read_retry(reading, *node, into);
  else
    reading.error(node->place,
                  "on-failure has to be ABORT, CONTINUE, RETRY, RETRY-n, RETRY-regex or "
                  "RETRY-n-regex");
}

void read_phase(Reading& reading, const YamlNode::Entry& entry, std::size_t index, Phase& into) {
  const std::string what = "phases." + entry.key;
  const bool install = index == static_cast<std::size_t>(PhaseName::kInstall);
  const YamlNode& node = entry.value;
  if (node.kind == YamlNode::Kind::kNull && install) return;
  if (!reading.is_map(node, what)) return;
  if (install)
    reading.known_keys(node, what,
                       {"run-as", "on-failure", "runtime-versions", "commands", "finally"});
  else
    reading.known_keys(node, what, {"run-as", "on-failure", "commands", "finally"});
  reading.text(node.find("run-as"), what + ".run-as", into.run_as);
  read_on_failure(reading, node.find("on-failure"), into.on_failure);
  if (install)
    reading.pairs(node.find("runtime-versions"), what + ".runtime-versions", into.runtime_versions);
  const YamlNode* commands = node.find("commands");
  if (!install && (!commands || commands->kind == YamlNode::Kind::kNull))
    reading.error(entry.place, what + ": commands are required in this phase");
  reading.commands(commands, what + ".commands", into.commands);
  reading.commands(node.find("finally"), what + ".finally", into.finally);
}

void read_phases(Reading& reading, const YamlNode& node, Buildspec& spec) {
  if (!reading.is_map(node, "phases")) return;
  for (const auto& entry : node.entries) {
    const auto found = std::find(std::begin(kPhaseKeys), std::end(kPhaseKeys), entry.key);
    if (found == std::end(kPhaseKeys)) {
      reading.error(entry.place, "unknown phase '" + entry.key +
                                     "'; the phases are install, pre_build, build and post_build");
      continue;
    }
    const auto index = static_cast<std::size_t>(found - std::begin(kPhaseKeys));
    spec.declared[index] = true;
    read_phase(reading, entry, index, spec.phases[index]);
  }
}

void read_exported(Reading& reading, const YamlNode* node, Texts& into) {
  Texts names;
  reading.texts(node, "env.exported-variables", names);
  for (auto& name : names) {
    const bool word = std::all_of(name.begin(), name.end(),
                                  [](unsigned char c) { return c == '_' || std::isalnum(c); });
    if (!word || std::isdigit(static_cast<unsigned char>(name[0])))
      reading.error(node->place, "env.exported-variables: '" + name +
                                     "' cannot be the name of a shell variable");
    else if (name.starts_with("AWS_"))
      reading.warning(node->place, "env.exported-variables: " + name +
                                       " is not exported: names that begin with AWS_ cannot be");
    else
      into.push_back(std::move(name));
  }
}

void read_env(Reading& reading, const YamlNode& node, Env& into) {
  if (node.kind == YamlNode::Kind::kNull || !reading.is_map(node, "env")) return;
  reading.known_keys(node, "env",
                     {"shell", "variables", "parameter-store", "secrets-manager",
                      "exported-variables", "git-credential-helper"});
  if (const YamlNode* shell = node.find("shell")) {
    reading.text(shell, "env.shell", into.shell);
    if (std::find(std::begin(kShells), std::end(kShells), into.shell) == std::end(kShells))
      reading.error(shell->place,
                    "env.shell: '" + into.shell + "' is not available here; use bash or /bin/sh");
  }
  reading.pairs(node.find("variables"), "env.variables", into.variables);
  reading.pairs(node.find("parameter-store"), "env.parameter-store", into.parameter_store);
  reading.pairs(node.find("secrets-manager"), "env.secrets-manager", into.secrets_manager);
  read_exported(reading, node.find("exported-variables"), into.exported);
  bool ignored = false;
  reading.flag(node.find("git-credential-helper"), "env.git-credential-helper", ignored);
  for (const auto& [name, value] : into.variables)
    if (name.starts_with("CODEBUILD_"))
      reading.warning(node.find("variables")->place,
                      "env.variables: the prefix CODEBUILD_ of " + name + " is reserved");
}

void read_version(Reading& reading, const YamlNode& root, Version& into) {
  const YamlNode* node = root.find("version");
  std::string text;
  reading.text(node, "version", text);
  if (text == "0.2")
    into = Version::k02;
  else if (text == "0.1")
    into = Version::k01;
  else if (!node || node->kind == YamlNode::Kind::kNull)
    reading.error(root.place, "version is required; write `version: 0.2`");
  else if (node->kind == YamlNode::Kind::kText)
    reading.error(node->place, "version '" + text + "' is not known; write 0.2 (or 0.1)");
}

// 0.1 spelled env.variables differently (A1).
void read_old_env(Reading& reading, const YamlNode& node, Env& into) {
  if (!reading.is_map(node, "environment_variables")) return;
  reading.known_keys(node, "environment_variables", {"plaintext"});
  reading.pairs(node.find("plaintext"), "environment_variables.plaintext", into.variables);
}

void read_top(Reading& reading, const YamlNode& root, Buildspec& spec) {
  read_version(reading, root, spec.version);
  if (spec.version == Version::k02)
    reading.known_keys(
        root, "buildspec",
        {"version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts", "cache"});
  else
    reading.known_keys(root, "buildspec",
                       {"version", "run-as", "env", "environment_variables", "proxy", "phases",
                        "artifacts", "cache"});
  reading.text(root.find("run-as"), "run-as", spec.run_as);
  if (const YamlNode* env = root.find("env")) read_env(reading, *env, spec.env);
  if (const YamlNode* env = root.find("environment_variables"); env && spec.version == Version::k01)
    read_old_env(reading, *env, spec.env);
  if (const YamlNode* phases = root.find("phases"))
    read_phases(reading, *phases, spec);
  else
    reading.error(root.place, "phases are required");
  if (const YamlNode* artifacts = root.find("artifacts");
      artifacts && artifacts->kind != YamlNode::Kind::kNull) {
    spec.has_artifacts = true;
    read_artifacts(reading, *artifacts, spec.artifacts);
  }
  if (const YamlNode* cache = root.find("cache")) read_cache(reading, *cache, spec.cache);
  if (const YamlNode* reports = root.find("reports")) read_reports(reading, *reports, spec.reports);
}

}  // namespace

Parsed parse_buildspec(std::string_view text) {
  Parsed parsed;
  Reading reading(parsed);
  const YamlTree tree = read_yaml(text);
  if (!tree.error.empty()) {
    reading.error(tree.error_place, tree.error);
  } else if (tree.root.kind == YamlNode::Kind::kNull) {
    reading.error({1, 1}, "the buildspec is empty");
  } else if (reading.is_map(tree.root, "a buildspec")) {
    read_top(reading, tree.root, parsed.spec);
  }
  return parsed;
}

}  // namespace sluice::build
