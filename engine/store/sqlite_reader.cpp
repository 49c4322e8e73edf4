#include "engine/store/sqlite_reader.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>

#include "engine/store/block.hpp"
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

constexpr char kPipelineId[] = "SELECT id FROM pipelines WHERE name = ?1";
constexpr char kPipelineName[] = "SELECT name FROM pipelines WHERE id = ?1";
// The block that holds a sequence, which may lie in its middle.
constexpr char kBlockOf[] = "SELECT max(first_sequence) FROM blocks WHERE first_sequence <= ?1";
constexpr char kBlocks[] =
    "SELECT first_sequence, facts FROM blocks WHERE first_sequence BETWEEN ?1 AND ?2"
    " ORDER BY first_sequence";
constexpr char kIsActive[] = "SELECT 1 FROM activity WHERE range = ?1 AND pipeline = ?2 LIMIT 1";
constexpr char kIsExecutionActive[] =
    "SELECT 1 FROM activity WHERE range = ?1 AND pipeline = ?2 AND execution = ?3";
// Between which sequences the facts of an execution lie; 0 for what is not known.
constexpr char kBounds[] =
    "SELECT first_sequence, last_sequence FROM executions WHERE pipeline = ?1 AND number = ?2";
constexpr char kLastSequence[] =
    "SELECT first_sequence + count - 1 FROM blocks ORDER BY first_sequence DESC LIMIT 1";
constexpr char kDeclaration[] =
    "SELECT sequence FROM declarations"
    " WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?1) AND version = ?2";
constexpr char kNewestDeclaration[] =
    "SELECT sequence FROM declarations WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?1)"
    " ORDER BY version DESC LIMIT 1";

#define SLUICE_EXECUTION_COLUMNS                                                          \
  "SELECT p.name, e.number, e.id_high, e.id_low, e.version, e.type, e.status, e.started," \
  " e.updated, e.trigger_type, e.trigger_detail, e.summary, e.details FROM executions e"
#define SLUICE_NAME " JOIN pipelines p ON p.id = e.pipeline"
#define SLUICE_NOT_REMOVED " AND instr(p.name, char(31)) = 0"
#define SLUICE_NEWEST_FIRST " ORDER BY e.started DESC, e.ordinal DESC LIMIT ?2"

// ?1 before, ?2 limit, ?3 status, ?4 pipeline, ?5 below
constexpr char kExecutionsOfAll[] =
    SLUICE_EXECUTION_COLUMNS " INDEXED BY executions_by_start" SLUICE_NAME
                             " WHERE e.started < ?1" SLUICE_NOT_REMOVED SLUICE_NEWEST_FIRST;
constexpr char kSucceededOfAll[] = SLUICE_EXECUTION_COLUMNS
    " INDEXED BY executions_by_start" SLUICE_NAME
    " WHERE e.started < ?1 AND e.status = ?3" SLUICE_NOT_REMOVED SLUICE_NEWEST_FIRST;
constexpr char kOthersOfAll[] = SLUICE_EXECUTION_COLUMNS
    " INDEXED BY executions_by_status" SLUICE_NAME
    " WHERE e.started < ?1 AND e.status = ?3 AND e.status <> 3" SLUICE_NOT_REMOVED
        SLUICE_NEWEST_FIRST;
constexpr char kOthersOfPipeline[] = SLUICE_EXECUTION_COLUMNS
    " INDEXED BY executions_by_status" SLUICE_NAME
    " WHERE e.started < ?1 AND e.status = ?3 AND e.status <> 3 AND p.name = ?4"
    " AND e.number < ?5" SLUICE_NEWEST_FIRST;
// Numbers are given in order of start.
constexpr char kExecutionsOfPipeline[] = SLUICE_EXECUTION_COLUMNS SLUICE_NAME
    " WHERE e.pipeline = (SELECT id FROM pipelines WHERE name = ?4)"
    " AND e.number < ?5 AND e.started < ?1 AND (?3 < 0 OR e.status = ?3)"
    " ORDER BY e.number DESC LIMIT ?2";
constexpr char kExecution[] = SLUICE_EXECUTION_COLUMNS SLUICE_NAME
    " WHERE e.pipeline = (SELECT id FROM pipelines WHERE name = ?1) AND e.number = ?2";
// A range of Uuids that share a prefix never crosses the sign of either half.
constexpr char kByPrefix[] =
    SLUICE_EXECUTION_COLUMNS " INDEXED BY executions_by_id" SLUICE_NAME
                             " WHERE e.ordinal >> 12 = ?1 AND e.id_high BETWEEN ?2 AND ?3"
                             " AND (?6 OR e.id_low BETWEEN ?4 AND ?5) LIMIT 2";
