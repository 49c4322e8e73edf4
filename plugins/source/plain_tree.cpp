// A tree without git in it or around it is listed without starting git, which takes longer than all
// the rest of the action.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "plugins/source/tree.hpp"

namespace sluice::source {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostEntries = 100'000;

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error));
}

// Where git would find a repository: .git, or a directory that is a bare one.
bool is_in_repository(const fs::path& directory) {
  for (fs::path at = directory;; at = at.parent_path()) {
    if (is_there(at / ".git") || (is_there(at / "HEAD") && is_there(at / "objects"))) return true;
    if (!at.has_relative_path()) return false;
  }
}

// Whether the user's or the machine's configuration may name files that count nowhere.
bool ignores_by_configuration() {
  const char* const xdg = std::getenv("XDG_CONFIG_HOME");
  const char* const home = std::getenv("HOME");
  const fs::path configuration = xdg != nullptr && *xdg != '\0' ? fs::path(xdg)
                                 : home != nullptr              ? fs::path(home) / ".config"
                                                                : fs::path();
  if (is_there(configuration / "git/ignore")) return true;
  std::vector<std::string> files = user_configurations();
  const char* const system = std::getenv("GIT_CONFIG_SYSTEM");
  files.emplace_back(system != nullptr ? system : "/etc/gitconfig");
  return std::any_of(files.begin(), files.end(), [](const std::string& file) {
    std::ifstream in(file);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text.find("excludesfile") != std::string::npos ||
           text.find("include") != std::string::npos;
  });
}

}  // namespace

std::optional<std::vector<std::string>> list_plain_tree(const std::string& directory,
                                                        const std::vector<std::string>& excluded) {
  if (is_in_repository(directory) || ignores_by_configuration()) return std::nullopt;
  std::vector<std::string> paths;
  std::error_code error;
  std::size_t entries = 0;
  fs::recursive_directory_iterator at(directory, error);
  for (; !error && at != fs::end(at); at.increment(error)) {
    const fs::path& path = at->path();
    const std::string name = path.filename().string();
    if (name == ".git" || name == ".gitignore" || ++entries > kMostEntries) return std::nullopt;
    const auto status = at->symlink_status(error);
    if (error) break;
    if (std::find(excluded.begin(), excluded.end(), path.string()) != excluded.end()) {
      if (fs::is_directory(status)) at.disable_recursion_pending();
    } else if (fs::is_regular_file(status) || fs::is_symlink(status)) {
      paths.push_back(path.lexically_relative(directory).string());
    }
  }
  if (error) return std::nullopt;
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace sluice::source
