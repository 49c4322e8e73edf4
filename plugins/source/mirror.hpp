// A bare repository in the action's state directory that keeps what was fetched from one URL, so
// that the next run fetches only what is new. Runs at the same time share it under a file lock.
#pragma once

#include <sluice/action.hpp>
#include <string>
#include <utility>
#include <vector>

#include "plugins/source/git.hpp"

namespace sluice::source {

// A lock between processes, held while the object lives.
class FileLock {
 public:
  // Waits for the exclusive lock until the run is cancelled; held() tells whether it worked.
  FileLock(const Run& run, const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  [[nodiscard]] bool held() const { return fd_ >= 0; }
  // From now on readers may come in, writers not.
  void share();

 private:
  int fd_ = -1;
};

class Mirror {
 public:
  Mirror(const Git& git, const std::string& state_directory, const std::string& url);

  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string lock_file() const { return directory_ + ".lock"; }

  // Below, the caller holds the lock.

  // The names and ids that the remote "source" has now: text for parse_refs.
  [[nodiscard]] Answer ask_remote() const;
  // Fetches from the remote. A mirror that turns out to be broken (a disk that was full, a
  // machine that died) is thrown away and fetched anew, once.
  [[nodiscard]] Answer fetch(const std::vector<std::string>& refspecs) const;
  // The same, without care for the mirror: for what the remote may rightly refuse.
  [[nodiscard]] Answer try_fetch(const std::vector<std::string>& refspecs) const;
  // The commit that an expression means ("refs/heads/main", "1a2b3c4"), or "".
  [[nodiscard]] std::string commit(const std::string& expression) const;
  // Branches of the last fetch of all branches that contain the commit.
  [[nodiscard]] std::vector<std::string> branches_with(const std::string& commit) const;
  [[nodiscard]] Answer git(std::vector<std::string> arguments, std::int64_t deadline_ms = kQuick_ms,
                           const process::Environment& more_environment = {}) const;

 private:
  [[nodiscard]] Answer create() const;
  const Git& git_;
  std::string directory_;
};

}  // namespace sluice::source