constexpr char kLastGroup[] = "SELECT max(ordinal) >> 12 FROM executions";

Result<ExecutionRow> row_of(const Statement& row) {
  ExecutionRow result;
  result.pipeline = row.text(0);
  result.number = static_cast<ExecutionNumber>(row.number(1));
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
  auto details = decode_details(row.bytes(12));
  if (!details) return details.error();
  result.details = std::move(details).value();
  return result;
}

// Several statements see one state of the database although somebody removes history meanwhile.
class ReadTransaction {
 public:
  explicit ReadTransaction(Connection& db) : db_(db) {
    if (auto begin = db.prepared("BEGIN")) static_cast<void>((*begin)->run());
  }
  ~ReadTransaction() { db_.roll_back(); }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  Connection& db_;
};

// Names for the pipelines of facts.
class Names {
 public:
  explicit Names(Connection& db) : db_(db) {}
  Result<const std::string*> of(std::int64_t pipeline) {
    const auto known = names_.find(pipeline);
    if (known != names_.end()) return &known->second;
    auto statement = db_.prepared(kPipelineName);
    if (!statement) return statement.error();
    const Rewind rewind(**statement);
    auto row = (*statement)->bind(pipeline).next();
    if (!row) return row.error();
    return &(names_[pipeline] = *row ? (*statement)->text(0) : "");
  }

 private:
  Connection& db_;
  std::unordered_map<std::int64_t, std::string> names_;
};

// Which facts a reader takes.
struct Choice {
  Sequence after = 0;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  std::optional<std::int64_t> pipeline;
  std::optional<ExecutionNumber> execution;
};

Result<void> take_segment(const Segment& segment, Sequence sequence, const Choice& choice,
                          const std::string& name, std::vector<StoredFact>& out) {
  FactReader facts(segment.facts);
  for (; !facts.at_end() && out.size() < choice.limit; ++sequence) {
    if (sequence <= choice.after || (choice.execution && facts.execution() != *choice.execution)) {
      if (auto skipped = facts.skip(); !skipped) return skipped.error();
      continue;
    }
    auto fact = facts.take();
    if (!fact) return fact.error();
    out.push_back({sequence, name, segment.at, std::move(fact).value()});
  }
  return {};
}

Error facts_missing(Sequence expected, Sequence found) {
  return {ErrorKind::kCorrupt, "",
          "The facts " + std::to_string(expected) + " to " + std::to_string(found - 1) +
              " are missing. Restore the data directory from a copy."};
}

// Whether retention took out what is not there between two blocks.
Result<bool> is_removed(Connection& db, Sequence first, Sequence last) {
  auto upto = only_number(
      db, "SELECT last FROM removed WHERE first <= ?1 ORDER BY first DESC LIMIT 1", first);
  if (!upto) return upto.error();
  return upto->has_value() && static_cast<Sequence>(**upto) >= last;
}

// Appends what is chosen from the blocks that begin in [from, to].
Result<void> take_blocks(Connection& db, Sequence from, Sequence to, const Choice& choice,
                         std::vector<StoredFact>& out) {
  auto statement = db.prepared(kBlocks);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  (*statement)->bind(from, to);
  Names names(db);
  Sequence expected = 0;
  while (out.size() < choice.limit) {
    auto row = (*statement)->next();
    if (!row) return row.error();
    if (!*row) break;
    auto segments = read_block((*statement)->bytes(1));
    if (!segments) return segments.error();
    auto sequence = static_cast<Sequence>((*statement)->number(0));
    if (expected != 0 && sequence != expected) {
      auto removed = is_removed(db, expected, sequence - 1);
      if (!removed) return removed.error();
      if (!*removed) return facts_missing(expected, sequence);
    }
    for (const Segment& segment : *segments) {
      if (!choice.pipeline || segment.pipeline == *choice.pipeline) {
        auto name = names.of(segment.pipeline);
        if (!name) return name.error();
        auto taken = take_segment(segment, sequence, choice, **name, out);
        if (!taken) return taken;
      }
      sequence += segment.count;
    }
    expected = sequence;
  }
  return {};
}

