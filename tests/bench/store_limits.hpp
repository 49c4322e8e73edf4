// What the disk and SQLite can do at most, measured by the same program in the same minute.
#pragma once

#include <cstdint>
#include <filesystem>

namespace sluice::bench {

// Appends `bytes` and syncs, `count` times; syncs a second.
double bare_syncs(const std::filesystem::path& directory, int count, std::size_t bytes);

// A row per fact of 24 bytes, under an INTEGER PRIMARY KEY and nothing else, `batch` to a commit,
// synchronous=FULL, WAL; facts a second.
double bare_rows(const std::filesystem::path& directory, int facts, int batch);

double now_s();       // wall clock
double used_cpu_s();  // of this process, all threads

}  // namespace sluice::bench
