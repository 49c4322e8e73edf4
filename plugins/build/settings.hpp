// The configuration of a build action, read and checked (docs/actions/build-buildspec.md).
#ifndef SLUICE_PLUGINS_BUILD_SETTINGS_HPP
#define SLUICE_PLUGINS_BUILD_SETTINGS_HPP

#include <cstdint>
#include <sluice/action.hpp>
#include <string>
#include <vector>

namespace sluice::build {

struct ProjectVariable {
  enum class Type { kPlaintext, kParameterStore, kSecretsManager };
  std::string name, value;
  Type type = Type::kPlaintext;
};

struct Settings {
  std::string buildspec = "buildspec.yml";  // a path, or the text itself
  bool inline_buildspec = false;
  std::string project;
  std::vector<ProjectVariable> variables;
  std::int64_t timeout_ms = 60 * 60 * 1000;
  bool cache = true;
  std::string parameter_store_file, secrets_manager_file;  // "" is none
  std::vector<InputArtifact> inputs;
  std::size_t primary = 0;  // index into inputs
  std::string source_directory;
};

// Fills settings; returns "" or what is wrong with the configuration.
std::string read_settings(const Run& run, Settings& settings);

}  // namespace sluice::build

#endif
