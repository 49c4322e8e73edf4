// The cache section of a buildspec, kept on this machine (facts/build_deploy.md A8).
//
// An entry belongs to a project, to the list of paths, and to a key. With a key it is immutable
// once stored; without one the newest save replaces it. Of several entries that begin with a
// fallback key the newest wins. A restored file never replaces one that the source brought along.
#ifndef SLUICE_PLUGINS_BUILD_CACHE_HPP
#define SLUICE_PLUGINS_BUILD_CACHE_HPP

#include <filesystem>
#include <string>

#include "plugins/build/model.hpp"

namespace sluice::build {

class BuildCache {
 public:
  // store is the project's directory for caches; paths and keys in section are evaluated already.
  BuildCache(std::filesystem::path store, std::filesystem::path source, Cache section);

  // Both log what they did; a cache that cannot be read or written costs a line in the log.
  void restore() const;
  void save() const;

 private:
  std::filesystem::path find_entry() const;
  void prune() const;

  std::filesystem::path store_, source_;
  Cache section_;
};

// The key with each $(codebuild-hash-files PATTERN...) replaced by a command that any shell has:
// the SHA-256 of the files' contents, in path order.
std::string spell_out_hash_files(const std::string& key, const std::filesystem::path& source);

}  // namespace sluice::build

#endif
