#include "engine/artifacts/log_sweep.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace sluice {

namespace fs = std::filesystem;

namespace {

ExecutionLogs look_at(const fs::path& folder, Uuid execution) {
  ExecutionLogs logs{folder, execution, {}, 0};
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    struct stat status {};
    if (::lstat(at->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const std::int64_t written_ms =
        status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000;
    logs.newest.ms = std::max(logs.newest.ms, written_ms);
    logs.bytes += static_cast<std::uint64_t>(status.st_size);
  }
  return logs;
}

}  // namespace

LogSweep::LogSweep(fs::path root) {
  std::error_code absent;
  pipelines_ = fs::directory_iterator(std::move(root), absent);
}

bool LogSweep::next_pipeline() {
  if (pipelines_ == fs::directory_iterator()) return false;
  std::error_code failed;
  executions_ = fs::directory_iterator(pipelines_->path(), failed);
  if (failed) executions_ = {};
  pipelines_.increment(failed);
  if (failed) pipelines_ = {};
  return true;
}

bool LogSweep::step(std::size_t most, std::vector<ExecutionLogs>& into) {
  while (most > 0) {
    if (executions_ == fs::directory_iterator()) {
      if (!next_pipeline()) return false;
      continue;
    }
    const fs::path folder = executions_->path();
    std::error_code failed;
    executions_.increment(failed);
    if (failed) executions_ = {};
    const Uuid execution = parse_uuid(folder.filename().string());
    if (execution.empty()) continue;
    into.push_back(look_at(folder, execution));
    --most;
  }
  return true;
}

Result<void> LogSweep::remove(const ExecutionLogs& logs) {
  std::error_code failed;
  fs::remove_all(logs.folder, failed);
  if (failed)
    return Error{ErrorKind::kUnavailable, logs.folder.string(),
                 "cannot be removed: " + failed.message() + "."};
  fs::remove(logs.folder.parent_path(), failed);  // only if it is empty
  return {};
}

}  // namespace sluice
