// A buildspec as it was understood: what facts/build_deploy.md A2..A9 name, with defaults filled in
// and nothing evaluated. Texts that the shell evaluates stand here as they were written.
#ifndef SLUICE_PLUGINS_BUILD_MODEL_HPP
#define SLUICE_PLUGINS_BUILD_MODEL_HPP

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace sluice::build {

using Texts = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;  // in the file's order

enum class Version { k01, k02 };

// The phases a user writes, in the order they run in.
enum class PhaseName { kInstall, kPreBuild, kBuild, kPostBuild };
inline constexpr std::size_t kPhaseCount = 4;

struct OnFailure {
  enum class Action { kDefault, kAbort, kContinue, kRetry };
  Action action = Action::kDefault;
  int retries = 0;      // kRetry: at most so many
  std::string pattern;  // kRetry: only if the error message has a match of this; "" is any
};

struct Phase {
  std::string run_as;
  OnFailure on_failure;
  Pairs runtime_versions;
  Texts commands, finally;
};

struct Env {
  std::string shell = "sh";
  Pairs variables, parameter_store, secrets_manager;
  Texts exported;
};

struct ArtifactSet {
  Texts files, exclude_paths;
  std::string base_directory, name;
  bool discard_paths = false, enable_symlinks = false;
};

struct Artifacts {
  ArtifactSet primary;
  std::vector<std::pair<std::string, ArtifactSet>> secondary;  // by identifier
};

struct Cache {
  Texts paths, fallback_keys;
  std::string key;
  bool restore = true, save = true;
};

struct ReportGroup {
  std::string name;
  Texts files;
  std::string format = "JUNITXML";  // in capitals
  std::string base_directory;
  bool discard_paths = false;
};

struct Buildspec {
  Version version = Version::k02;
  std::string run_as;
  Env env;
  std::array<Phase, kPhaseCount> phases;
  std::array<bool, kPhaseCount> declared{};
  bool has_artifacts = false;
  Artifacts artifacts;
  Cache cache;
  std::vector<ReportGroup> reports;

  const Phase& phase(PhaseName name) const { return phases[static_cast<std::size_t>(name)]; }
};

}  // namespace sluice::build

#endif
