// Artifacts by content: a directory is packed into one file that is named by the SHA-256 of its
// bytes, so equal directories are stored once and a name cannot come to mean something else.
// Packing is deterministic: sorted, without owners and times. Kept are names, content, permission
// bits, symbolic links and empty directories. The file is a tar under zstd: `tar --zstd -xf` reads
// it.
//
// Any number of threads and processes may use one store at once. Calls block for as long as the
// data takes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.hpp"

namespace sluice {

// Beyond these a directory is refused (facts/codepipeline.md 4: 100,000 files, 7 GB).
struct ArtifactLimits {
  std::uint64_t entries = 100'000;
  std::uint64_t bytes = std::uint64_t{7} << 30;  // of files, unpacked
  std::size_t path_bytes = 4096;
  int depth = 128;      // of directories
  int compression = 1;  // zstd's level; part of the content address, so of one installation
};

struct ArtifactEntry {
  enum class Type : std::uint8_t { kFile, kDirectory, kLink };
  std::string path;  // relative, without ./
  Type type = Type::kFile;
  std::uint32_t mode = 0;   // permission bits
  std::uint64_t bytes = 0;  // of a file
  std::string target;       // of a link
  bool operator==(const ArtifactEntry&) const = default;
};

class ArtifactStore {
 public:
  // `root` must exist; directories below it are made as they are needed.
  explicit ArtifactStore(std::filesystem::path root, ArtifactLimits limits = {})
      : root_(std::move(root)), limits_(limits) {}

  // Durable when it returns the digest (64 lower-case hex digits). kBadInput: a limit is passed, a
  // link leads out of the directory, something is neither file, directory nor link (sockets are
  // left out), a file changes meanwhile. kUnavailable: disk full, or a file cannot be read.
  Result<std::string> pack(const std::filesystem::path& directory) const;
  // Into a directory that exists and is empty; empty again after an error. Files are new: they have
  // the time of the unpacking. kNotFound, kCorrupt (not what was packed), kUnavailable (disk full).
  Result<void> unpack(const std::string& digest, const std::filesystem::path& directory) const;

  [[nodiscard]] bool exists(const std::string& digest) const;
  // Bytes that it takes in the store. kNotFound.
  Result<std::uint64_t> size(const std::string& digest) const;
  // What is in it, in order. kNotFound, kCorrupt.
  Result<std::vector<ArtifactEntry>> list(const std::string& digest) const;
  // Nothing happens if it is not there. Do not remove what an execution in flight still needs.
  Result<void> remove(const std::string& digest) const;
  // Makes it young, so that no sweep that goes on takes it (artifact_sweep.hpp). kNotFound: it is
  // gone, and says so.
  Result<void> keep(const std::string& digest) const;
  // Removes what packers that were killed have left behind.
  void remove_unfinished() const;

  // Where an artifact lies, whether or not it is there.
  [[nodiscard]] std::filesystem::path path(const std::string& digest) const;

 private:
  std::filesystem::path root_;
  ArtifactLimits limits_;
};

}  // namespace sluice
