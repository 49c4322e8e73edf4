#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/artifacts/log_store.hpp"

namespace sluice {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

// An open log that closes itself.
class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& path)
      : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), why_(errno) {}
  ~LogFile() {
    if (file_ >= 0) ::close(file_);
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  [[nodiscard]] bool is_open() const { return file_ >= 0; }
  [[nodiscard]] Error error() const {
    if (why_ == ENOENT)
      return {ErrorKind::kNotFound, path_.string(),
              "There is no such log; retention may have removed it."};
    return {ErrorKind::kUnavailable, path_.string(),
            std::string("cannot be read: ") + std::strerror(why_) + "."};
  }
  [[nodiscard]] std::uint64_t size() const {
    struct stat status {};
    return ::fstat(file_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  }
  // Appends up to `bytes` from `offset`; false at an error.
  bool read(std::uint64_t offset, std::size_t bytes, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + bytes);
    std::size_t got = 0;
    while (got < bytes) {
      const ssize_t some =
          ::pread(file_, out.data() + before + got, bytes - got, static_cast<off_t>(offset + got));
      if (some < 0 && errno == EINTR) continue;
      if (some < 0) {
        why_ = errno;
        return false;
      }
      if (some == 0) break;
      got += static_cast<std::size_t>(some);
    }
    out.resize(before + got);
    return true;
  }

 private:
  std::filesystem::path path_;
  int file_;
  int why_;
};

}  // namespace

Result<LogPart> LogStore::read(const LogName& name, std::uint64_t offset, std::size_t bytes) const {
  LogFile file(path(name));
  if (!file.is_open()) return file.error();
  LogPart part{"", offset};
  for (std::size_t want = std::max<std::size_t>(bytes, 1);; want = kChunk) {
    const std::size_t before = part.text.size();
    if (!file.read(offset + before, want, part.text)) return file.error();
    const std::size_t end = part.text.rfind('\n');
    const bool at_end = part.text.size() - before < want;
    if (end == std::string::npos && !at_end) continue;
    part.text.resize(end == std::string::npos ? 0 : end + 1);
    part.next_offset = offset + part.text.size();
    return part;
  }
}

Result<LogPart> LogStore::tail(const LogName& name, std::size_t lines) const {
  LogFile file(path(name));
  if (!file.is_open()) return file.error();
  const std::uint64_t size = file.size();
  std::uint64_t begin = size;
  std::string text;
  // Backwards until there is one newline more than lines, which ends the line before them.
  for (;;) {
    const auto found = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (begin == 0 || found > lines) break;
    const std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(begin, kChunk));
    std::string chunk;
    if (!file.read(begin - step, step, chunk)) return file.error();
    begin -= step;
    text.insert(0, chunk);
  }
  const std::size_t end = text.rfind('\n');
  text.resize(end == std::string::npos ? 0 : end + 1);
  const std::uint64_t next = begin + text.size();
  std::size_t first = text.size();
  for (std::size_t i = 0; i < lines && first != 0; ++i) {
    const std::size_t newline = first < 2 ? std::string::npos : text.rfind('\n', first - 2);
    first = newline == std::string::npos ? 0 : newline + 1;
  }
  return LogPart{text.substr(first), next};
}

}  // namespace sluice
