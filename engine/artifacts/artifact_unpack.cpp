// Unpacking. Nothing is followed on the way down: every directory of a path is opened from the one
// above it and may not be a link, so no entry lands outside, whatever the packed file says.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "engine/artifacts/artifact_store.hpp"
#include "engine/artifacts/packed_file.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;
using artifacts::Descriptor;
using artifacts::PackedReader;
using artifacts::system_error;

class Unpacker {
 public:
  Unpacker(const fs::path& directory, PackedReader& reader)
      : directory_(directory),
        reader_(reader),
        top_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

  Result<void> run() {
    if (!top_) return system_error(directory_, "cannot be filled", errno);
    for (;;) {
      ArtifactEntry entry;
      auto more = reader_.next(entry);
      if (!more) return more.error();
      if (!*more) return close_directories();
      if (auto made = make(entry); !made) return made;
    }
  }

 private:
  Result<void> make(const ArtifactEntry& entry) {
    const std::size_t slash = entry.path.rfind('/');
    const bool nested = slash != std::string::npos;
    Descriptor opened;
    if (nested) {
      auto parent = parent_of(entry.path);
      if (!parent) return parent.error();
      opened = std::move(parent).value();
    }
    const int parent = nested ? opened.get() : top_.get();
    const char* name = entry.path.c_str() + (nested ? slash + 1 : 0);
    switch (entry.type) {
      case ArtifactEntry::Type::kDirectory:
        // Writable until its content is there.
        if (::mkdirat(parent, name, 0700) != 0) return failed(entry);
        directories_.push_back(entry);
        return {};
      case ArtifactEntry::Type::kLink:
        return ::symlinkat(entry.target.c_str(), parent, name) == 0 ? Result<void>()
                                                                    : failed(entry);
      case ArtifactEntry::Type::kFile:
        return make_file(parent, name, entry);
    }
    return {};
  }

  Result<void> make_file(int parent, const char* name, const ArtifactEntry& entry) {
    const Descriptor file(
        ::openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return failed(entry);
    std::int64_t offset = 0;
    for (;;) {
      auto piece = reader_.content(offset);
      if (!piece) return piece.error();
      if (piece->empty()) break;
      for (std::size_t done = 0; done < piece->size();) {
        const ssize_t some = ::pwrite(file.get(), piece->data() + done, piece->size() - done,
                                      offset + static_cast<std::int64_t>(done));
        if (some < 0 && errno == EINTR) continue;
        if (some < 0) return failed(entry);
        done += static_cast<std::size_t>(some);
      }
    }
    return ::fchmod(file.get(), entry.mode) == 0 ? Result<void>() : failed(entry);
  }

  Result<Descriptor> parent_of(const std::string& path) {
    Descriptor at;
    std::size_t begin = 0;
    for (;;) {
      const std::size_t end = path.find('/', begin);
      if (end == std::string::npos) return at;
      const std::string part = path.substr(begin, end - begin);
      Descriptor next(::openat(at ? at.get() : top_.get(), part.c_str(),
                               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!next) return system_error(directory_ / path, "cannot be made", errno);
      at = std::move(next);
      begin = end + 1;
    }
  }

  // The deepest first, so that one without permission does not keep those below it from theirs.
  Result<void> close_directories() {
    for (auto entry = directories_.rbegin(); entry != directories_.rend(); ++entry) {
      if (::fchmodat(top_.get(), entry->path.c_str(), entry->mode, 0) != 0) return failed(*entry);
    }
    return {};
  }

  Error failed(const ArtifactEntry& entry) const {
    return system_error(directory_ / entry.path, "cannot be made", errno);
  }

  fs::path directory_;
  PackedReader& reader_;
  Descriptor top_;
  std::vector<ArtifactEntry> directories_;
};

void empty(const fs::path& directory) {
  std::error_code failed, ignored;
  for (const auto& entry : fs::directory_iterator(directory, failed)) {
    fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

Result<void> ArtifactStore::unpack(const std::string& digest, const fs::path& directory) const {
  std::error_code failed;
  if (!fs::is_empty(directory, failed) || failed) {
    return Error{ErrorKind::kBadInput, directory.string(),
                 "is no empty directory to unpack an artifact into."};
  }
  auto reader = PackedReader::open(path(digest), digest, limits_);
  if (!reader) return reader.error();
  auto done = Unpacker(directory, **reader).run();
  if (!done) empty(directory);
  return done;
}

}  // namespace sluice
