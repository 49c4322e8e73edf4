#include "plugins/build/artifacts.hpp"

#include <algorithm>
#include <map>
#include <system_error>
#include <vector>

#include "plugins/build/build_log.hpp"
#include "plugins/build/glob.hpp"

namespace sluice::build {
namespace fs = std::filesystem;
namespace {

// A link is internal if it is relative and its target lies within base.
bool is_internal_link(const fs::path& base, const fs::path& file) {
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(file, error))) return false;
  const fs::path target = fs::read_symlink(file, error);
  if (error || target.is_absolute()) return false;
  const fs::path reached = (file.parent_path() / target).lexically_normal();
  return !reached.lexically_relative(base).string().starts_with("..");
}

// Path in the artifact -> file.
using Files = std::map<std::string, fs::path>;

void add_files(const ArtifactSet& set, const fs::path& base, const std::vector<Glob>& excluded,
               std::vector<bool>& matched, Files& files) {
  for (std::size_t i = 0; i < set.files.size(); ++i) {
    log_line("Expanding " + set.files[i]);
    const Links links = set.enable_symlinks ? Links::kAll : Links::kToFiles;
    for (const auto& path : matching_files(base, set.files[i], links)) {
      matched[i] = true;
      const auto excludes = [&](const Glob& glob) { return glob.matches(path); };
      if (std::any_of(excluded.begin(), excluded.end(), excludes)) continue;
      files.emplace(path, base / path);
    }
  }
}

std::string flatten(Files& files) {
  Files flat;
  std::string clashes;
  for (const auto& [path, file] : files)
    if (!flat.emplace(fs::path(path).filename(), file).second) clashes += ' ' + path;
  files = std::move(flat);
  return clashes;
}

}  // namespace

std::string copy_file(const fs::path& from, const fs::path& to, bool keep_link) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  if (!error) {
    fs::remove(to, error);
    if (keep_link)
      fs::copy_symlink(from, to, error);
    else
      fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  }
  return error ? "cannot copy " + from.string() + " to " + to.string() + ": " + error.message()
               : "";
}

std::string collect_artifacts(const ArtifactSet& set, const fs::path& root,
                              const fs::path& output) {
  const std::string wanted = set.base_directory.empty() ? "." : set.base_directory;
  log_line("Expanding base directory path: " + wanted);
  const auto bases = matching_directories(root, wanted);
  if (bases.empty()) return "no matching base directory path found for " + wanted;

  std::vector<Glob> excluded;
  for (const auto& pattern : set.exclude_paths) excluded.emplace_back(pattern);
  Files files;
  std::vector<bool> matched(set.files.size());
  log_line("Assembling file list");
  for (const auto& base : bases) {
    log_line("Expanding file paths for base directory " + base.string());
    add_files(set, base, excluded, matched, files);
  }
  for (std::size_t i = 0; i < set.files.size(); ++i)
    if (!matched[i]) log_line("Skipping invalid file path " + set.files[i]);
  if (files.empty()) return "no matching artifact paths found";
  log_line("Found " + std::to_string(files.size()) + " file(s)");

  if (set.discard_paths)
    if (const auto clashes = flatten(files); !clashes.empty())
      log_line("Warning: discard-paths leaves out files whose name is taken already:" + clashes);
  for (const auto& chosen : files) {
    const std::string& path = chosen.first;
    const fs::path& file = chosen.second;
    const bool keep_link =
        set.enable_symlinks && std::any_of(bases.begin(), bases.end(), [&](const fs::path& base) {
          return is_internal_link(base, file);
        });
    std::error_code ignored;
    if (!keep_link && !fs::is_regular_file(file, ignored)) {
      log_line("Skipping symbolic link that leads to no file: " + path);
      continue;
    }
    if (auto trouble = copy_file(file, output / path, keep_link); !trouble.empty()) return trouble;
  }
  return {};
}

}  // namespace sluice::build
