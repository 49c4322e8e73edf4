#include "engine/store/sqlite_reader.hpp"

#include <limits>

#include "engine/store/codec.hpp"
#include "engine/store/reflect.hpp"
#include "engine/store/sqlite_open.hpp"
#include "engine/store/store_errors.hpp"
#include "engine/store/uuid_prefix.hpp"

namespace sluice {

using sqlite::Connection;
using sqlite::Rewind;
using sqlite::Statement;

SqliteReaders::Lent::~Lent() {
  if (!connection_) return;
  const std::lock_guard lock(owner_->mutex_);
  owner_->free_.push_back(std::move(connection_));
}

Result<SqliteReaders::Lent> SqliteReaders::lend() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      auto connection = std::move(free_.back());
      free_.pop_back();
      return Lent(*this, std::move(connection));
    }
  }
  auto connection = sqlite::open_reader(file_, options_);
  if (!connection) return connection.error();
  return Lent(*this, std::move(connection).value());
}

namespace sqlite_read {
namespace {

constexpr std::uint64_t kAllOnes = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
constexpr int kSucceeded = static_cast<int>(ExecutionStatus::kSucceeded);
static_assert(kSucceeded == 3, "schema/001.sql: executions_by_status");

// Both begin with the block that holds the fact after ?2, which may lie in its middle.
constexpr char kFactsOfAll[] =
    "SELECT b.first_sequence, b.at, b.facts, p.name FROM blocks b"
    " JOIN pipelines p ON p.id = b.pipeline"
    " WHERE b.first_sequence >= coalesce((SELECT max(first_sequence) FROM blocks"
    "   WHERE first_sequence <= ?2 + 1), 0)"
    " ORDER BY b.first_sequence";
constexpr char kFactsOfPipeline[] =
    "SELECT b.first_sequence, b.at, b.facts, ?1 FROM blocks b INDEXED BY blocks_by_pipeline"
    " WHERE b.pipeline = (SELECT id FROM pipelines WHERE name = ?1)"
    " AND b.first_sequence >= coalesce((SELECT max(i.first_sequence) FROM blocks i"
    "   INDEXED BY blocks_by_pipeline"
    "   WHERE i.pipeline = (SELECT id FROM pipelines WHERE name = ?1)"
    "   AND i.first_sequence <= ?2 + 1), 0)"
    " ORDER BY b.first_sequence";
constexpr char kFactsOfExecution[] =
    "SELECT b.first_sequence, b.at, b.facts, ?1 FROM execution_blocks e"
    " JOIN blocks b ON b.first_sequence = e.first_sequence"
    " WHERE e.execution = (SELECT id FROM pipelines WHERE name = ?1) << 32 | ?2"
    " ORDER BY e.first_sequence";
constexpr char kLastSequence[] =
    "SELECT first_sequence + count - 1 FROM blocks ORDER BY first_sequence DESC LIMIT 1";
constexpr char kDeclaration[] =
    "SELECT d.sequence - b.first_sequence, b.facts FROM declarations d"
    " JOIN blocks b ON b.first_sequence ="
    "   (SELECT max(first_sequence) FROM blocks WHERE first_sequence <= d.sequence)"
    " WHERE d.pipeline = (SELECT id FROM pipelines WHERE name = ?1) AND d.version = ?2";

#define SLUICE_EXECUTION_COLUMNS                                                       \
  "SELECT p.name, e.key, e.id_high, e.id_low, e.version, e.type, e.status, e.started," \
  " e.updated, e.trigger_type, e.trigger_detail, e.summary FROM executions e"
#define SLUICE_NAME " JOIN pipelines p ON p.id = e.key >> 32"
#define SLUICE_NEWEST_FIRST " ORDER BY e.started DESC, e.key DESC LIMIT ?2"

// ?1 before, ?2 limit, ?3 status, ?4 pipeline
constexpr char kExecutionsOfAll[] = SLUICE_EXECUTION_COLUMNS
    " INDEXED BY executions_by_start" SLUICE_NAME " WHERE e.started < ?1" SLUICE_NEWEST_FIRST;
constexpr char kSucceededOfAll[] =
    SLUICE_EXECUTION_COLUMNS " INDEXED BY executions_by_start" SLUICE_NAME
                             " WHERE e.started < ?1 AND e.status = ?3" SLUICE_NEWEST_FIRST;
constexpr char kOthersOfAll[] = SLUICE_EXECUTION_COLUMNS
    " INDEXED BY executions_by_status" SLUICE_NAME
    " WHERE e.started < ?1 AND e.status = ?3 AND e.status <> 3" SLUICE_NEWEST_FIRST;
constexpr char kOthersOfPipeline[] = SLUICE_EXECUTION_COLUMNS
    " INDEXED BY executions_by_status" SLUICE_NAME
    " WHERE e.started < ?1 AND e.status = ?3 AND e.status <> 3 AND p.name = ?4" SLUICE_NEWEST_FIRST;
// Numbers are given in order of start.
constexpr char kExecutionsOfPipeline[] = SLUICE_EXECUTION_COLUMNS SLUICE_NAME
    " WHERE e.key BETWEEN (SELECT id FROM pipelines WHERE name = ?4) << 32"
    "   AND (SELECT id FROM pipelines WHERE name = ?4) << 32 | 0xffffffff"
    " AND e.started < ?1 AND (?3 < 0 OR e.status = ?3) ORDER BY e.key DESC LIMIT ?2";
constexpr char kExecution[] = SLUICE_EXECUTION_COLUMNS SLUICE_NAME
    " WHERE e.key = (SELECT id FROM pipelines WHERE name = ?1) << 32 | ?2";
// A range of Uuids that share a prefix never crosses the sign of either half.
constexpr char kByPrefix[] = SLUICE_EXECUTION_COLUMNS
    " INDEXED BY executions_by_id" SLUICE_NAME
    " WHERE e.id_high BETWEEN ?1 AND ?2 AND (?5 OR e.id_low BETWEEN ?3 AND ?4) LIMIT 2";

Result<ExecutionRow> row_of(const Statement& row) {
  ExecutionRow result;
  result.pipeline = row.text(0);
  result.number = static_cast<ExecutionNumber>(row.number(1) & 0xffffffff);
  if (!reflect::is_named<ExecutionType>(static_cast<std::uint64_t>(row.number(5))) ||
      !reflect::is_named<ExecutionStatus>(static_cast<std::uint64_t>(row.number(6)))) {
    return Error{ErrorKind::kCorrupt, result.pipeline,
                 "execution " + std::to_string(result.number) +
                     " has a type or a state that this version does not know."};
  }
  result.id = {static_cast<std::uint64_t>(row.number(2)),
               static_cast<std::uint64_t>(row.number(3))};
  result.version = static_cast<std::uint32_t>(row.number(4));
  result.type = static_cast<ExecutionType>(row.number(5));
  result.status = static_cast<ExecutionStatus>(row.number(6));
  result.started = {row.number(7)};
  result.updated = {row.number(8)};
  result.trigger = {row.text(9), row.text(10)};
  result.summary = row.text(11);
  return result;
}

// Appends the facts of the block in the statement's row that `wanted` says yes to.
template <class Wanted>
Result<void> take_block(const Statement& row, std::vector<StoredFact>& out, Wanted wanted) {
  auto facts = decode_block(row.bytes(2));
  if (!facts) return facts.error();
  const Instant at{row.number(1)};
  auto sequence = static_cast<Sequence>(row.number(0));
  for (Fact& fact : *facts) {
    if (wanted(sequence, fact)) out.push_back({sequence, row.text(3), at, std::move(fact)});
    ++sequence;
  }
  return {};
}

template <class... T>
Result<ExecutionRow> only_row(Connection& db, const char* sql, const Error& none,
                              const Error& several, const T&... values) {
  auto statement = db.prepared(sql);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->bind(values...).next();
  if (!row) return row.error();
  if (!*row) return none;
  auto result = row_of(**statement);
  row = (*statement)->next();
  if (!row) return row.error();
  if (*row) return several;
  return result;
}

const char* choose(const ExecutionFilter& filter) {
  const bool other = filter.status && *filter.status != ExecutionStatus::kSucceeded;
  if (!filter.pipeline.empty()) return other ? kOthersOfPipeline : kExecutionsOfPipeline;
  if (!filter.status) return kExecutionsOfAll;
  return other ? kOthersOfAll : kSucceededOfAll;
}

}  // namespace

Result<std::vector<StoredFact>> facts(Connection& db, const std::string& pipeline, Sequence after,
                                      std::uint32_t limit) {
  std::vector<StoredFact> result;
  auto statement = db.prepared(pipeline.empty() ? kFactsOfAll : kFactsOfPipeline);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  (*statement)->bind(pipeline, static_cast<std::int64_t>(after));
  while (result.size() < limit) {
    auto row = (*statement)->next();
    if (!row) return row.error();
    if (!*row) break;
    auto taken = take_block(**statement, result, [&](Sequence sequence, const Fact& /*fact*/) {
      return sequence > after && result.size() < limit;
    });
    if (!taken) return taken.error();
  }
  return result;
}

Result<std::vector<StoredFact>> execution_facts(Connection& db, const std::string& pipeline,
                                                ExecutionNumber number) {
  std::vector<StoredFact> result;
  auto statement = db.prepared(kFactsOfExecution);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  (*statement)->bind(pipeline, number);
  for (;;) {
    auto row = (*statement)->next();
    if (!row) return row.error();
    if (!*row) return result;
    auto taken = take_block(**statement, result, [&](Sequence /*sequence*/, const Fact& fact) {
      return execution_of(fact) == number;
    });
    if (!taken) return taken.error();
  }
}

Result<Sequence> last_sequence(Connection& db) {
  auto last = db.number(kLastSequence);
  if (!last) return last.error();
  return static_cast<Sequence>(*last);
}

Result<DeclarationPtr> declaration(Connection& db, const std::string& pipeline,
                                   std::uint32_t version) {
  auto statement = db.prepared(kDeclaration);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->bind(pipeline, version).next();
  if (!row) return row.error();
  if (!*row) return store_errors::no_declaration(pipeline, version);
  auto facts = decode_block((*statement)->bytes(1));
  if (!facts) return facts.error();
  const auto index = static_cast<std::size_t>((*statement)->number(0));
  auto* adopted =
      index < facts->size() ? std::get_if<DefinitionAdopted>(&(*facts)[index]) : nullptr;
  if (adopted == nullptr) {
    return Error{ErrorKind::kCorrupt, pipeline,
                 "version " + std::to_string(version) +
                     " is not where it should be. Restore the data directory from a copy."};
  }
  return DeclarationPtr(
      std::make_shared<const PipelineDeclaration>(std::move(adopted->declaration)));
}

Result<std::vector<std::string>> pipelines(Connection& db) {
  auto statement = db.prepared("SELECT name FROM pipelines ORDER BY name");
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  std::vector<std::string> names;
  for (;;) {
    auto row = (*statement)->next();
    if (!row) return row.error();
    if (!*row) return names;
    names.push_back((*statement)->text(0));
  }
}

Result<std::vector<ExecutionRow>> executions(Connection& db, const ExecutionFilter& filter) {
  auto statement = db.prepared(choose(filter));
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  const std::int64_t before = filter.before.ms != 0 ? filter.before.ms : kNewest;
  const int status = filter.status ? static_cast<int>(*filter.status) : -1;
  (*statement)->bind(before, filter.limit, status, filter.pipeline);
  std::vector<ExecutionRow> rows;
  for (;;) {
    auto row = (*statement)->next();
    if (!row) return row.error();
    if (!*row) return rows;
    auto taken = row_of(**statement);
    if (!taken) return taken.error();
    rows.push_back(std::move(taken).value());
  }
}

Result<ExecutionRow> execution(Connection& db, const std::string& pipeline,
                               ExecutionNumber number) {
  const Error none = store_errors::no_execution(pipeline, number);
  return only_row(db, kExecution, none, none, pipeline, number);
}

Result<ExecutionRow> find_execution(Connection& db, const std::string& id_prefix) {
  if (id_prefix.size() < kShortestPrefix) return store_errors::prefix_too_short(id_prefix);
  const auto range = uuids_beginning(id_prefix);
  if (!range) return store_errors::no_execution_begins(id_prefix);
  const bool any_low = range->first.low == 0 && range->last.low == kAllOnes;
  return only_row(db, kByPrefix, store_errors::no_execution_begins(id_prefix),
                  store_errors::several_begin(id_prefix), range->first.high, range->last.high,
                  range->first.low, range->last.low, any_low);
}

Result<std::optional<Store::Snapshot>> snapshot(Connection& db, const std::string& pipeline) {
  auto statement = db.prepared(
      "SELECT sequence, state FROM snapshots"
      " WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?1)");
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->bind(pipeline).next();
  if (!row) return row.error();
  if (!*row) return std::optional<Store::Snapshot>();
  auto state = decode_pipeline((*statement)->bytes(1));
  if (!state) return state.error();
  return std::optional(
      Store::Snapshot{static_cast<Sequence>((*statement)->number(0)), std::move(state).value()});
}

Result<Sequence> cursor(Connection& db, const std::string& name) {
  auto statement = db.prepared("SELECT sequence FROM cursors WHERE name = ?1");
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->bind(name).next();
  if (!row) return row.error();
  return *row ? static_cast<Sequence>((*statement)->number(0)) : 0;
}

}  // namespace sqlite_read
}  // namespace sluice
