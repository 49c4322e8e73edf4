// File patterns of artifacts, caches and reports (facts/build_deploy.md A7): `*` and `?` stay
// within one path component, `**` as a component stands for any number of them, none included.
// Files whose name begins with a dot match like any other; brackets and braces are ordinary
// characters.
#ifndef SLUICE_PLUGINS_BUILD_GLOB_HPP
#define SLUICE_PLUGINS_BUILD_GLOB_HPP

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::build {

class Glob {
 public:
  // A leading "./" and doubled or trailing slashes do not count.
  explicit Glob(std::string_view pattern);

  // path is relative, with single slashes.
  bool matches(std::string_view path) const;
  // The leading components without a wildcard, without the last component of all.
  const std::vector<std::string>& parts() const { return parts_; }
  std::size_t literal_parts() const { return literal_; }

 private:
  std::vector<std::string> parts_;
  std::size_t literal_ = 0;
};

bool has_wildcard(std::string_view text);

// Which symbolic links count as files: those to files (or to nothing), or those to directories too.
enum class Links { kToFiles, kAll };

// Files below base that match, relative to base, sorted. Links to directories are not walked into.
// A pattern that leaves base with ".." matches nothing.
std::vector<std::string> matching_files(const std::filesystem::path& base, std::string_view pattern,
                                        Links links = Links::kToFiles);

// Directories below root that match, relative to root, sorted; an absolute pattern is its own root.
std::vector<std::filesystem::path> matching_directories(const std::filesystem::path& root,
                                                        std::string_view pattern);

}  // namespace sluice::build

#endif
