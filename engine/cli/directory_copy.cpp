#include "engine/cli/directory_copy.hpp"

#include <filesystem>
#include <vector>

namespace sluice {
namespace fs = std::filesystem;
namespace {

void copy_entry(const fs::directory_entry& entry, const fs::path& to, std::error_code& error) {
  if (entry.is_symlink()) {
    fs::remove(to, error);
    fs::copy_symlink(entry.path(), to, error);
  } else if (entry.is_directory()) {
    // Writable until its content is there; the mode follows.
    fs::create_directories(to, error);
  } else if (entry.is_regular_file()) {
    if (fs::is_symlink(fs::symlink_status(to))) fs::remove(to, error);
    fs::copy_file(entry.path(), to, fs::copy_options::overwrite_existing, error);
    std::error_code ignored;
    if (!error) fs::last_write_time(to, fs::last_write_time(entry.path(), ignored), ignored);
  }
}

}  // namespace

Result<void> copy_directory(const std::string& from, const std::string& to) {
  std::error_code error;
  const auto failed = [&](const fs::path& where) {
    return Error{ErrorKind::kUnavailable, where.string(), "cannot be copied: " + error.message()};
  };
  fs::create_directories(to, error);
  if (error) return failed(to);
  std::vector<std::pair<fs::path, fs::perms>> modes;
  fs::recursive_directory_iterator at(from, error), end;
  if (error) return failed(from);
  while (at != end) {
    const fs::path target = to / at->path().lexically_relative(from);
    copy_entry(*at, target, error);
    if (error) return failed(at->path());
    if (!at->is_symlink() && at->is_directory())
      modes.emplace_back(target, at->status().permissions());
    at.increment(error);
    if (error) return failed(from);
  }
  for (auto mode = modes.rbegin(); mode != modes.rend(); ++mode)
    fs::permissions(mode->first, mode->second, error);
  return {};
}

}  // namespace sluice
