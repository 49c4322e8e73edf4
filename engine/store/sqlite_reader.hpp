// The reading half of SqliteStore: connections of their own, so that history is readable from any
// thread while the writer commits. Private to engine/store.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/sqlite.hpp"
#include "engine/store/store.hpp"

namespace sluice {

// Connections for whoever reads just now; as many as there ever were readers at once.
class SqliteReaders {
 public:
  SqliteReaders(std::filesystem::path file, sqlite::OpenOptions options)
      : file_(std::move(file)), options_(std::move(options)) {}

  class Lent {
   public:
    Lent(SqliteReaders& owner, std::unique_ptr<sqlite::Connection> connection)
        : owner_(&owner), connection_(std::move(connection)) {}
    ~Lent();
    Lent(Lent&&) = default;
    Lent& operator=(Lent&&) = delete;
    sqlite::Connection& operator*() { return *connection_; }
    sqlite::Connection* operator->() { return connection_.get(); }

   private:
    SqliteReaders* owner_;
    std::unique_ptr<sqlite::Connection> connection_;
  };
  Result<Lent> lend();

 private:
  std::filesystem::path file_;
  sqlite::OpenOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<sqlite::Connection>> free_;
};

// What Store's reading functions do, on a given connection.
namespace sqlite_read {

// schema/001.sql, activity: the range of a block is its first sequence without these bits.
constexpr int kRangeBits = 14;

Result<std::vector<StoredFact>> facts_after(sqlite::Connection& db, Sequence after,
                                            std::uint32_t limit);
Result<std::vector<StoredFact>> pipeline_facts(sqlite::Connection& db, const std::string& pipeline,
                                               Sequence after, std::uint32_t limit);
Result<std::vector<StoredFact>> execution_facts(sqlite::Connection& db, const std::string& pipeline,
                                                ExecutionNumber number);
Result<Sequence> last_sequence(sqlite::Connection& db);
Result<Adoption> adoption(sqlite::Connection& db, const std::string& pipeline,
                          std::uint32_t version);
Result<DeclarationPtr> declaration(sqlite::Connection& db, const std::string& pipeline,
                                   std::uint32_t version);
Result<std::vector<std::string>> pipelines(sqlite::Connection& db);
Result<std::vector<ExecutionRow>> executions(sqlite::Connection& db, const ExecutionFilter& filter);
Result<ExecutionRow> execution(sqlite::Connection& db, const std::string& pipeline,
                               ExecutionNumber number);
Result<ExecutionRow> find_execution(sqlite::Connection& db, const std::string& id_prefix);
Result<std::optional<Store::Snapshot>> snapshot(sqlite::Connection& db,
                                                const std::string& pipeline);
Result<Texts> tags(sqlite::Connection& db, const std::string& pipeline);
Result<Sequence> cursor(sqlite::Connection& db, const std::string& name);
Result<std::vector<std::string>> removed_pipelines(sqlite::Connection& db);
Result<std::uint64_t> removed_between(sqlite::Connection& db, Sequence after, Sequence upto);

// A statement's only number; none without a row, or if it is NULL, which no column here holds.
template <class... T>
Result<std::optional<std::int64_t>> only_number(sqlite::Connection& db, const char* sql,
                                                const T&... values) {
  auto statement = db.prepared(sql);
  if (!statement) return statement.error();
  const sqlite::Rewind rewind(**statement);
  auto row = (*statement)->bind(values...).next();
  if (!row) return row.error();
  if (!*row || (*statement)->is_null(0)) return std::optional<std::int64_t>();
  return std::optional((*statement)->number(0));
}

}  // namespace sqlite_read
}  // namespace sluice
