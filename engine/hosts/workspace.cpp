#include "engine/hosts/workspace.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "engine/hosts/process_end.hpp"

namespace sluice {
namespace fs = std::filesystem;
namespace {

constexpr const char* kLock = "/lock";
constexpr std::string_view kUnborn = ".new-";

Error cannot(const std::string& path, int number) {
  return {ErrorKind::kUnavailable, path, std::string("cannot be made: ") + std::strerror(number)};
}

}  // namespace

Result<Workspace> Workspace::open(const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  std::string unborn = directory + "/" + std::string(kUnborn) + "XXXXXX";
  if (!mkdtemp(unborn.data())) return cannot(directory + "/...", errno);
  Workspace workspace;
  workspace.lock_ = ::open((unborn + kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (workspace.lock_ < 0) return cannot(unborn + kLock, errno);
  flock(workspace.lock_, LOCK_EX | LOCK_NB);
  // It gets its name when the lock is held, so remove_stale never takes it for dead.
  const std::string root =
      directory + '/' + std::to_string(getpid()) + '-' + unborn.substr(unborn.size() - 6);
  if (rename(unborn.c_str(), root.c_str()) != 0) return cannot(root, errno);
  workspace.root_ = root;
  return workspace;
}

Workspace::Workspace(Workspace&& from) noexcept
    : root_(std::exchange(from.root_, "")), lock_(std::exchange(from.lock_, -1)) {}

Workspace::~Workspace() {
  if (!root_.empty()) remove_tree(root_);
  if (lock_ >= 0) close(lock_);
}

Result<std::string> Workspace::make(const std::string& name) const {
  std::string path = root_ + '/' + name;
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return cannot(path, error.value());
  return path;
}

void Workspace::remove_stale(const std::string& directory) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string path = entry.path().string();
    if (entry.path().filename().string().starts_with(kUnborn)) continue;
    const int lock = ::open((path + kLock).c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) continue;
    if (flock(lock, LOCK_EX | LOCK_NB) == 0) remove_tree(path);
    close(lock);
  }
}

Result<RunDirectories> prepare_artifacts(const Job& job, const ArtifactPort& port,
                                         const std::string& directory) {
  RunDirectories where;
  std::error_code error;
  const auto make = [&](const char* kind, const std::string& name) {
    const fs::path path = fs::path(directory) / kind / name;
    fs::create_directories(path, error);
    return path.string();
  };
  for (const auto& input : job.inputs) {
    where.inputs.push_back(make("in", input.name));
    if (error) return cannot(where.inputs.back(), error.value());
    if (!port.unpack)
      return Error{ErrorKind::kUnavailable, input.name, "there is no artifact store"};
    if (auto unpacked = port.unpack(input, where.inputs.back()); !unpacked) return unpacked.error();
  }
  for (const auto& output : job.outputs) {
    where.outputs.push_back(make("out", output.name));
    if (error) return cannot(where.outputs.back(), error.value());
  }
  return where;
}

Result<std::vector<ArtifactRef>> pack_artifacts(const Job& job, const ArtifactPort& port,
                                                const RunDirectories& where) {
  std::vector<ArtifactRef> packed;
  for (std::size_t i = 0; i < job.outputs.size(); ++i) {
    const auto& name = job.outputs[i].name;
    if (!port.pack) return Error{ErrorKind::kUnavailable, name, "there is no artifact store"};
    auto digest = port.pack(job, name, where.outputs[i]);
    if (!digest) return digest.error();
    ArtifactRef artifact;
    artifact.name = name;
    artifact.digest = std::move(*digest);
    packed.push_back(std::move(artifact));
  }
  return packed;
}

}  // namespace sluice
