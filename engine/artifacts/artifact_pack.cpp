// Packing: a walk over the directory in sorted order, through tar and zstd and SHA-256 into an
// unfinished file, which gets its name when the digest is known and the bytes are durable.
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/artifacts/artifact_store.hpp"
#include "engine/artifacts/packed_file.hpp"
#include "engine/artifacts/store_turn.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;
using artifacts::Descriptor;
using artifacts::Sha256;
using artifacts::stays_inside;
using artifacts::system_error;

// A file without a name of its own yet; gone unless keep() was called.
class Unfinished {
 public:
  static Result<Unfinished> make(const fs::path& root) {
    const fs::path directory = root / "unfinished";
    std::string pattern = (directory / (std::to_string(::getpid()) + ".XXXXXX")).string();
    int file = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (file < 0 && errno == ENOENT) {
      if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        return system_error(directory, "cannot be made", errno);
      }
      pattern.replace(pattern.size() - 6, 6, "XXXXXX");
      file = ::mkostemp(pattern.data(), O_CLOEXEC);
    }
    if (file < 0) return system_error(directory, "cannot be written", errno);
    return Unfinished(Descriptor(file), pattern);
  }
  Unfinished(Unfinished&& from) noexcept
      : file_(std::move(from.file_)), path_(std::exchange(from.path_, "")) {}
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  [[nodiscard]] int file() const { return file_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  // Durable under its name, whoever else does the same at the same time.
  Result<void> keep(const fs::path& name) {
    if (::fchmod(file_.get(), 0400) != 0 || ::fsync(file_.get()) != 0) {
      return system_error(path_, "cannot be made durable", errno);
    }
    const fs::path directory = name.parent_path();
    const bool made = ::mkdir(directory.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return system_error(directory, "cannot be made", errno);
    if (::rename(path_.c_str(), name.c_str()) != 0) {
      return system_error(name, "cannot be made", errno);
    }
    path_.clear();
    if (auto synced = sync(directory); !synced) return synced;
    return made ? sync(directory.parent_path()) : Result<void>();
  }

 private:
  Unfinished(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  static Result<void> sync(const fs::path& directory) {
    const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0) {
      return system_error(directory, "cannot be made durable", errno);
    }
    return {};
  }

  Descriptor file_;
  std::string path_;
};

class Packer {
 public:
  Packer(fs::path directory, const ArtifactLimits& limits, const Unfinished& out)
      : directory_(std::move(directory)),
        limits_(limits),
        out_(out),
        archive_(::archive_write_new()),
        entry_(::archive_entry_new()) {}
  ~Packer() {
    ::archive_entry_free(entry_);
    ::archive_write_free(archive_);
  }
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  Result<std::string> run() {
    // GNU tar takes names as the bytes that they are, whatever the locale.
    ::archive_write_set_format_gnutar(archive_);
    ::archive_write_add_filter_zstd(archive_);
    const std::string level = std::to_string(limits_.compression);
    ::archive_write_set_filter_option(archive_, "zstd", "compression-level", level.c_str());
    ::archive_write_set_bytes_per_block(archive_, 64 * 1024);
    ::archive_write_set_bytes_in_last_block(archive_, 1);
    if (::archive_write_open(archive_, this, nullptr, &Packer::write_some, nullptr) != ARCHIVE_OK) {
      return failed();
    }
    Descriptor top(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!top) return system_error(directory_, "cannot be packed", errno);
    if (auto walked = walk(std::move(top), "", 0); !walked) return walked.error();
    if (::archive_write_close(archive_) != ARCHIVE_OK) return failed();
    return hash_.finish();
  }

 private:
  static la_ssize_t write_some(archive* writer, void* self, const void* data, std::size_t size) {
    auto* packer = static_cast<Packer*>(self);
    const char* bytes = static_cast<const char*>(data);
    for (std::size_t done = 0; done < size;) {
      const ssize_t some = ::write(packer->out_.file(), bytes + done, size - done);
      if (some < 0 && errno == EINTR) continue;
      if (some < 0) {
        packer->write_error_ = errno;
        ::archive_set_error(writer, errno, "%s", std::strerror(errno));
        return -1;
      }
      done += static_cast<std::size_t>(some);
    }
    packer->hash_.add(data, size);
    return static_cast<la_ssize_t>(size);
  }

  [[nodiscard]] Error failed() const {
    if (write_error_ != 0) return system_error(out_.path(), "cannot be written", write_error_);
    const char* why = ::archive_error_string(archive_);
    return {ErrorKind::kUnavailable, directory_.string(),
            std::string("cannot be packed: ") + (why == nullptr ? "unknown reason" : why) + "."};
  }
  [[nodiscard]] Error refused(const std::string& path, const std::string& why) const {
    return {ErrorKind::kBadInput, (directory_ / path).string(), "cannot be in an artifact: " + why};
  }

  Result<void> walk(Descriptor directory, const std::string& prefix, int depth) {
    if (depth > limits_.depth) {
      return refused(prefix,
                     "directories are nested deeper than " + std::to_string(limits_.depth) + ".");
    }
    DIR* stream = ::fdopendir(directory.get());
    if (stream == nullptr) return system_error(directory_ / prefix, "cannot be read", errno);
    const int number = directory.release();  // the stream's now
    std::vector<std::string> names;
    while (const dirent* item = ::readdir(stream)) {
      const std::string_view name = item->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      if (names.size() > limits_.entries) break;
    }
    std::sort(names.begin(), names.end());
    Result<void> done;
    for (const std::string& name : names) {
      done = add(number, name, prefix.empty() ? name : prefix + "/" + name, depth);
      if (!done) break;
    }
    ::closedir(stream);
    return done;
  }

  Result<void> add(int parent, const std::string& name, const std::string& path, int depth) {
    struct stat status {};
    if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return system_error(directory_ / path, "cannot be read", errno);
    }
    if (S_ISSOCK(status.st_mode)) return {};
    if (++entries_ > limits_.entries) {
      return refused("",
                     "there are more than " + std::to_string(limits_.entries) + " files in it.");
    }
    if (path.size() > limits_.path_bytes) {
      return refused(path,
                     "its path is longer than " + std::to_string(limits_.path_bytes) + " bytes.");
    }
    ::archive_entry_clear(entry_);
    ::archive_entry_set_pathname(entry_, path.c_str());
    ::archive_entry_set_perm(entry_, status.st_mode & 0777);
    if (S_ISDIR(status.st_mode)) return add_directory(parent, name, path, depth);
    if (S_ISLNK(status.st_mode)) return add_link(parent, name, path);
    if (S_ISREG(status.st_mode)) return add_file(parent, name, path);
    return refused(path, "it is neither a file, a directory nor a link.");
  }

  Result<void> add_directory(int parent, const std::string& name, const std::string& path,
                             int depth) {
    ::archive_entry_set_filetype(entry_, AE_IFDIR);
    if (::archive_write_header(archive_, entry_) != ARCHIVE_OK) return failed();
    Descriptor opened(
        ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!opened) return system_error(directory_ / path, "cannot be read", errno);
    return walk(std::move(opened), path, depth + 1);
  }

  Result<void> add_link(int parent, const std::string& name, const std::string& path) {
    std::string target(limits_.path_bytes + 1, '\0');
    const ssize_t size = ::readlinkat(parent, name.c_str(), target.data(), target.size());
    if (size < 0) return system_error(directory_ / path, "cannot be read", errno);
    target.resize(static_cast<std::size_t>(size));
    if (!stays_inside(path, target)) {
      return refused(path, "it is a link to " + target +
                               ", which is outside. Copy what it points to, or leave it out.");
    }
    ::archive_entry_set_filetype(entry_, AE_IFLNK);
    ::archive_entry_set_perm(entry_, 0777);
    ::archive_entry_set_symlink(entry_, target.c_str());
    if (::archive_write_header(archive_, entry_) != ARCHIVE_OK) return failed();
    return {};
  }

  Result<void> add_file(int parent, const std::string& name, const std::string& path) {
    const Descriptor file(::openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) {
      return system_error(directory_ / path, "cannot be read", errno);
    }
    bytes_ += static_cast<std::uint64_t>(status.st_size);
    if (bytes_ > limits_.bytes) {
      return refused(path,
                     "with it there are more than " + std::to_string(limits_.bytes) + " bytes.");
    }
    ::archive_entry_set_filetype(entry_, AE_IFREG);
    ::archive_entry_set_size(entry_, status.st_size);
    if (::archive_write_header(archive_, entry_) != ARCHIVE_OK) return failed();
    for (off_t left = status.st_size; left != 0;) {
      const std::size_t want =
          std::min<std::size_t>(buffer_.size(), static_cast<std::size_t>(left));
      const ssize_t size = ::read(file.get(), buffer_.data(), want);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return system_error(directory_ / path, "cannot be read", errno);
      if (size == 0) return refused(path, "it became shorter while it was packed.");
      const auto bytes = static_cast<std::size_t>(size);
      if (::archive_write_data(archive_, buffer_.data(), bytes) != size) return failed();
      left -= size;
    }
    return {};
  }

  fs::path directory_;
  ArtifactLimits limits_;
  const Unfinished& out_;
  archive* archive_;
  archive_entry* entry_;
  Sha256 hash_;
  int write_error_ = 0;
  std::uint64_t entries_ = 0, bytes_ = 0;
  std::vector<char> buffer_ = std::vector<char>(128 * 1024);
};

}  // namespace

Result<std::string> ArtifactStore::pack(const fs::path& directory) const {
  auto out = Unfinished::make(root_);
  if (!out) return out.error();
  auto digest = Packer(directory, limits_, *out).run();
  if (!digest) return digest;
  const auto turn = artifacts::StoreTurn::share(root_);
  if (!turn) return turn.error();
  // What is there already becomes young again, so that no sweep takes it (artifact_sweep.hpp).
  if (::utimensat(AT_FDCWD, path(*digest).c_str(), nullptr, 0) == 0) return digest;
  if (auto kept = out->keep(path(*digest)); !kept) return kept.error();
  return digest;
}

Result<void> ArtifactStore::keep(const std::string& digest) const {
  const auto turn = artifacts::StoreTurn::share(root_);
  if (!turn) return turn.error();
  if (::utimensat(AT_FDCWD, path(digest).c_str(), nullptr, 0) == 0) return {};
  if (errno == ENOENT)
    return Error{ErrorKind::kNotFound, digest, "The artifact was removed by retention."};
  return artifacts::system_error(path(digest), "cannot be kept", errno);
}

}  // namespace sluice
