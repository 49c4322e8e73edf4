#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "plugins/source/tree.hpp"

namespace sluice::source {
namespace fs = std::filesystem;
namespace {

constexpr int kDeepestNesting = 32;

std::vector<std::string> split_at_zero(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\0', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool is_below(const fs::path& path, const std::string& directory) {
  const std::string text = path.string();
  return text == directory || text.starts_with(directory + "/");
}

class Lister {
 public:
  Lister(const Run& run, const Git& git, const std::vector<std::string>& excluded)
      : git_(git),
        excluded_(excluded),
        empty_repository_(run.work_directory() + "/no-repository") {}

  // False if git failed; `answer` says how.
  bool list(const fs::path& root, const std::string& below, int depth) {
    if (depth > kDeepestNesting) return true;
    answer = ask(root / below);
    if (!answer.ok()) return false;
    for (auto& name : split_at_zero(answer.output)) {
      while (name.ends_with('/')) name.pop_back();
      const std::string path = below.empty() ? name : below + "/" + name;
      if (!add(root, path, depth)) return false;
    }
    return true;
  }

  Answer answer;
  std::vector<std::string> paths;

 private:
  bool add(const fs::path& root, const std::string& path, int depth) {
    const fs::path whole = root / path;
    if (std::any_of(excluded_.begin(), excluded_.end(),
                    [&](const auto& directory) { return is_below(whole, directory); }))
      return true;
    std::error_code ignored;
    const auto status = fs::symlink_status(whole, ignored);
    // A directory in git's list is a repository inside this one.
    if (fs::is_directory(status)) return list(root, path, depth + 1);
    // Tracked files may have been deleted; sockets and pipes are no content.
    if (fs::is_regular_file(status) || fs::is_symlink(status)) paths.push_back(path);
    return true;
  }

  Answer ask(const fs::path& directory) {
    const std::vector<std::string> tail = {"ls-files", "-z", "--cached", "--others",
                                           "--exclude-standard"};
    std::vector<std::string> arguments = {"-C", directory.string()};
    arguments.insert(arguments.end(), tail.begin(), tail.end());
    auto in_repository = git_(arguments, kTransfer_ms);
    if (in_repository.ok() || in_repository.ending.end != process::End::kExited)
      return in_repository;

    // Not in a repository, or in one that git does not trust: an empty one, kept elsewhere, makes
    // every file an untracked one, and git still reads the .gitignore files.
    std::error_code ignored;
    if (!fs::exists(empty_repository_, ignored)) {
      auto created = git_({"init", "--quiet", "--bare", "--template=", empty_repository_});
      if (!created.ok()) return created;
    }
    arguments = {"-C", directory.string(), "--git-dir=" + empty_repository_, "--work-tree=."};
    arguments.insert(arguments.end(), tail.begin(), tail.end());
    return git_(arguments, kTransfer_ms);
  }

  const Git& git_;
  const std::vector<std::string>& excluded_;
  std::string empty_repository_;
};

}  // namespace

std::optional<std::vector<std::string>> list_tree(Run& run, const Git& git,
                                                  const std::string& directory,
                                                  const std::vector<std::string>& excluded,
                                                  Outcome& refused) {
  Lister lister(run, git, excluded);
  if (!lister.list(directory, "", 0)) {
    refused = explain(lister.answer, "Listing " + directory, "", directory);
    return std::nullopt;
  }
  auto paths = std::move(lister.paths);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

}  // namespace sluice::source