// What a choice need not be looked for outside of.
Result<std::pair<Sequence, Sequence>> bounds_of(Connection& db, const Choice& choice) {
  std::pair<Sequence, Sequence> bounds{0, kNewest};
  if (!choice.execution || *choice.execution == 0) return bounds;
  auto statement = db.prepared(kBounds);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->bind(*choice.pipeline, *choice.execution).next();
  if (!row) return row.error();
  if (!*row) return bounds;
  bounds.first = static_cast<Sequence>((*statement)->number(0));
  const auto last = static_cast<Sequence>((*statement)->number(1));
  if (last != 0) bounds.second = last;
  return bounds;
}

// The same, but passing over the ranges in which nothing happened to the pipeline or execution.
Result<std::vector<StoredFact>> take_ranges(Connection& db, const Choice& choice) {
  std::vector<StoredFact> result;
  const ReadTransaction reading(db);
  auto bounds = bounds_of(db, choice);
  if (!bounds) return bounds.error();
  auto begin = only_number(db, kBlockOf, std::max(choice.after + 1, bounds->first));
  if (!begin) return begin.error();
  auto end = only_number(db, kBlockOf, bounds->second);
  if (!end) return end.error();
  const auto from = static_cast<Sequence>(begin->value_or(0));
  const auto last = static_cast<Sequence>(end->value_or(-1) >> kRangeBits);
  if (!end->has_value()) return result;
  for (Sequence range = from >> kRangeBits; range <= last && result.size() < choice.limit;
       ++range) {
    auto active = choice.execution ? only_number(db, kIsExecutionActive, range, *choice.pipeline,
                                                 *choice.execution)
                                   : only_number(db, kIsActive, range, *choice.pipeline);
    if (!active) return active.error();
    if (!active->has_value()) continue;
    const Sequence first = range << kRangeBits, next = (range + 1) << kRangeBits;
    auto taken =
        take_blocks(db, std::max(from, first), std::min(next - 1, bounds->second), choice, result);
    if (!taken) return taken.error();
  }
  return result;
}

const char* choose(const ExecutionFilter& filter) {
  const bool other = filter.status && *filter.status != ExecutionStatus::kSucceeded;
  if (!filter.pipeline.empty()) return other ? kOthersOfPipeline : kExecutionsOfPipeline;
  if (!filter.status) return kExecutionsOfAll;
  return other ? kOthersOfAll : kSucceededOfAll;
}

}  // namespace

Result<std::vector<StoredFact>> facts_after(Connection& db, Sequence after, std::uint32_t limit) {
  std::vector<StoredFact> result;
  auto begin = only_number(db, kBlockOf, after + 1);
  if (!begin) return begin.error();
  Choice choice;
  choice.after = after;
  choice.limit = limit;
  auto taken = take_blocks(db, static_cast<Sequence>(begin->value_or(0)), kNewest, choice, result);
  if (!taken) return taken.error();
  return result;
}

Result<std::vector<StoredFact>> pipeline_facts(Connection& db, const std::string& pipeline,
                                               Sequence after, std::uint32_t limit) {
  auto id = only_number(db, kPipelineId, pipeline);
  if (!id) return id.error();
  if (!id->has_value()) return std::vector<StoredFact>();
  return take_ranges(db, {after, limit, *id, {}});
}

Result<std::vector<StoredFact>> execution_facts(Connection& db, const std::string& pipeline,
                                                ExecutionNumber number) {
  auto id = only_number(db, kPipelineId, pipeline);
  if (!id) return id.error();
  if (!id->has_value()) return std::vector<StoredFact>();
  Choice choice;
  choice.pipeline = *id;
  choice.execution = number;
  return take_ranges(db, choice);
}

Result<Sequence> last_sequence(Connection& db) {
  auto last = db.number(kLastSequence);
  if (!last) return last.error();
  return static_cast<Sequence>(*last);
}

Result<Adoption> adoption(Connection& db, const std::string& pipeline, std::uint32_t version) {
  auto sequence = version == 0 ? only_number(db, kNewestDeclaration, pipeline)
                               : only_number(db, kDeclaration, pipeline, version);
  if (!sequence) return sequence.error();
  if (!sequence->has_value()) return store_errors::no_declaration(pipeline, version);
  auto facts = facts_after(db, static_cast<Sequence>(**sequence) - 1, 1);
  if (!facts) return facts.error();
  auto* adopted = facts->empty() ? nullptr : std::get_if<DefinitionAdopted>(&facts->front().fact);
  if (adopted == nullptr) {
    return Error{ErrorKind::kCorrupt, pipeline,
                 "version " + std::to_string(version) +
                     " is not where it should be. Restore the data directory from a copy."};
  }
  return Adoption{facts->front().at,
                  std::make_shared<const PipelineDeclaration>(std::move(adopted->declaration))};
}

