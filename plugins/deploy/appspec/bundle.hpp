// DownloadBundle on a local host: the revision is there already, as a directory or an archive in
// one, and becomes `deployment-archive` (facts/build_deploy.md B7.2).
#pragma once

#include <functional>
#include <string>

#include "plugins/deploy/appspec/fault.hpp"

namespace sluice::appspec {

struct Bundle {
  std::string directory;  // the input artifact
  std::string type;       // "", "directory", "tar", "tgz" or "zip"; "": found out
  std::string file;       // the archive's name in the directory; "": the only file there
};

// Makes `archive_directory` anew. If the result is one directory that has an AppSpec, its content
// moves up one level. Faults: INVALID_BUNDLE_TYPE, BUNDLE_NOT_FOUND, BUNDLE_UNREADABLE, IO_ERROR,
// CANCELLED.
[[nodiscard]] Check fetch_bundle(const Bundle& bundle, const std::string& archive_directory,
                                 const std::function<bool()>& cancelled);

// Unpacks a tar (any compression) or zip; entries that would land outside are refused.
[[nodiscard]] Check unpack_archive(const std::string& file, const std::string& directory,
                                   const std::function<bool()>& cancelled);

}  // namespace sluice::appspec
