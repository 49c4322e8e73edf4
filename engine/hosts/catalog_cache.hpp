// The catalogue's cache file: what plugin files said of themselves, by the files' identity.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sdk/wire/messages.hpp"

namespace sluice {

// What changes when a file is replaced.
struct FileIdentity {
  std::uint64_t inode = 0, size = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileIdentity&) const = default;
};
// Nothing if there is no such file.
[[nodiscard]] std::optional<FileIdentity> identify(const std::string& path);

class CatalogCache {
 public:
  // A file that is missing, damaged, or of another host program is an empty cache.
  CatalogCache(std::string file, FileIdentity host_program);

  [[nodiscard]] const wire::Description* find(const std::string& path,
                                              const FileIdentity& identity) const;
  void put(const std::string& path, const FileIdentity& identity, wire::Description description);
  // Writes it, atomically, if put() was called; entries of files that are gone are dropped. A cache
  // that cannot be written is no error.
  void save() const;

 private:
  struct Entry {
    FileIdentity identity;
    wire::Description description;
  };
  std::string file_;
  FileIdentity host_program_;
  std::map<std::string, Entry> entries_;
  bool changed_ = false;
};

}  // namespace sluice
