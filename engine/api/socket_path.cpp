#include "engine/api/socket_path.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice::api {
namespace {
constexpr std::size_t kLongest = 107;
}

Result<SocketPath> SocketPath::of(const std::filesystem::path& path) {
  if (path.string().size() <= kLongest) return SocketPath(-1, path.string());
  const std::string folder = path.parent_path().string();
  const int directory = open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Error{ErrorKind::kNotFound, folder, std::strerror(errno)};
  return SocketPath(directory,
                    "/proc/self/fd/" + std::to_string(directory) + "/" + path.filename().string());
}

SocketPath::SocketPath(SocketPath&& from) noexcept
    : directory_(std::exchange(from.directory_, -1)), text_(std::move(from.text_)) {}

SocketPath::~SocketPath() {
  if (directory_ >= 0) close(directory_);
}

}  // namespace sluice::api
