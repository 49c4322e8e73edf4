// Where a repository is, from what the workflow file says. Pure but for a look at which paths
// exist.
#pragma once

#include <string>

namespace sluice::source {

struct Location {
  std::string url;     // for git; a path is absolute
  std::string shown;   // for people: the same without password
  std::string name;    // last part without ".git": the variable RepositoryName
  bool local = false;  // a path or file:// on this machine
};

// `repository` is a path, which starts at `base_directory`, or anything git takes as a URL.
[[nodiscard]] Location locate(const std::string& repository, const std::string& base_directory);

// The page that shows a commit, for hosts whose addresses are known; "" of others.
[[nodiscard]] std::string commit_page(const std::string& url, const std::string& commit);

}  // namespace sluice::source
