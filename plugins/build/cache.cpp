#include "plugins/build/cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "plugins/build/artifacts.hpp"
#include "plugins/build/build_log.hpp"
#include "plugins/build/glob.hpp"
#include "plugins/build/shell.hpp"

namespace sluice::build {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostEntries = 10;  // of one project and list of paths

// FNV-1a: names directories, protects nothing.
std::string short_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

std::string hash_of(const Texts& paths) {
  std::string all;
  for (const auto& path : paths) all.append(path).push_back('\n');
  return short_hash(all);
}

class Lock {
 public:
  Lock(const fs::path& directory, int kind)
      : file_(open((directory / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ >= 0) flock(file_, kind);
  }
  ~Lock() {
    if (file_ >= 0) close(file_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int file_;
};

std::string key_of(const fs::path& entry) {
  std::ostringstream text;
  text << std::ifstream(entry / "key", std::ios::binary).rdbuf();
  return text.str();
}

// Entries of a store, newest first.
std::vector<fs::path> entries_of(const fs::path& store) {
  std::vector<std::pair<fs::file_time_type, fs::path>> dated;
  std::error_code error;
  for (fs::directory_iterator at(store, error), end; !error && at != end; at.increment(error))
    if (at->path().filename().string().starts_with("entry-"))
      dated.emplace_back(fs::last_write_time(at->path() / "key", error), at->path());
  std::sort(dated.rbegin(), dated.rend());
  std::vector<fs::path> entries;
  for (auto& [time, path] : dated) entries.push_back(std::move(path));
  return entries;
}

// Where cached files come from and go to: relative paths below the source, absolute ones below /.
struct Root {
  const char* folder;
  fs::path directory;
};

std::vector<std::string> files_of(const fs::path& base, std::string pattern) {
  std::error_code ignored;
  if (!has_wildcard(pattern) && fs::is_directory(base / pattern, ignored)) pattern += "/**/*";
  return matching_files(base, pattern, Links::kAll);
}

std::size_t copy_tree(const fs::path& from, const fs::path& to) {
  std::size_t copied = 0;
  for (const auto& path : matching_files(from, "**/*", Links::kAll)) {
    std::error_code ignored;
    if (fs::symlink_status(to / path, ignored).type() != fs::file_type::not_found) continue;
    const auto trouble = copy_file(from / path, to / path, fs::is_symlink(from / path, ignored));
    if (trouble.empty())
      ++copied;
    else
      log_line("Cache: " + trouble);
  }
  return copied;
}

}  // namespace

BuildCache::BuildCache(fs::path store, fs::path source, Cache section)
    : store_(std::move(store) / hash_of(section.paths)),
      source_(std::move(source)),
      section_(std::move(section)) {}

fs::path BuildCache::find_entry() const {
  const fs::path exact = store_ / ("entry-" + short_hash(section_.key));
  if (fs::exists(exact / "key") && key_of(exact) == section_.key) return exact;
  if (section_.key.empty()) return {};
  const auto entries = entries_of(store_);
  for (const auto& prefix : section_.fallback_keys)
    for (const auto& entry : entries)
      if (key_of(entry).starts_with(prefix)) return entry;
  return {};
}

void BuildCache::restore() const {
  if (section_.paths.empty() || !section_.restore || !fs::exists(store_)) return;
  const Lock lock(store_, LOCK_SH);
  const fs::path entry = find_entry();
  if (entry.empty()) {
    log_line("Cache: nothing stored for key '" + section_.key + "'");
    return;
  }
  std::size_t files = 0;
  for (const auto& root : {Root{"source", source_}, Root{"absolute", "/"}})
    files += copy_tree(entry / root.folder, root.directory);
  log_line("Cache: restored " + std::to_string(files) + " file(s) of key '" + key_of(entry) + "'");
}

void BuildCache::save() const {
  if (section_.paths.empty() || !section_.save) return;
  std::error_code error;
  fs::create_directories(store_, error);
  const fs::path entry = store_ / ("entry-" + short_hash(section_.key));
  if (!section_.key.empty() && fs::exists(entry)) {
    log_line("Cache: key '" + section_.key + "' is stored already and stays as it is");
    return;
  }
  const fs::path fresh = store_ / ("new-" + std::to_string(getpid()));
  fs::remove_all(fresh, error);
  std::size_t files = 0;
  for (const auto& pattern : section_.paths) {
    const bool absolute = pattern.front() == '/';
    const Root root = absolute ? Root{"absolute", "/"} : Root{"source", source_};
    const std::string relative = absolute ? pattern.substr(1) : pattern;
    for (const auto& path : files_of(root.directory, relative)) {
      const fs::path from = root.directory / path;
      const bool link = fs::is_symlink(fs::symlink_status(from, error));
      const auto trouble = copy_file(from, fresh / root.folder / path, link);
      if (!trouble.empty()) log_line("Cache: " + trouble);
      ++files;
    }
  }
  if (files == 0) {
    log_line("Cache: no files match its paths, so nothing is stored");
    return;
  }
  std::ofstream(fresh / "key", std::ios::binary) << section_.key;
  const Lock lock(store_, LOCK_EX);
  fs::remove_all(entry, error);
  fs::rename(fresh, entry, error);
  if (error) log_line("Cache: cannot store: " + error.message());
  prune();
  log_line("Cache: stored " + std::to_string(files) + " file(s) as key '" + section_.key + "'");
}

void BuildCache::prune() const {
  const auto entries = entries_of(store_);
  std::error_code ignored;
  for (std::size_t i = kMostEntries; i < entries.size(); ++i) fs::remove_all(entries[i], ignored);
}

std::string spell_out_hash_files(const std::string& key, const fs::path& source) {
  constexpr std::string_view kCall = "$(codebuild-hash-files ";
  std::string spelled;
  std::size_t at = 0;
  while (true) {
    const std::size_t call = key.find(kCall, at);
    const std::size_t close = call == std::string::npos ? call : key.find(')', call);
    if (close == std::string::npos) return spelled + key.substr(at);
    std::istringstream words(key.substr(call + kCall.size(), close - call - kCall.size()));
    std::set<std::string> files;
    for (std::string word; words >> word;) {
      std::erase_if(word, [](char c) { return c == '"' || c == '\''; });
      for (auto& file : matching_files(source, word)) files.insert(std::move(file));
    }
    spelled += key.substr(at, call - at) + "$(cat /dev/null";
    for (const auto& file : files) spelled += ' ' + shell_quote((source / file).string());
    spelled += " | sha256sum | cut -c1-64)";
    at = close + 1;
  }
}

}  // namespace sluice::build
