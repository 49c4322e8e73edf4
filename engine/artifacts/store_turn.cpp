#include "engine/artifacts/store_turn.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace sluice::artifacts {

Result<StoreTurn> StoreTurn::share(const std::filesystem::path& root) {
  return take(root, LOCK_SH);
}

Result<StoreTurn> StoreTurn::alone(const std::filesystem::path& root) {
  return take(root, LOCK_EX | LOCK_NB);
}

Result<StoreTurn> StoreTurn::take(const std::filesystem::path& root, int how) {
  Descriptor held(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!held) return system_error(root, "cannot be opened", errno);
  while (::flock(held.get(), how) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK)
      return Error{ErrorKind::kConflict, root.string(), "The store is in use; try again."};
    return system_error(root, "cannot be locked", errno);
  }
  return StoreTurn(std::move(held));
}

}  // namespace sluice::artifacts