Result<DeclarationPtr> declaration(Connection& db, const std::string& pipeline,
                                   std::uint32_t version) {
  if (version == 0) return store_errors::no_declaration(pipeline, version);
  auto found = adoption(db, pipeline, version);
  if (!found) return found.error();
  return found->declaration;
}

namespace {
Result<std::vector<std::string>> texts(Connection& db, const char* sql) {
  auto statement = db.prepared(sql);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  std::vector<std::string> found;
  for (;;) {
    auto row = (*statement)->next();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back((*statement)->text(0));
  }
}
}  // namespace

Result<std::vector<std::string>> pipelines(Connection& db) {
  return texts(db, "SELECT name FROM pipelines WHERE instr(name, char(31)) = 0 ORDER BY name");
}

Result<std::vector<std::string>> removed_pipelines(Connection& db) {
  return texts(db, "SELECT name FROM pipelines WHERE instr(name, char(31)) > 0 ORDER BY id");
}

Result<std::vector<ExecutionRow>> executions(Connection& db, const ExecutionFilter& filter) {
  auto statement = db.prepared(choose(filter));
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  const std::int64_t before = filter.before.ms != 0 ? filter.before.ms : kNewest;
  const int status = filter.status ? static_cast<int>(*filter.status) : -1;
  const std::int64_t below = filter.below != 0 ? filter.below : kNewest;
  if (filter.pipeline.empty())
    (*statement)->bind(before, filter.limit, status);
  else
    (*statement)->bind(before, filter.limit, status, filter.pipeline, below);
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
  auto statement = db.prepared(kExecution);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->bind(pipeline, number).next();
  if (!row) return row.error();
  if (!*row) return store_errors::no_execution(pipeline, number);
  return row_of(**statement);
}

Result<ExecutionRow> find_execution(Connection& db, const std::string& id_prefix) {
  if (id_prefix.size() < kShortestPrefix) return store_errors::prefix_too_short(id_prefix);
  const auto range = uuids_beginning(id_prefix);
  if (!range) return store_errors::no_execution_begins(id_prefix);
  const bool any_low = range->first.low == 0 && range->last.low == kAllOnes;
  auto group = only_number(db, kLastGroup);
  if (!group) return group.error();
  auto statement = db.prepared(kByPrefix);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  std::optional<ExecutionRow> found;
  for (std::int64_t at = group->value_or(-1); at >= 0; --at) {
    (*statement)->reset();
    (*statement)
        ->bind(at, range->first.high, range->last.high, range->first.low, range->last.low, any_low);
    for (;;) {
      auto more = (*statement)->next();
      if (!more) return more.error();
      if (!*more) break;
      if (found) return store_errors::several_begin(id_prefix);
      auto row = row_of(**statement);
      if (!row) return row.error();
      found = std::move(row).value();
    }
  }
  if (!found) return store_errors::no_execution_begins(id_prefix);
  return *std::move(found);
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

Result<Texts> tags(Connection& db, const std::string& pipeline) {
  auto statement = db.prepared(
      "SELECT key, value FROM tags"
      " WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?1) ORDER BY key");
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  (*statement)->bind(pipeline);
  Texts tags;
  for (;;) {
    auto row = (*statement)->next();
    if (!row) return row.error();
    if (!*row) return tags;
    tags.emplace_back((*statement)->text(0), (*statement)->text(1));
  }
}
Result<Sequence> cursor(Connection& db, const std::string& name) {
  auto statement = db.prepared("SELECT sequence FROM cursors WHERE name = ?1");
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->bind(name).next();
  if (!row) return row.error();
  return *row ? static_cast<Sequence>((*statement)->number(0)) : 0;
}

Result<std::uint64_t> removed_between(Connection& db, Sequence after, Sequence upto) {
  if (upto <= after) return std::uint64_t{0};
  // Ranges are apart, so that of those that begin before only the last one may reach in.
  auto count = only_number(
      db,
      "SELECT sum(max(0, min(last, ?2) - max(first, ?1) + 1)) FROM removed WHERE first <= ?2"
      " AND first >= (SELECT coalesce(max(first), 0) FROM removed WHERE first <= ?1)",
      after + 1, upto);
  if (!count) return count.error();
  return static_cast<std::uint64_t>(count->value_or(0));
}

}  // namespace sqlite_read
}  // namespace sluice
