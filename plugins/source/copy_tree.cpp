#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "plugins/source/digest.hpp"
#include "plugins/source/tree.hpp"

namespace sluice::source {
namespace fs = std::filesystem;
namespace {

class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0)
      : fd_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = write(fd, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

class Copier {
 public:
  Copier(const std::string& from, const std::string& to) : from_(from), to_(to) {}

  // False with errno set if it failed; a path that is gone is no failure.
  bool copy(const std::string& path) {
    std::error_code ignored;
    const fs::path source = from_ / path, target = to_ / path;
    fs::create_directories(target.parent_path(), ignored);
    struct stat status {};
    if (lstat(source.c_str(), &status) != 0) return errno == ENOENT;
    return S_ISLNK(status.st_mode) ? copy_link(path, source, target)
                                   : copy_file(path, source, target);
  }

  Digest digest;
  std::size_t files = 0;
  std::uint64_t bytes = 0;

 private:
  // Lengths and zero bytes keep different trees from giving the same sum.
  void begin(const std::string& path, const std::string& kind, std::uint64_t size) {
    digest.add(kind + " " + std::to_string(size) + " " + path);
    digest.add(std::string_view("\0", 1));
    ++files;
  }

  bool copy_link(const std::string& path, const fs::path& source, const fs::path& target) {
    std::error_code error;
    const auto to = fs::read_symlink(source, error).string();
    if (!error) fs::create_symlink(to, target, error);
    if (error) {
      errno = error.value();
      return false;
    }
    begin(path, "link", to.size());
    digest.add(to);
    return true;
  }

  bool copy_file(const std::string& path, const fs::path& source, const fs::path& target) {
    const File in(source.string(), O_RDONLY | O_NOFOLLOW);
    struct stat status {};
    if (in.get() < 0) return errno == ENOENT;
    if (fstat(in.get(), &status) != 0) return false;
    const File out(target.string(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (out.get() < 0) return false;
    begin(path, (status.st_mode & 0111) != 0 ? "executable" : "file",
          static_cast<std::uint64_t>(status.st_size));
    char buffer[65'536];
    for (;;) {
      const ssize_t n = read(in.get(), buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return false;
      if (n == 0) break;
      digest.add({buffer, static_cast<std::size_t>(n)});
      bytes += static_cast<std::uint64_t>(n);
      if (!write_all(out.get(), buffer, static_cast<std::size_t>(n))) return false;
    }
    const timespec times[] = {status.st_atim, status.st_mtim};
    return fchmod(out.get(), status.st_mode & 0777) == 0 && futimens(out.get(), times) == 0;
  }

  fs::path from_, to_;
};

}  // namespace

Copied copy_tree(const std::string& from, const std::vector<std::string>& paths,
                 const std::string& to, const std::function<bool()>& stop) {
  Copied copied;
  Copier copier(from, to);
  for (const auto& path : paths) {
    if (stop()) {
      copied.problem = "cancelled";
      return copied;
    }
    if (!copier.copy(path)) {
      copied.problem = "cannot copy " + from + "/" + path + ": " + strerror(errno);
      return copied;
    }
  }
  copied.digest = copier.digest.hex();
  copied.files = copier.files;
  copied.bytes = copier.bytes;
  return copied;
}

}  // namespace sluice::source
