#include "engine/artifacts/artifact_store.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "engine/artifacts/packed_file.hpp"

namespace sluice {

namespace fs = std::filesystem;
using artifacts::PackedReader;
using artifacts::system_error;

namespace {

bool is_digest(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

fs::path ArtifactStore::path(const std::string& digest) const {
  // What is no digest lies nowhere, and above all not outside of the store.
  if (!is_digest(digest)) return root_ / "none";
  return root_ / digest.substr(0, 2) / (digest.substr(2) + ".tar.zst");
}

bool ArtifactStore::exists(const std::string& digest) const {
  return ::access(path(digest).c_str(), F_OK) == 0;
}

Result<std::uint64_t> ArtifactStore::size(const std::string& digest) const {
  struct stat status {};
  if (::stat(path(digest).c_str(), &status) == 0) return static_cast<std::uint64_t>(status.st_size);
  if (errno == ENOENT) {
    return Error{ErrorKind::kNotFound, digest, "There is no such artifact in the store."};
  }
  return system_error(path(digest), "cannot be read", errno);
}

Result<std::vector<ArtifactEntry>> ArtifactStore::list(const std::string& digest) const {
  auto reader = PackedReader::open(path(digest), digest, limits_);
  if (!reader) return reader.error();
  std::vector<ArtifactEntry> entries;
  for (;;) {
    ArtifactEntry entry;
    auto more = (*reader)->next(entry);
    if (!more) return more.error();
    if (!*more) return entries;
    entries.push_back(std::move(entry));
  }
}

Result<void> ArtifactStore::remove(const std::string& digest) const {
  if (::unlink(path(digest).c_str()) != 0 && errno != ENOENT) {
    return system_error(path(digest), "cannot be removed", errno);
  }
  return {};
}

// Unfinished files are named by the process that writes them.
void ArtifactStore::remove_unfinished() const {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(root_ / "unfinished", failed)) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    std::from_chars(name.data(), name.data() + name.size(), pid);
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) {
      std::error_code ignored;
      fs::remove(entry.path(), ignored);
    }
  }
}

}  // namespace sluice
