// What packing and unpacking share: SHA-256, descriptors that close themselves, and a packed file
// read entry by entry with its bytes hashed on the way. Private to engine/artifacts.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/artifacts/artifact_store.hpp"

struct archive;
struct archive_entry;
struct SHA256state_st;

namespace sluice::artifacts {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& from) noexcept : number_(std::exchange(from.number_, -1)) {}
  Descriptor& operator=(Descriptor&& from) noexcept {
    std::swap(number_, from.number_);
    return *this;
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] explicit operator bool() const { return number_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(const void* data, std::size_t size);
  // Lower-case hex; once.
  [[nodiscard]] std::string finish();

 private:
  std::unique_ptr<SHA256state_st> state_;
};

// kUnavailable, from errno.
[[nodiscard]] Error system_error(const std::filesystem::path& path, const char* doing, int number);

// Whether a link at `path` (relative, "a/b/link") stays inside the directory that path starts in.
[[nodiscard]] bool stays_inside(std::string_view path, std::string_view target);

// Reads the entries of a packed file and refuses everything that pack() would not have written.
class PackedReader {
 public:
  static Result<std::unique_ptr<PackedReader>> open(const std::filesystem::path& path,
                                                    const std::string& digest,
                                                    const ArtifactLimits& limits);
  ~PackedReader();
  PackedReader(const PackedReader&) = delete;
  PackedReader& operator=(const PackedReader&) = delete;

  // False: that was the last one, and the file's content is what its name says.
  Result<bool> next(ArtifactEntry& entry);
  // The next piece of the current file's content at `offset`; empty at its end.
  Result<std::string_view> content(std::int64_t& offset);

 private:
  PackedReader(Descriptor file, std::filesystem::path path, std::string digest,
               const ArtifactLimits& limits);
  static long read_some(archive* reader, void* self, const void** buffer);
  [[nodiscard]] Error corrupt(const std::string& why) const;
  Result<void> check(const ArtifactEntry& entry);
  Result<bool> verify();

  Descriptor file_;
  std::filesystem::path path_;
  std::string digest_;
  ArtifactLimits limits_;
  Sha256 hash_;
  archive* archive_;
  std::uint64_t entries_ = 0, bytes_ = 0;
  std::array<char, 64 * 1024> buffer_;
};

}  // namespace sluice::artifacts
