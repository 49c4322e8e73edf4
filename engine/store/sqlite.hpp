// SQLite as the store uses it: connections and statements that close themselves, errors as values.
// Private to engine/store. One thread at a time per connection.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::sqlite {

class Connection;

// A prepared statement. Bound texts and blobs are borrowed until reset().
class Statement {
 public:
  Statement(sqlite3_stmt* statement, const Connection& connection)
      : statement_(statement), connection_(connection) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Values for ?1, ?2, ... in order.
  template <class... T>
  Statement& bind(const T&... values) {
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  // True: a row is there to be read. False: there are no more, and the statement has been reset.
  Result<bool> next();
  // For statements without rows.
  Result<void> run();
  void reset();

  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  // Valid until next() or reset().
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(bytes(column)); }

 private:
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void bind_one(int index, const T& value) { bind_number(index, static_cast<std::int64_t>(value)); }
  void bind_one(int index, const std::string& value) { bind_text(index, value); }
  void bind_one(int index, std::string_view value) { bind_blob(index, value); }
  void bind_number(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  void bind_blob(int index, std::string_view value);

  sqlite3_stmt* statement_;
  const Connection& connection_;
};

// Leaves a statement ready for its next use, whichever way the function ends.
class Rewind {
 public:
  explicit Rewind(Statement& statement) : statement_(statement) {}
  ~Rewind() { statement_.reset(); }
  Rewind(const Rewind&) = delete;
  Rewind& operator=(const Rewind&) = delete;

 private:
  Statement& statement_;
};

struct OpenOptions {
  bool create = false;
  std::int64_t busy_timeout_ms = 5000;
  std::string vfs;  // "" for the system's
};

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file,
                                                  const OpenOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One or more statements without parameters; rows are thrown away.
  Result<void> execute(const char* sql);
  // The first column of the first row; 0 without one.
  Result<std::int64_t> number(const char* sql);
  // Prepares at the first use and keeps; `sql` must be a literal, its address is the key.
  Result<Statement*> prepared(const char* sql);
  // Ends a transaction, if one is open, without a trace.
  void roll_back();
  // Length of the write-ahead log in pages after the last commit of this connection.
  [[nodiscard]] int log_pages() const { return log_pages_; }
  // Moves what it can from the write-ahead log into the database without waiting for anybody.
  void checkpoint();

  // The error of the last call that failed on this connection. Says what was being done.
  [[nodiscard]] Error error(const char* doing) const;

 private:
  Connection(std::filesystem::path file, std::int64_t busy_timeout_ms)
      : file_(std::move(file)), busy_timeout_ms_(busy_timeout_ms) {}
  static int wait_for_lock(void* self, int attempt);
  static int log_grew(void* self, sqlite3* database, const char* name, int pages);

  std::filesystem::path file_;
  std::int64_t busy_timeout_ms_;
  std::int64_t waiting_since_ms_ = 0;
  int log_pages_ = 0;
  sqlite3* database_ = nullptr;
  std::vector<std::pair<const char*, std::unique_ptr<Statement>>> prepared_;
};

}  // namespace sluice::sqlite
