#include "plugins/deploy/appspec/disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace sluice::appspec {

namespace fs = std::filesystem;

Fault io_fault(const std::string& what, const std::string& path, int error) {
  return {"IO_ERROR", what + ": " + std::strerror(error), path};
}

Check copy_regular_file(const std::string& source, const std::string& destination) {
  struct stat status {};
  if (::stat(source.c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return io_fault("cannot read the file", source, errno);
    return Fault{"SOURCE_MISSING",
                 "the revision has no such file; check source in files (names are taken "
                 "literally, without wildcards)",
                 source};
  }
  if (!S_ISREG(status.st_mode))
    return Fault{"IO_ERROR", "only files, links and directories can be deployed", source};
  std::error_code error;
  fs::copy_file(source, destination, fs::copy_options::overwrite_existing, error);
  if (error) return io_fault("cannot copy " + source + " here", destination, error.value());
  const struct timespec times[2] = {status.st_atim, status.st_mtim};
  ::utimensat(AT_FDCWD, destination.c_str(), times, 0);
  return Done{};
}

Check copy_link(const std::string& source, const std::string& destination) {
  std::error_code error;
  const fs::path target = fs::read_symlink(source, error);
  if (error) return io_fault("cannot read the link", source, error.value());
  if (::symlink(target.c_str(), destination.c_str()) == 0) return Done{};
  if (errno != EEXIST) return io_fault("cannot make the link", destination, errno);
  return Fault{"LINK_EXISTS",
               "the revision has a symbolic link for this path, which exists; OVERWRITE cannot "
               "replace it, so remove it first",
               destination};
}

Check copy_tree(const std::string& source, const std::string& destination) {
  struct stat status {};
  if (::stat(source.c_str(), &status) != 0) return io_fault("cannot read", source, errno);
  if (::mkdir(destination.c_str(), 0700) != 0 && errno != EEXIST)
    return io_fault("cannot make the directory", destination, errno);
  std::error_code error;
  fs::directory_iterator at(source, error);
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    const std::string from = at->path().string();
    const std::string to = destination + "/" + at->path().filename().string();
    std::error_code ignored;
    Check copied = Done{};
    if (at->is_symlink(ignored))
      copied = copy_link(from, to);
    else if (at->is_directory(ignored))
      copied = copy_tree(from, to);
    else
      copied = copy_regular_file(from, to);
    if (!copied) return copied;
  }
  if (error) return io_fault("cannot list the directory", source, error.value());
  // Last, for a directory may be read-only.
  if (::chmod(destination.c_str(), status.st_mode & 07777U) != 0)
    return io_fault("cannot set the mode", destination, errno);
  return Done{};
}

std::optional<std::string> read_file(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) return std::nullopt;
  return content.str();
}

Check write_file(const std::string& path, const std::string& content) {
  const std::string beside = path + ".new";
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return io_fault("cannot write", beside, errno);
  std::size_t at = 0;
  int error = 0;
  while (at < content.size() && error == 0) {
    const ssize_t put = ::write(file, content.data() + at, content.size() - at);
    if (put > 0)
      at += static_cast<std::size_t>(put);
    else if (errno != EINTR)
      error = errno;
  }
  if (error == 0 && ::fsync(file) != 0) error = errno;
  ::close(file);
  if (error == 0 && ::rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) return io_fault("cannot write", path, error);
  return Done{};
}

Check make_directories(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return io_fault("cannot make the directory", path, error.value());
  return Done{};
}

}  // namespace sluice::appspec
