// Tells when the refs of local repositories change, by inotify(7): a push is noticed at once,
// without a hook. One thread, which sleeps until the kernel has news; none before the first
// repository.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "engine/core/result.hpp"

namespace sluice::triggers {

class FileWatch {
 public:
  // directory: as it was added. On the watch's thread, with no lock held. Some calls are about
  // nothing: it tells that something may have changed, and somebody has to look.
  using Changed = std::function<void(const std::string& directory)>;

  // most_directories: of all repositories together; the kernel's own bound is its user's
  // (fs.inotify.max_user_watches).
  explicit FileWatch(Changed changed, std::size_t most_directories = 8192);
  // No call comes after it.
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // All below: any thread but in a call of `changed`.

  // Watches the refs of a repository; directory: of git_directory(). What changes after it returned
  // well is told. Nothing to do if it is watched already. A repository that is removed or moved, or
  // grows over a bound, is told once more and not watched any longer. kUnavailable: no inotify, or
  // a bound is reached.
  [[nodiscard]] Result<void> add(const std::string& directory);
  // Forgets all repositories but these.
  void keep_only(const std::set<std::string>& directories);

 private:
  class Room;
  std::unique_ptr<Room> room_;
};

}  // namespace sluice::triggers
