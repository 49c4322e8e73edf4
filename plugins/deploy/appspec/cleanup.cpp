#include "plugins/deploy/appspec/cleanup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "plugins/deploy/appspec/disk.hpp"
#include "plugins/deploy/appspec/tools.hpp"

namespace sluice::appspec {
namespace {

const std::string kSecurityMark = std::string("semanage") + '\0';

Check remove_one(const std::string& line) {
  if (line.rfind(kSecurityMark, 0) == 0) {
    forget_security_context(line.substr(kSecurityMark.size()));
    return Done{};
  }
  struct stat status {};
  if (line.empty() || ::lstat(line.c_str(), &status) != 0) return Done{};
  if (S_ISDIR(status.st_mode)) {
    if (::rmdir(line.c_str()) == 0 || errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT)
      return Done{};
    return io_fault("cannot remove the directory of the previous revision", line, errno);
  }
  if (::unlink(line.c_str()) == 0 || errno == ENOENT) return Done{};
  return io_fault("cannot remove the file of the previous revision", line, errno);
}

}  // namespace

CleanupList::~CleanupList() {
  if (file_ >= 0) ::close(file_);
}

Check CleanupList::open(const std::string& path) {
  path_ = path;
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0) return io_fault("cannot write the cleanup list", path_, errno);
  return Done{};
}

Check CleanupList::add_path(const std::string& path) {
  return add_line(path + "\n");
}

Check CleanupList::add_security_context(const std::string& path) {
  return add_line(kSecurityMark + path + "\n");
}

Check CleanupList::add_line(const std::string& line) {
  std::size_t at = 0;
  while (at < line.size()) {
    const ssize_t put = ::write(file_, line.data() + at, line.size() - at);
    if (put > 0)
      at += static_cast<std::size_t>(put);
    else if (errno != EINTR)
      return io_fault("cannot write the cleanup list", path_, errno);
  }
  return Done{};
}

Check CleanupList::close() {
  const bool synced = ::fsync(file_) == 0;
  const int error = errno;
  ::close(file_);
  file_ = -1;
  if (!synced) return io_fault("cannot write the cleanup list", path_, error);
  return Done{};
}

Check remove_previous(const std::string& list) {
  const auto text = read_file(list);
  if (!text) return Done{};
  std::vector<std::string> lines;
  for (std::size_t at = 0, end = 0; (end = text->find('\n', at)) != std::string::npos; at = end + 1)
    lines.push_back(text->substr(at, end - at));
  for (auto line = lines.rbegin(); line != lines.rend(); ++line)
    if (auto removed = remove_one(*line); !removed) return removed;
  if (::unlink(list.c_str()) != 0 && errno != ENOENT)
    return io_fault("cannot remove the cleanup list", list, errno);
  return Done{};
}

}  // namespace sluice::appspec
