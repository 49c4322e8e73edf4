// Opening a database file: makes it if it is not there, brings it up to date, refuses what a newer
// version wrote without touching it. Private to engine/store.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/store/sqlite.hpp"

namespace sluice::sqlite {

// For the writer. Several processes may do this at once: one makes or migrates, all open.
Result<std::unique_ptr<Connection>> open_database(const std::filesystem::path& file,
                                                  const OpenOptions& options);
// For a reader, after open_database().
Result<std::unique_ptr<Connection>> open_reader(const std::filesystem::path& file,
                                                const OpenOptions& options);

}  // namespace sluice::sqlite
