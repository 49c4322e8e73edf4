#include "engine/store/sqlite.hpp"

#include <sqlite3.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace sluice::sqlite {
namespace {

std::int64_t monotonic_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

struct Advice {
  ErrorKind kind;
  const char* what_to_do;
};

Advice advice_for(int code) {
  switch (code) {
    case SQLITE_FULL:
      return {ErrorKind::kUnavailable, "Free some disk space and try again."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::kUnavailable, "Another process is using the data; try again later."};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorKind::kCorrupt, "The file is damaged: restore the data directory from a copy."};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorKind::kUnavailable,
              "Check that the data directory exists and may be written, or name another one."};
    case SQLITE_IOERR:
      return {ErrorKind::kUnavailable, "Check the disk and try again."};
    case SQLITE_NOMEM:
      return {ErrorKind::kUnavailable, "Free some memory and try again."};
    default:
      return {ErrorKind::kCorrupt, "The data does not fit this version's expectations."};
  }
}

}  // namespace

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Result<bool> Statement::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  Error error = connection_.error("cannot be read or written");
  sqlite3_reset(statement_);
  return error;
}

Result<void> Statement::run() {
  if (auto row = next(); !row) return row.error();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

void Statement::bind_number(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
}
void Statement::bind_text(int index, std::string_view value) {
  sqlite3_bind_text64(statement_, index, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void Statement::bind_blob(int index, std::string_view value) {
  sqlite3_bind_blob64(statement_, index, value.data(), value.size(), SQLITE_STATIC);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file,
                                                     const OpenOptions& options) {
  std::unique_ptr<Connection> made(new Connection(file, options.busy_timeout_ms));
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (options.create ? SQLITE_OPEN_CREATE : 0);
  const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  if (sqlite3_open_v2(file.c_str(), &made->database_, flags, vfs) != SQLITE_OK) {
    return made->error("cannot be opened");
  }
  sqlite3_busy_handler(made->database_, &Connection::wait_for_lock, made.get());
  sqlite3_wal_hook(made->database_, &Connection::log_grew, made.get());
  // Closing is to cost no sync: the log is read again at the next open.
  sqlite3_db_config(made->database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return made;
}

Connection::~Connection() {
  prepared_.clear();
  sqlite3_close(database_);
}

Result<void> Connection::execute(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return error("cannot be read or written");
  }
  return {};
}

Result<std::int64_t> Connection::number(const char* sql) {
  auto statement = prepared(sql);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->next();
  if (!row) return row.error();
  return *row ? (*statement)->number(0) : 0;
}

Result<Statement*> Connection::prepared(const char* sql) {
  for (auto& [key, statement] : prepared_) {
    if (key == sql) return statement.get();
  }
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) !=
      SQLITE_OK) {
    return error("cannot be read");
  }
  prepared_.emplace_back(sql, std::make_unique<Statement>(raw, *this));
  return prepared_.back().second.get();
}

void Connection::roll_back() {
  if (sqlite3_get_autocommit(database_) == 0) {
    sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Connection::checkpoint() {
  sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

Error Connection::error(const char* doing) const {
  const int code = sqlite3_extended_errcode(database_);
  const Advice advice = advice_for(code & 0xff);
  return {advice.kind, file_.string(),
          std::string(doing) + ": " + sqlite3_errmsg(database_) + ". " + advice.what_to_do};
}

// A commit of another process takes about a millisecond, so waits begin well below that.
int Connection::wait_for_lock(void* self, int attempt) {
  auto* connection = static_cast<Connection*>(self);
  const std::int64_t now_ms = monotonic_ms();
  if (attempt == 0) connection->waiting_since_ms_ = now_ms;
  if (now_ms - connection->waiting_since_ms_ >= connection->busy_timeout_ms_) return 0;
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::min(100 << std::min(attempt, 6), 5000)));
  return 1;
}

int Connection::log_grew(void* self, sqlite3* /*database*/, const char* /*name*/, int pages) {
  static_cast<Connection*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

}  // namespace sluice::sqlite
