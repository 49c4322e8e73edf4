// From files in the build's directory to an output artifact (facts/build_deploy.md A7).
#ifndef SLUICE_PLUGINS_BUILD_ARTIFACTS_HPP
#define SLUICE_PLUGINS_BUILD_ARTIFACTS_HPP

#include <filesystem>
#include <string>

#include "plugins/build/model.hpp"

namespace sluice::build {

// Copies what set names, relative to root, into output, and logs what it does in the cloud's words.
// The texts of set are evaluated already. Returns "" or the message of a CLIENT_ERROR. Two files
// that discard-paths gives one name: the first in path order stays, with a warning.
std::string collect_artifacts(const ArtifactSet& set, const std::filesystem::path& root,
                              const std::filesystem::path& output);

// Copies a file with its permissions and, if keep_link, a link as a link. Creates directories.
// Replaces what is there. Returns "" or why not.
std::string copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                      bool keep_link);

}  // namespace sluice::build

#endif
