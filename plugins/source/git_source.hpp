// The action source/git: a commit of a git repository as an output artifact.
#pragma once

#include <optional>
#include <sluice/action.hpp>
#include <string>

#include "plugins/source/location.hpp"

namespace sluice::source {

// What one run of the action was asked for.
struct GitRequest {
  Location location;
  std::string branch, tag, commit;  // "" where nothing was said
  bool full_clone = false, submodules = false;
};

// Reads the configuration; a start request's revision takes the place of tag and commit. An answer
// of std::nullopt leaves the reason in `problem`.
[[nodiscard]] std::optional<GitRequest> read_git_request(const Run& run, std::string& problem);

Outcome git_source(Run& run);

}  // namespace sluice::source
