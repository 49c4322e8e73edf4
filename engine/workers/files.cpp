#include "engine/workers/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace sluice::workers {
namespace {

constexpr Uuid kNobody = {~std::uint64_t{0}, ~std::uint64_t{0}};

Error failed(const std::filesystem::path& path) {
  return {ErrorKind::kUnavailable, path.string(),
          std::string("cannot be written: ") + std::strerror(errno)};
}

bool sync_directory(const std::filesystem::path& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  const bool good = fsync(directory) == 0;
  close(directory);
  return good;
}

Result<void> write_whole(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path unborn = path.string() + '.' + std::to_string(getpid());
  const int file = open(unborn.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(unborn);
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t size = write(file, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    good = size > 0;
    if (good) bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  good = good && fsync(file) == 0;
  const Error error = good ? Error{} : failed(unborn);
  close(file);
  if (good && rename(unborn.c_str(), path.c_str()) == 0 && sync_directory(path.parent_path()))
    return {};
  const Error later = good ? failed(path) : error;
  unlink(unborn.c_str());
  return later;
}

std::optional<std::string> read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Result<std::optional<Uuid>> WorkerFiles::recorded_instance() const {
  const std::filesystem::path path = directory / "instance";
  const auto text = read_whole(path);
  if (!text) {
    if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::optional<Uuid>();
    return Error{ErrorKind::kUnavailable, path.string(),
                 std::string("cannot be read: ") + std::strerror(errno)};
  }
  const Uuid instance = parse_uuid(std::string_view(*text).substr(0, text->find('\n')));
  return std::optional<Uuid>(instance.empty() ? kNobody : instance);
}

Result<void> WorkerFiles::record_instance(Uuid instance) const {
  return write_whole(directory / "instance", to_text(instance) + "\n");
}

std::optional<Remains> WorkerFiles::remains() const {
  const auto bytes = read_whole(directory / "remains");
  return bytes ? decode_remains(*bytes) : std::nullopt;
}

Result<void> WorkerFiles::leave(const Remains& remains) const {
  return write_whole(directory / "remains", encode(remains));
}

}  // namespace sluice::workers
