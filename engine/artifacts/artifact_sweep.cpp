#include "engine/artifacts/artifact_sweep.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "engine/artifacts/store_turn.hpp"

namespace sluice {

namespace fs = std::filesystem;
using artifacts::StoreTurn;
using artifacts::system_error;

namespace {

constexpr int kDirectories = 256;
constexpr std::string_view kEnding = ".tar.zst";

std::string directory_name(int number) {
  constexpr char kHex[] = "0123456789abcdef";
  return {kHex[number / 16], kHex[number % 16]};
}

// "" if the file is no artifact.
std::string digest_of(const fs::path& file) {
  const std::string name = file.filename().string();
  if (name.size() <= kEnding.size() || !name.ends_with(kEnding)) return "";
  return file.parent_path().filename().string() + name.substr(0, name.size() - kEnding.size());
}

std::int64_t milliseconds(const timespec& time) {
  return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
}

}  // namespace

Result<bool> ArtifactSweep::step(std::size_t most) {
  const auto turn = StoreTurn::alone(root_);
  if (!turn) return turn.error();
  for (; most > 0; --most) {
    while (files_ == fs::directory_iterator()) {
      if (!next_directory()) return false;
    }
    const fs::path file = files_->path();
    std::error_code failed;
    files_.increment(failed);
    if (failed) files_ = {};
    if (auto looked = look_at(file); !looked) return looked.error();
    if (failed) return system_error(file.parent_path(), "cannot be read", failed.value());
  }
  return true;
}

// False after the last one. A directory that is not there holds nothing.
bool ArtifactSweep::next_directory() {
  if (directory_ + 1 >= kDirectories) return false;
  std::error_code absent;
  files_ = fs::directory_iterator(root_ / directory_name(++directory_), absent);
  return true;
}

Result<void> ArtifactSweep::look_at(const fs::path& file) {
  const std::string digest = digest_of(file);
  // Only what the store itself would look for under this name.
  if (digest.empty() || ArtifactStore(root_).path(digest) != file) return {};
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0)
    return errno == ENOENT ? Result<void>() : system_error(file, "cannot be read", errno);
  if (!S_ISREG(status.st_mode)) return {};
  const auto bytes = static_cast<std::uint64_t>(status.st_size);
  if (plan_.needed.contains(digest)) {
    ++count_.needed;
    kept_bytes_ += bytes;
    return {};
  }
  const Instant packed{milliseconds(status.st_mtim)};
  if (plan_.tell) plan_.tell(digest, packed, bytes);
  if (packed >= plan_.packed_before) {
    ++count_.young;
    kept_bytes_ += bytes;
    return {};
  }
  if (!plan_.dry_run && ::unlink(file.c_str()) != 0 && errno != ENOENT)
    return system_error(file, "cannot be removed", errno);
  ++count_.removed;
  count_.removed_bytes += bytes;
  return {};
}

}  // namespace sluice
