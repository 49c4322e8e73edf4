// Which files of a working tree count, and how they are copied.
#pragma once

#include <functional>
#include <optional>
#include <sluice/action.hpp>
#include <string>
#include <vector>

#include "plugins/source/git.hpp"

namespace sluice::source {

// Files and symbolic links below `directory`, relative to it, sorted, each once: what git tracks or
// would offer to track. .gitignore files, .git/info/exclude and the user's core.excludesFile are
// honoured; without a repository, .gitignore files are honoured all the same. Repositories inside
// (submodules, too) are entered, .git is never listed, nor is anything below `excluded`.
// Directories without files do not exist for git. std::nullopt if git fails, which `refused` then
// describes.
[[nodiscard]] std::optional<std::vector<std::string>> list_tree(
    Run& run, const Git& git, const std::string& directory,
    const std::vector<std::string>& excluded, Outcome& refused);

// The same without starting git, for a tree in which git would find nothing to say: no repository
// in it or around it, no .gitignore, no list of ignored files in the user's configuration.
// std::nullopt: ask git, also about what cannot be read.
[[nodiscard]] std::optional<std::vector<std::string>> list_plain_tree(
    const std::string& directory, const std::vector<std::string>& excluded);

struct Copied {
  std::string digest;  // SHA-256 of paths, kinds, executable bits and contents
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  std::string problem;  // not empty: what could not be copied, and why
};

// Copies the listed paths, with modes and modification times; symbolic links stay links. A file
// that vanished since it was listed is left out. `stop` is asked before every file.
[[nodiscard]] Copied copy_tree(const std::string& from, const std::vector<std::string>& paths,
                               const std::string& to, const std::function<bool()>& stop);

}  // namespace sluice::source
