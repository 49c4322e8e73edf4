// The Store on SQLite: one file, its write-ahead log beside it. A commit is one transaction and one
// sync (docs/decisions tells why the tables are as they are).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/store/store.hpp"

namespace sluice {

struct SqliteOptions {
  std::int64_t busy_timeout_ms = 5000;  // how long a commit waits for other processes
  int checkpoint_pages = 2000;          // the log is moved into the database when it is this long
  std::string vfs;                      // SQLite's name of a file layer, for tests
};

// Opens `file`, making it if need be; its directory must exist. Any number of processes may have it
// open. kUnavailable: cannot be made or written. kCorrupt: damaged. kUnsupported: written by a
// newer version. kBadInput: a database of another program. In none of these cases is the file
// changed.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& file,
                                                 const SqliteOptions& options = {});

}  // namespace sluice
