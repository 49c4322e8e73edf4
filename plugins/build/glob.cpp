#include "plugins/build/glob.hpp"

#include <algorithm>
#include <system_error>

namespace sluice::build {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") parts.emplace_back(part);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

std::size_t character_size(std::string_view text, std::size_t at) {
  std::size_t size = 1;
  while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0) == 0x80)
    ++size;
  return size;
}

// One component: after a mismatch the last star takes one character more.
bool component_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t += character_size(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool components_match(const std::vector<std::string>& pattern,
                      const std::vector<std::string>& path) {
  std::size_t p = 0, t = 0, star = std::string::npos, resume = 0;
  while (t < path.size()) {
    if (p < pattern.size() && pattern[p] == "**") {
      star = ++p;
      resume = t;
    } else if (p < pattern.size() && component_matches(pattern[p], path[t])) {
      ++p;
      ++t;
    } else if (star != std::string::npos) {
      p = star;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == "**") ++p;
  return p == pattern.size();
}

bool is_file(const fs::path& path, Links links) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_regular_file(status)) return true;
  if (links == Links::kToFiles && fs::exists(status)) return false;
  // A link that leads nowhere is still a link, to be kept or to be complained about.
  return fs::is_symlink(fs::symlink_status(path, error));
}

// Calls take(entry, relative path) for all entries below directory that are at most depth deep.
template <class Take>
void walk(const fs::path& directory, const std::string& prefix, std::size_t depth, Take take) {
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string path = prefix + at->path().filename().string();
    take(*at, path);
    std::error_code ignored;
    if (depth > 1 && at->symlink_status(ignored).type() == fs::file_type::directory)
      walk(at->path(), path + '/', depth - 1, take);
  }
}

// Where the walk for a pattern begins, and how deep it may have to go.
struct Walk {
  fs::path directory;
  std::string prefix;
  std::size_t depth;
};

Walk plan_walk(const fs::path& base, const Glob& glob) {
  constexpr std::size_t kDeepest = 256;
  Walk plan{base, "", 0};
  const auto& parts = glob.parts();
  for (std::size_t i = 0; i < glob.literal_parts(); ++i) {
    plan.directory /= parts[i];
    plan.prefix += parts[i] + '/';
  }
  const bool deep = std::find(parts.begin(), parts.end(), "**") != parts.end();
  plan.depth = deep ? kDeepest : parts.size() - glob.literal_parts();
  return plan;
}

}  // namespace

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

Glob::Glob(std::string_view pattern) : parts_(split(pattern)) {
  while (literal_ + 1 < parts_.size() && !has_wildcard(parts_[literal_])) ++literal_;
}

bool Glob::matches(std::string_view path) const {
  return components_match(parts_, split(path));
}

std::vector<std::string> matching_files(const fs::path& base, std::string_view pattern,
                                        Links links) {
  std::vector<std::string> found;
  const Glob glob(pattern);
  const auto& parts = glob.parts();
  if (parts.empty() || std::find(parts.begin(), parts.end(), "..") != parts.end()) return found;
  const Walk plan = plan_walk(base, glob);
  if (!has_wildcard(parts.back()) && glob.literal_parts() + 1 == parts.size()) {
    if (is_file(plan.directory / parts.back(), links)) found.push_back(plan.prefix + parts.back());
    return found;
  }
  walk(plan.directory, plan.prefix, plan.depth,
       [&](const fs::directory_entry& entry, const std::string& path) {
         if (glob.matches(path) && is_file(entry.path(), links)) found.push_back(path);
       });
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> matching_directories(const fs::path& root, std::string_view pattern) {
  std::vector<fs::path> found;
  const bool absolute = !pattern.empty() && pattern.front() == '/';
  const fs::path base = absolute ? fs::path("/") : root;
  const Glob glob(pattern);
  std::error_code ignored;
  if (!has_wildcard(pattern)) {
    const fs::path only = (base / pattern).lexically_normal();
    if (fs::is_directory(only, ignored)) found.push_back(only);
    return found;
  }
  const Walk plan = plan_walk(base, glob);
  walk(plan.directory, plan.prefix, plan.depth,
       [&](const fs::directory_entry& entry, const std::string& path) {
         if (glob.matches(path) && entry.is_directory(ignored)) found.push_back(entry.path());
       });
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace sluice::build
