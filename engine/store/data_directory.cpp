#include "engine/store/data_directory.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace sluice {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string home() {
  if (std::string value = variable("HOME"); !value.empty()) return value;
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr || entry->pw_dir == nullptr ? "" : entry->pw_dir;
}

Result<void> make_directory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  const int why = errno;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return {};
    return Error{ErrorKind::kBadInput, path.string(),
                 "is not a directory. Name another data directory, or move this file away."};
  }
  return Error{ErrorKind::kUnavailable, path.string(),
               std::string("cannot be made: ") + std::strerror(why) +
                   ". Name a data directory that you may write, with --data or SLUICE_DATA."};
}

Result<void> make_directories(const fs::path& path) {
  struct stat status {};
  if (path.has_relative_path() && ::stat(path.c_str(), &status) != 0 && errno == ENOENT) {
    if (auto made = make_directories(path.parent_path()); !made) return made;
  }
  return path.has_relative_path() ? make_directory(path) : Result<void>();
}

}  // namespace

Result<fs::path> default_data_directory() {
  if (std::string value = variable("SLUICE_DATA"); !value.empty()) return fs::path(value);
  if (const fs::path state = variable("XDG_STATE_HOME"); state.is_absolute()) {
    return state / "sluice";
  }
  const std::string user = home();
  if (!user.empty()) return fs::path(user) / ".local" / "state" / "sluice";
  return Error{ErrorKind::kBadInput, "SLUICE_DATA",
               "There is no home directory to keep data in. Name a data directory with --data or "
               "SLUICE_DATA."};
}

Result<DataDirectory> open_data_directory(const fs::path& root) {
  std::error_code failed;
  fs::path absolute = fs::absolute(root, failed).lexically_normal();
  if (failed || root.empty()) {
    return Error{ErrorKind::kBadInput, root.string(), "is not the name of a directory."};
  }
  if (!absolute.has_filename()) absolute = absolute.parent_path();  // a slash at the end
  const DataDirectory data{absolute};
  if (auto made = make_directories(data.root); !made) return made.error();
  for (const fs::path& path : {data.leases(), data.artifacts(), data.logs(), data.work(),
                               data.state(), data.bus(), data.worker()}) {
    if (auto made = make_directory(path); !made) return made.error();
  }
  return data;
}

}  // namespace sluice
