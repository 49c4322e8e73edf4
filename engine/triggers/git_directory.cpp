#include "engine/triggers/git_directory.hpp"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace sluice::triggers {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestLine = 4096;
constexpr int kMostSteps = 4;  // a .git file that names a worktree's directory, and so on

// statfs(2): NFS, SMB, CIFS, SMB2, FUSE, 9P, Ceph, AFS.
constexpr std::array<std::uint64_t, 8> kElsewhere = {
    0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x00c36400, 0x5346414f};

std::string first_line(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string line(kLongestLine, '\0');
  in.read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<std::size_t>(in.gcount()));
  return line.substr(0, line.find_first_of("\r\n"));
}

bool keeps_refs(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path / "HEAD", ignored) && (fs::is_directory(path / "refs", ignored) ||
                                                fs::is_regular_file(path / "commondir", ignored));
}

// The directory that git would find there (its order: enter_repo() in git's path.c); "" if none.
fs::path found_at(const fs::path& path, int steps) {
  constexpr std::string_view kPointer = "gitdir: ";
  std::error_code ignored;
  if (steps == 0) return {};
  if (fs::is_regular_file(path, ignored)) {
    const auto line = first_line(path);
    if (!line.starts_with(kPointer)) return {};
    return found_at(path.parent_path() / line.substr(kPointer.size()), steps - 1);
  }
  if (fs::exists(path / ".git", ignored)) return found_at(path / ".git", steps - 1);
  return keeps_refs(path) ? path : fs::path();
}

}  // namespace

std::string git_directory(const std::string& where) {
  constexpr std::string_view kFile = "file://";
  const std::string path = where.starts_with(kFile) ? where.substr(kFile.size()) : where;
  if (!path.starts_with('/')) return "";
  fs::path found = found_at(path, kMostSteps);
  if (found.empty()) found = found_at(path + ".git", kMostSteps);
  if (found.empty()) return "";
  std::error_code trouble;
  if (fs::is_regular_file(found / "commondir", trouble))
    found = found / first_line(found / "commondir");
  found = fs::canonical(found, trouble);
  return trouble ? "" : found.string();
}

bool tells_changes(const std::string& directory) {
  struct statfs about {};
  if (statfs(directory.c_str(), &about) != 0) return false;
  const auto type = static_cast<std::uint64_t>(static_cast<std::uint32_t>(about.f_type));
  return std::find(kElsewhere.begin(), kElsewhere.end(), type) == kElsewhere.end();
}

}  // namespace sluice::triggers
