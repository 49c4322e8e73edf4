#include "plugins/deploy/appspec/file_tree.hpp"

#include <algorithm>
#include <filesystem>

namespace sluice::appspec {

namespace fs = std::filesystem;

bool DiskTree::exists(const std::string& path) const {
  std::error_code error;
  return fs::exists(path, error);
}

bool DiskTree::is_directory(const std::string& path) const {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::vector<std::string> DiskTree::entries(const std::string& path) const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error))
    names.push_back(at->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string DiskTree::resolved(const std::string& path) const {
  std::error_code error;
  return fs::canonical(path, error).string();
}

}  // namespace sluice::appspec
