#include "engine/artifacts/log_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/core/file_name.hpp"

namespace sluice {

namespace fs = std::filesystem;

fs::path LogStore::path(const LogName& name) const {
  return root_ / file_name_of(name.pipeline) / to_text(name.execution) / file_name_of(name.stage) /
         (file_name_of(name.action) + "." + std::to_string(name.attempt) + ".log");
}

Result<LogWriter> LogStore::writer(const LogName& name, LogLimits limits) const {
  const fs::path file = path(name);
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  const int opened =
      failed ? -1 : ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0) {
    const int why = failed ? failed.value() : errno;
    return Error{ErrorKind::kUnavailable, file.string(),
                 std::string("cannot be made: ") + std::strerror(why) + "."};
  }
  struct stat status {};
  ::fstat(opened, &status);
  LogWriter log(opened, static_cast<std::uint64_t>(status.st_size), file.string(), limits);
  log.end_half_line();
  return log;
}

Result<void> LogStore::remove(const std::string& pipeline, Uuid execution) const {
  const fs::path directory = root_ / file_name_of(pipeline) / to_text(execution);
  std::error_code failed;
  fs::remove_all(directory, failed);
  if (failed) {
    return Error{ErrorKind::kUnavailable, directory.string(),
                 "cannot be removed: " + failed.message() + "."};
  }
  return {};
}

LogLine split_log_line(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  constexpr std::string_view kShape = "0000-00-00T00:00:00.000Z";
  const auto fits = [&] {
    if (line.size() < kShape.size()) return false;
    for (std::size_t i = 0; i < kShape.size(); ++i) {
      const bool digit = line[i] >= '0' && line[i] <= '9';
      if (kShape[i] == '0' ? !digit : line[i] != kShape[i]) return false;
    }
    return line.size() == kShape.size() || line[kShape.size()] == ' ';
  };
  if (!fits()) return {{}, line};
  return {line.substr(0, kShape.size()), line.substr(std::min(line.size(), kShape.size() + 1))};
}

}  // namespace sluice
