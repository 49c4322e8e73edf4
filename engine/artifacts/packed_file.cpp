#include "engine/artifacts/packed_file.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

// The plain functions: EVP loads a configuration and a provider first, which takes milliseconds.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

namespace sluice::artifacts {

namespace fs = std::filesystem;

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Sha256::Sha256() : state_(std::make_unique<SHA256_CTX>()) {
  ::SHA256_Init(state_.get());
}
Sha256::~Sha256() = default;
void Sha256::add(const void* data, std::size_t size) {
  ::SHA256_Update(state_.get(), data, size);
}
std::string Sha256::finish() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
  ::SHA256_Final(bytes.data(), state_.get());
  std::string text;
  for (const unsigned char byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

Error system_error(const fs::path& path, const char* doing, int number) {
  std::string message = std::string(doing) + ": " + std::strerror(number) + ".";
  if (number == ENOSPC || number == EDQUOT || number == EFBIG) {
    message += " Free some disk space and try again.";
  }
  return {ErrorKind::kUnavailable, path.string(), message};
}

bool stays_inside(std::string_view path, std::string_view target) {
  if (target.empty() || target.front() == '/') return false;
  int depth = 0;
  const auto walk = [&](std::string_view parts) {
    while (!parts.empty()) {
      const std::size_t end = std::min(parts.find('/'), parts.size());
      const std::string_view part = parts.substr(0, end);
      parts.remove_prefix(std::min(end + 1, parts.size()));
      if (part.empty() || part == ".") continue;
      depth += part == ".." ? -1 : 1;
      if (depth < 0) return false;
    }
    return true;
  };
  const std::size_t slash = path.rfind('/');
  return walk(path.substr(0, slash == std::string_view::npos ? 0 : slash)) && walk(target);
}

PackedReader::PackedReader(Descriptor file, fs::path path, std::string digest,
                           const ArtifactLimits& limits)
    : file_(std::move(file)),
      path_(std::move(path)),
      digest_(std::move(digest)),
      limits_(limits),
      archive_(::archive_read_new()) {}

PackedReader::~PackedReader() {
  ::archive_read_free(archive_);
}

Result<std::unique_ptr<PackedReader>> PackedReader::open(const fs::path& path,
                                                         const std::string& digest,
                                                         const ArtifactLimits& limits) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) {
    if (errno == ENOENT) {
      return Error{ErrorKind::kNotFound, digest,
                   "The artifact is not in the store; retention has removed it (sluice.yml), or "
                   "somebody else. Run the pipeline again to make it anew."};
    }
    return system_error(path, "cannot be read", errno);
  }
  std::unique_ptr<PackedReader> made(new PackedReader(std::move(file), path, digest, limits));
  ::archive_read_support_filter_zstd(made->archive_);
  ::archive_read_support_format_tar(made->archive_);
  if (::archive_read_open(made->archive_, made.get(), nullptr, &PackedReader::read_some, nullptr) !=
      ARCHIVE_OK) {
    return made->corrupt(::archive_error_string(made->archive_));
  }
  return made;
}

long PackedReader::read_some(archive* reader, void* self, const void** buffer) {
  auto* packed = static_cast<PackedReader*>(self);
  for (;;) {
    const ssize_t size =
        ::read(packed->file_.get(), packed->buffer_.data(), packed->buffer_.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      ::archive_set_error(reader, errno, "%s", std::strerror(errno));
      return -1;
    }
    packed->hash_.add(packed->buffer_.data(), static_cast<std::size_t>(size));
    *buffer = packed->buffer_.data();
    return size;
  }
}

Error PackedReader::corrupt(const std::string& why) const {
  return {ErrorKind::kCorrupt, path_.string(),
          "The stored artifact is damaged (" + why +
              "). Remove the file and run the pipeline again to make it anew."};
}

Result<bool> PackedReader::next(ArtifactEntry& entry) {
  archive_entry* raw = nullptr;
  const int code = ::archive_read_next_header(archive_, &raw);
  if (code == ARCHIVE_EOF) return verify();
  if (code != ARCHIVE_OK) return corrupt(::archive_error_string(archive_));
  const char* name = ::archive_entry_pathname(raw);
  if (name == nullptr || ::archive_entry_hardlink(raw) != nullptr) {
    return corrupt("an entry that was never packed");
  }
  entry = {};
  entry.path = name;
  entry.mode = ::archive_entry_perm(raw) & 0777;
  switch (::archive_entry_filetype(raw)) {
    case AE_IFREG:
      entry.bytes = static_cast<std::uint64_t>(::archive_entry_size(raw));
      break;
    case AE_IFDIR:
      entry.type = ArtifactEntry::Type::kDirectory;
      if (entry.path.ends_with('/')) entry.path.pop_back();
      break;
    case AE_IFLNK:
      entry.type = ArtifactEntry::Type::kLink;
      if (const char* target = ::archive_entry_symlink(raw)) entry.target = target;
      break;
    default:
      return corrupt("an entry of a kind that was never packed");
  }
  if (auto checked = check(entry); !checked) return checked.error();
  return true;
}

Result<void> PackedReader::check(const ArtifactEntry& entry) {
  bytes_ += entry.bytes;
  if (++entries_ > limits_.entries || entry.bytes > limits_.bytes || bytes_ > limits_.bytes ||
      entry.path.size() > limits_.path_bytes) {
    return corrupt("larger than an artifact may be");
  }
  for (std::string_view rest = entry.path;;) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (part.empty() || part == "." || part == "..") return corrupt("a path that leads elsewhere");
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  if (entry.type == ArtifactEntry::Type::kLink && !stays_inside(entry.path, entry.target)) {
    return corrupt("a link that leads elsewhere");
  }
  return {};
}

Result<std::string_view> PackedReader::content(std::int64_t& offset) {
  const void* data = nullptr;
  std::size_t size = 0;
  const int code = ::archive_read_data_block(archive_, &data, &size, &offset);
  if (code == ARCHIVE_EOF) return std::string_view();
  if (code != ARCHIVE_OK) return corrupt(::archive_error_string(archive_));
  if (size == 0) return content(offset);
  return std::string_view(static_cast<const char*>(data), size);
}

// The reader stops at the end of the tar; the name covers every byte of the file.
Result<bool> PackedReader::verify() {
  const void* unused = nullptr;
  for (long size = 1; size != 0;) {
    size = read_some(archive_, this, &unused);
    if (size < 0) return corrupt("it cannot be read to its end");
  }
  if (hash_.finish() != digest_) return corrupt("its content is not what its name says");
  return false;
}

}  // namespace sluice::artifacts
