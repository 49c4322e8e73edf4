#include "plugins/source/mirror.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "plugins/source/digest.hpp"

namespace sluice::source {
namespace fs = std::filesystem;

FileLock::FileLock(const Run& run, const std::string& path) {
  std::error_code ignored;
  fs::create_directories(fs::path(path).parent_path(), ignored);
  fd_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  // Another run that fetches the same repository may hold it for long; its own deadline bounds it.
  while (fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if ((errno != EWOULDBLOCK && errno != EINTR) || run.cancelled()) {
      close(fd_);
      fd_ = -1;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

void FileLock::share() {
  flock(fd_, LOCK_SH);
}

Mirror::Mirror(const Git& git, const std::string& state_directory, const std::string& url)
    : git_(git),
      directory_(state_directory + "/mirrors/" + hex_digest(url).substr(0, 32) + ".git") {}

Answer Mirror::create() const {
  std::error_code ignored;
  fs::create_directories(fs::path(directory_).parent_path(), ignored);
  return git_({"init", "--quiet", "--bare", "--template=", directory_});
}

Answer Mirror::ask_remote() const {
  return git_({"ls-remote", "--symref", "source", "HEAD", "refs/heads/*", "refs/tags/*"},
              kRemoteQuestion_ms);
}

Answer Mirror::try_fetch(const std::vector<std::string>& refspecs) const {
  // --update-shallow: the source may itself be a shallow clone, as on a build machine.
  std::vector<std::string> arguments = {"fetch",
                                        "--quiet",
                                        "--force",
                                        "--prune",
                                        "--no-tags",
                                        "--update-shallow",
                                        "--no-recurse-submodules",
                                        "--no-write-fetch-head",
                                        "source"};
  arguments.insert(arguments.end(), refspecs.begin(), refspecs.end());
  return git(arguments, kTransfer_ms);
}

Answer Mirror::fetch(const std::vector<std::string>& refspecs) const {
  const bool was_there = fs::exists(directory_ + "/HEAD");
  if (!was_there)
    if (auto created = create(); !created.ok()) return created;
  auto fetched = try_fetch(refspecs);
  const bool refused = fetched.ending.end == process::End::kExited && !fetched.ok();
  // The remote answers, so the fault is here.
  if (!refused || !was_there || !ask_remote().ok()) return fetched;
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
  if (auto created = create(); !created.ok()) return created;
  return try_fetch(refspecs);
}

std::string Mirror::commit(const std::string& expression) const {
  if (!fs::exists(directory_ + "/HEAD")) return "";
  const auto answer = git({"rev-parse", "--verify", "--quiet", expression + "^{commit}"});
  return answer.ok() ? first_line(answer.output) : "";
}

std::vector<std::string> Mirror::branches_with(const std::string& commit) const {
  const auto answer =
      git({"for-each-ref", "--contains", commit, "--format=%(refname:lstrip=2)", "refs/heads/"});
  std::vector<std::string> names;
  process::Lines lines([&](const std::string& line) { names.push_back(line); });
  lines.add(answer.output);
  lines.finish();
  return names;
}

Answer Mirror::git(std::vector<std::string> arguments, std::int64_t deadline_ms,
                   const process::Environment& more_environment) const {
  arguments.insert(arguments.begin(), "--git-dir=" + directory_);
  return git_(arguments, deadline_ms, more_environment);
}

}  // namespace sluice::source
