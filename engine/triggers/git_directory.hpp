// Where a local repository keeps its refs. Looks at files and asks no git, so that it may be asked
// often.
#pragma once

#include <string>

namespace sluice::triggers {

// The directory of a repository's branches and tags, without symbolic links; the one that its
// worktrees share. where: a path (of a work tree, a bare repository, a .git directory or a worktree
// of `git worktree add`) or a file:// URL. "" if there is no repository on this machine.
[[nodiscard]] std::string git_directory(const std::string& where);

// Whether changes of files are told there at all: not on file systems of other machines.
[[nodiscard]] bool tells_changes(const std::string& directory);

}  // namespace sluice::triggers
