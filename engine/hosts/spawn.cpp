#include "engine/hosts/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace sluice {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const auto& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

// posix_spawn's two objects, and their end.
struct SpawnSettings {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  explicit SpawnSettings(const SpawnRequest& request) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    if (request.output.empty())
      posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    else
      posix_spawn_file_actions_addopen(&files, 1, request.output.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    if (request.socket >= 0)
      posix_spawn_file_actions_adddup2(&files, request.socket, kSocketNumber);
    posix_spawn_file_actions_addclosefrom_np(
        &files, request.socket >= 0 ? kSocketNumber + 1 : kSocketNumber);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
};

}  // namespace

Result<SpawnedProcess> spawn_detached(const SpawnRequest& request) {
  const SpawnSettings settings(request);
  SpawnedProcess process;
  const std::string& program = request.arguments.front();
  const int error =
      posix_spawn(&process.pid, program.c_str(), &settings.files, &settings.attributes,
                  pointers(request.arguments).data(), pointers(request.environment).data());
  if (error != 0)
    return Error{ErrorKind::kUnavailable, "cannot start " + program, std::strerror(error)};
  process.pidfd = static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0));
  return process;
}

}  // namespace sluice
