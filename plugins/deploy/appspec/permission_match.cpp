#include "plugins/deploy/appspec/permission_match.hpp"

#include <algorithm>

namespace sluice::appspec {

bool matches_glob(std::string_view name, std::string_view pattern) {
  if (name.find('/') != std::string_view::npos) return false;
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (at < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      resume = at;
    } else if (in_pattern < pattern.size() && pattern[in_pattern] == name[at]) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

bool permission_reaches(const Permission& permission, const std::string& object,
                        const std::string& path) {
  const std::string folder = object == "/" ? object : object + "/";
  if (path.rfind(folder, 0) != 0 || path.size() == folder.size()) return false;
  const std::string_view below = std::string_view(path).substr(folder.size());
  if (permission.pattern != "**" && !matches_glob(below, permission.pattern)) return false;
  return std::none_of(permission.except.begin(), permission.except.end(),
                      [&](const std::string& pattern) { return matches_glob(below, pattern); });
}

}  // namespace sluice::appspec
