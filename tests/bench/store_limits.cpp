#include "tests/bench/store_limits.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace sluice::bench {
namespace {

void require(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "%s failed\n", what);
  std::exit(1);
}

double seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

double now_s() {
  return seconds(CLOCK_MONOTONIC);
}
double used_cpu_s() {
  return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

double bare_syncs(const std::filesystem::path& directory, int count, std::size_t bytes) {
  const std::string data(bytes, 'x');
  const int file = ::open((directory / "sync").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  require(file >= 0, "open");
  const double start = now_s();
  for (int i = 0; i < count; ++i) {
    require(::write(file, data.data(), data.size()) == static_cast<ssize_t>(bytes), "write");
    require(::fdatasync(file) == 0, "fdatasync");
  }
  const double took = now_s() - start;
  ::close(file);
  return count / took;
}

double bare_rows(const std::filesystem::path& directory, int facts, int batch) {
  const std::filesystem::path file = directory / ("bare" + std::to_string(batch) + ".db");
  sqlite3* db = nullptr;
  require(sqlite3_open(file.c_str(), &db) == SQLITE_OK, "open");
  const auto run = [&](const char* sql) {
    require(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  };
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "CREATE TABLE facts (sequence INTEGER PRIMARY KEY, fact BLOB NOT NULL)");
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO facts (fact) VALUES (?1)", -1, &insert, nullptr);
  const std::string fact(24, 'f');
  sqlite3_bind_blob(insert, 1, fact.data(), static_cast<int>(fact.size()), SQLITE_STATIC);
  const double start = now_s();
  for (int done = 0; done < facts;) {
    run("BEGIN IMMEDIATE");
    for (int i = 0; i < batch; ++i, ++done) {
      require(sqlite3_step(insert) == SQLITE_DONE, "INSERT");
      sqlite3_reset(insert);
    }
    run("COMMIT");
  }
  const double took = now_s() - start;
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return facts / took;
}

}  // namespace sluice::bench
