#include "engine/triggers/file_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

namespace sluice::triggers {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kNews = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr int kDeepest = 32;  // directories of refs in one another

// What in a repository's own directory is about refs; the rest (objects, an index, logs) is not.
bool is_about_refs(std::string_view name) {
  return name == "packed-refs" || name == "HEAD" || name == "refs" || name == "reftable";
}

struct Directory {
  std::string path;
  bool top = false;                    // a repository's own, not one of its refs
  std::set<std::string> repositories;  // several where symbolic links lead to the same refs
};

}  // namespace

class FileWatch::Room {
 public:
  Room(Changed changed, std::size_t most) : changed_(std::move(changed)), most_(most) {}

  ~Room() {
    if (thread_.joinable()) {
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto written = write(end_, &one, sizeof one);
      thread_.join();
    }
    if (notify_ >= 0) close(notify_);
    if (end_ >= 0) close(end_);
  }

  Result<void> add(const std::string& repository) {
    const std::lock_guard hold(mutex_);
    if (repositories_.contains(repository)) return {};
    if (auto begun = begin(); !begun) return begun;
    repositories_.insert(repository);
    auto added = add_directory(repository, repository, true);
    for (const char* tree : {"refs", "reftable"}) {
      std::error_code ignored;
      const fs::path path = fs::path(repository) / tree;
      if (added && fs::is_directory(path, ignored)) added = add_tree(path, repository, 0);
    }
    if (!added) forget(repository);
    return added;
  }

  void keep_only(const std::set<std::string>& wanted) {
    const std::lock_guard hold(mutex_);
    const auto known = repositories_;
    for (const auto& repository : known)
      if (!wanted.contains(repository)) forget(repository);
  }

 private:
  // All but run(): under the lock.

  static Error trouble(const std::string& what, int number) {
    const bool full = number == ENOSPC;
    return {ErrorKind::kUnavailable, what,
            full ? std::string("files cannot be watched: fs.inotify.max_user_watches is reached")
                 : "files cannot be watched: " + std::string(strerror(number))};
  }

  Result<void> begin() {
    if (notify_ >= 0) return {};
    notify_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (notify_ < 0) return trouble("inotify", errno);
    if (end_ < 0) end_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (end_ < 0) {
      const int number = errno;
      close(notify_);
      notify_ = -1;
      return trouble("inotify", number);
    }
    thread_ = std::thread([this] { run(); });
    return {};
  }

  Result<void> add_directory(const std::string& path, const std::string& repository, bool top) {
    if (directories_.size() >= most_)
      return Error{
          ErrorKind::kUnavailable, path,
          "files cannot be watched: " + std::to_string(most_) + " directories are watched already"};
    const int watch = inotify_add_watch(notify_, path.c_str(), kNews);
    // Gone again: whoever removed it is told by the directory above.
    if (watch < 0 && !top && (errno == ENOENT || errno == ENOTDIR)) return {};
    if (watch < 0) return trouble(path, errno);
    auto& directory = directories_[watch];
    directory.path = path;
    directory.top = top;
    directory.repositories.insert(repository);
    return {};
  }

  // First the directory, then what is in it: what is made in between is told.
  Result<void> add_tree(const fs::path& path, const std::string& repository, int depth) {
    if (auto added = add_directory(path.string(), repository, false); !added) return added;
    if (depth == kDeepest) return {};
    std::error_code ignored;
    for (fs::directory_iterator each(path, ignored), end; !ignored && each != end;
         each.increment(ignored)) {
      std::error_code unknown;
      if (!each->is_directory(unknown)) continue;
      if (auto added = add_tree(each->path(), repository, depth + 1); !added) return added;
    }
    return {};
  }

  void forget(const std::string& repository) {
    repositories_.erase(repository);
    for (auto each = directories_.begin(); each != directories_.end();) {
      each->second.repositories.erase(repository);
      if (!each->second.repositories.empty()) {
        ++each;
        continue;
      }
      inotify_rm_watch(notify_, each->first);
      each = directories_.erase(each);
    }
  }

  // What an event changes here; the repositories to tell about go into `told`.
  void take(const inotify_event& event, std::set<std::string>& told) {
    if (event.mask & IN_Q_OVERFLOW) {
      told.insert(repositories_.begin(), repositories_.end());
      return;
    }
    const auto found = directories_.find(event.wd);
    if (found == directories_.end()) return;
    const Directory directory = found->second;
    if (event.mask & IN_IGNORED) directories_.erase(found);
    const std::string name = event.len > 0 ? std::string(event.name) : std::string();
    const bool gone = (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0;
    if (!gone && (name.ends_with(".lock") || (directory.top && !is_about_refs(name)))) return;
    told.insert(directory.repositories.begin(), directory.repositories.end());
    for (const auto& repository : directory.repositories) {
      if (gone && directory.top) forget(repository);
      const bool more =
          (event.mask & IN_ISDIR) != 0 && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0;
      if (more && !add_tree(fs::path(directory.path) / name, repository, 0)) forget(repository);
    }
  }

  void run() {
    alignas(inotify_event) char buffer[64 * 1024];
    while (true) {
      pollfd waits[] = {{notify_, POLLIN, 0}, {end_, POLLIN, 0}};
      if (poll(waits, 2, -1) < 0) continue;
      if (waits[1].revents != 0) return;
      const auto size = read(notify_, buffer, sizeof buffer);
      std::set<std::string> told;
      {
        const std::lock_guard hold(mutex_);
        for (ssize_t at = 0; at < size;) {
          const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
          take(*event, told);
          at += static_cast<ssize_t>(sizeof *event + event->len);
        }
      }
      for (const auto& repository : told) changed_(repository);
    }
  }

  const Changed changed_;
  const std::size_t most_;
  std::mutex mutex_;
  std::set<std::string> repositories_;
  std::map<int, Directory> directories_;  // by watch descriptor
  int notify_ = -1, end_ = -1;
  std::thread thread_;
};

FileWatch::FileWatch(Changed changed, std::size_t most_directories)
    : room_(std::make_unique<Room>(std::move(changed), most_directories)) {}
FileWatch::~FileWatch() = default;
Result<void> FileWatch::add(const std::string& directory) {
  return room_->add(directory);
}
void FileWatch::keep_only(const std::set<std::string>& directories) {
  room_->keep_only(directories);
}

}  // namespace sluice::triggers
