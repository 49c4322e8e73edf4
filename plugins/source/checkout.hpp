// From a commit in the mirror to files in the output artifact.
#pragma once

#include <sluice/action.hpp>
#include <string>

#include "plugins/source/git_source.hpp"
#include "plugins/source/mirror.hpp"

namespace sluice::source {

struct Selection {
  std::string commit, branch, tag, repository;
};

struct CommitFacts {
  std::string author_date, committer_date;  // 2026-01-31T08:15:00Z
  std::string message;                      // whole, without the last line end
};

// Fills the output directory and `facts`. The files have the content and modes that are recorded in
// the commit (smudge filters of the user's configuration apply, such as those of git-lfs). The
// answer is that of the first git command that failed, or of the last.
[[nodiscard]] Answer check_out(Run& run, const Git& git, const Mirror& mirror,
                               const GitRequest& request, const Selection& selection,
                               const OutputArtifact& output, CommitFacts& facts);

}  // namespace sluice::source
