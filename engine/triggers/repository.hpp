// A git repository that is watched: what its refs are, and which files a push changed. Asks git,
// with deadlines; blocks. One thread at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/triggers/filter.hpp"
#include "engine/triggers/memory.hpp"

namespace sluice::triggers {

class Repository {
 public:
  // url: for git; a path is absolute. mirror: a directory of its own, made when files are asked
  // for. cancelled: asked while git runs; true: it is stopped, and what it was asked fails. Empty:
  // never.
  Repository(std::string url, std::string mirror, std::function<bool()> cancelled = {});

  struct State {
    Refs refs;                // branches and tags
    std::string head_branch;  // that HEAD names; "" if none
  };
  // As it is now. kUnavailable: try again later.
  [[nodiscard]] Result<State> ask() const;

  // Paths of all files that differ between what was before and what was pushed. A branch that is
  // new is compared with the nearest commit that it shares with the branches that were known
  // before, and with nothing (every file counts) where it shares none; so is a push over a commit
  // that is not there any more.
  [[nodiscard]] Result<std::vector<std::string>> changed_files(const Push& push,
                                                               const Refs& known) const;

  // The same for a pull request: from where it left the destination branch.
  [[nodiscard]] Result<std::vector<std::string>> changed_files(const PullRequest& pull) const;

 private:
  struct Answer {
    bool ok = false;
    std::string output, trouble;
  };
  [[nodiscard]] Answer git(std::vector<std::string> arguments, std::int64_t deadline_ms) const;
  [[nodiscard]] Answer in_mirror(std::vector<std::string> arguments) const;
  [[nodiscard]] Result<void> fetch() const;
  // The nearest commit that is shared with one of the branches; "" if none is.
  [[nodiscard]] std::string shared_commit(const Push& push, const Refs& known) const;
  [[nodiscard]] Result<std::vector<std::string>> changed(const std::string& from,
                                                         const std::string& to) const;

  std::string url_, mirror_;
  std::function<bool()> cancelled_;
};

}  // namespace sluice::triggers
