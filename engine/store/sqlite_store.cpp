#include "engine/store/sqlite_store.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "engine/store/block.hpp"
#include "engine/store/codec.hpp"
#include "engine/store/sqlite_open.hpp"
#include "engine/store/sqlite_reader.hpp"
#include "engine/store/sqlite_removal.hpp"

namespace sluice {
namespace {

using sqlite::Connection;

// A block fits into one page of the database as a rule. Small enough that reading one execution's
// facts out of it passes over little else, large enough that its row costs nothing per fact.
constexpr std::uint32_t kBlockFacts = 128;
constexpr std::size_t kBlockBytes = 16 * 1024;
// Closing leaves a log for the next open to read; beyond this length it is emptied first.
constexpr int kLogPagesAtClose = 64;

// How far a cursor may fall back when the process is killed.
constexpr Sequence kCursorLag = 1000;

constexpr char kBegin[] = "BEGIN IMMEDIATE";
constexpr char kCommit[] = "COMMIT";
constexpr char kFindPipeline[] = "SELECT id FROM pipelines WHERE name = ?1";
constexpr char kAddPipeline[] = "INSERT INTO pipelines (name) VALUES (?1) RETURNING id";
constexpr char kRemovePipeline[] = "UPDATE pipelines SET name = ?2 WHERE id = ?1";
constexpr char kAddBlock[] =
    "INSERT INTO blocks (first_sequence, count, facts) VALUES (?1, ?2, ?3)";
constexpr char kAddActivity[] =
    "INSERT OR IGNORE INTO activity (range, pipeline, execution) VALUES (?1, ?2, ?3)";
constexpr char kAddDeclaration[] =
    "INSERT OR REPLACE INTO declarations (pipeline, version, sequence) VALUES (?1, ?2, ?3)";
// An index is touched by an UPDATE only if one of its columns is set, so the columns that do not
// change are left out. A row that differs in them nevertheless is replaced whole by kReplace.
constexpr char kPutExecution[] =
    "INSERT INTO executions (pipeline, number, id_high, id_low, version, type, status, started,"
    " updated, trigger_type, trigger_detail, summary, details, first_sequence, last_sequence)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
    " ON CONFLICT (pipeline, number) DO UPDATE SET version = ?5, type = ?6, status = ?7,"
    " updated = ?9, trigger_type = ?10, trigger_detail = ?11, summary = ?12, details = ?13,"
    " last_sequence = ?15"
    " WHERE id_high = ?3 AND id_low = ?4 AND started = ?8 RETURNING 1";
constexpr char kReplaceExecution[] =
    "INSERT OR REPLACE INTO executions (pipeline, number, id_high, id_low, version, type, status,"
    " started, updated, trigger_type, trigger_detail, summary, details, first_sequence,"
    " last_sequence)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
constexpr char kPutSnapshot[] =
    "INSERT OR REPLACE INTO snapshots (pipeline, sequence, state) VALUES (?1, ?2, ?3)";
constexpr char kDropTags[] =
    "DELETE FROM tags WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?1)";
constexpr char kAddTag[] =
    "INSERT INTO tags (pipeline, key, value) SELECT id, ?2, ?3 FROM pipelines WHERE name = ?1";
constexpr char kPutCursor[] = "INSERT OR REPLACE INTO cursors (name, sequence) VALUES (?1, ?2)";

bool starts(const Facts& facts, ExecutionNumber execution) {
  return std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
    const auto* started = std::get_if<ExecutionStarted>(&fact);
    return started != nullptr && started->execution == execution;
  });
}

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::filesystem::path& file, const SqliteOptions& options,
              const sqlite::OpenOptions& open, std::unique_ptr<Connection> writer)
      : options_(options), readers_(file, open), writer_(std::move(writer)) {}

  ~SqliteStore() override {
    if (!unwritten_cursors_.empty()) {
      static_cast<void>(in_transaction([&]() -> Result<void> { return {}; }));
    }
    if (writer_->log_pages() > kLogPagesAtClose) writer_->checkpoint();
  }

  Result<Sequence> commit(std::span<const Append> batch) override {
    Sequence first = 0;
    auto done = in_transaction([&]() -> Result<void> {
      auto last = sqlite_read::last_sequence(*writer_);
      if (!last) return last.error();
      first = *last + 1;
      next_ = first;
      block_.clear();
      for (const Append& append : batch) {
        if (auto written = write(append); !written) return written;
      }
      return write_block();
    });
    if (!done) return done.error();
    return first;
  }

  // Not synced: it only shortens recovery, and what comes to rely on it (a cursor, removed history)
  // is later in the log.
  Result<void> save_snapshot(const std::string& pipeline, const Snapshot& snapshot) override {
    return unsynced([&] {
      return in_transaction([&]() -> Result<void> {
        auto id = id_of(pipeline);
        if (!id) return id.error();
        const std::string state = encode(snapshot.pipeline);
        return run(kPutSnapshot, *id, snapshot.sequence, std::string_view(state));
      });
    });
  }

  Result<Texts> tags(const std::string& pipeline) const override {
    return read([&](Connection& db) { return sqlite_read::tags(db, pipeline); });
  }
  Result<void> set_tags(const std::string& pipeline, const Texts& tags) override {
    return in_transaction([&]() -> Result<void> {
      auto done = run(kDropTags, pipeline);
      for (const auto& [key, value] : tags)
        if (done) done = run(kAddTag, pipeline, key, value);
      return done;
    });
  }

  // Written along with the next transaction: a cursor alone is not worth a sync. One that follows
  // the commits of other processes has no next transaction; it is written now and then, unsynced.
  Result<void> set_cursor(const std::string& name, Sequence sequence) override {
    {
      const std::lock_guard lock(cursor_mutex_);
      unwritten_cursors_[name] = sequence;
    }
    Sequence& written = written_cursors_[name];
    if (sequence - written < kCursorLag) return {};
    return unsynced([this] { return in_transaction([] { return Result<void>(); }); });
  }
  // Not synced: what a power cut brings back is removed by the next collection, and nobody who
  // commits waits for the disk on its account.
  Result<Removed> remove_history(const Removal& removal) override {
    HistoryRemoval step(*writer_);
    if (auto found = step.find(removal); !found) return found.error();
    if (step.is_empty()) return Removed();
    const auto done = unsynced([&] { return in_transaction([&] { return step.write(); }); });
    if (!done) return done.error();
    return step.removed();
  }
  Result<Sequence> cursor(const std::string& name) const override {
    {
      const std::lock_guard lock(cursor_mutex_);
      const auto found = unwritten_cursors_.find(name);
      if (found != unwritten_cursors_.end()) return found->second;
    }
    return read([&](Connection& db) { return sqlite_read::cursor(db, name); });
  }

  Result<std::vector<StoredFact>> pipeline_facts(const std::string& pipeline, Sequence after,
                                                 std::uint32_t limit) const override {
    return read(
        [&](Connection& db) { return sqlite_read::pipeline_facts(db, pipeline, after, limit); });
  }
  Result<std::vector<StoredFact>> execution_facts(const std::string& pipeline,
                                                  ExecutionNumber number) const override {
    return read([&](Connection& db) { return sqlite_read::execution_facts(db, pipeline, number); });
  }
  Result<std::vector<StoredFact>> facts_after(Sequence after, std::uint32_t limit) const override {
    return read([&](Connection& db) { return sqlite_read::facts_after(db, after, limit); });
  }
  Result<Sequence> last_sequence() const override {
    return read([&](Connection& db) { return sqlite_read::last_sequence(db); });
  }
  Result<Adoption> adoption(const std::string& pipeline, std::uint32_t version) const override {
    return read([&](Connection& db) { return sqlite_read::adoption(db, pipeline, version); });
  }
  Result<DeclarationPtr> declaration(const std::string& pipeline,
                                     std::uint32_t version) const override {
    return read([&](Connection& db) { return sqlite_read::declaration(db, pipeline, version); });
  }
  Result<std::vector<std::string>> pipelines() const override {
    return read([&](Connection& db) { return sqlite_read::pipelines(db); });
  }
  Result<std::vector<ExecutionRow>> executions(const ExecutionFilter& filter) const override {
    return read([&](Connection& db) { return sqlite_read::executions(db, filter); });
  }
  Result<ExecutionRow> execution(const std::string& pipeline,
                                 ExecutionNumber number) const override {
    return read([&](Connection& db) { return sqlite_read::execution(db, pipeline, number); });
  }
  Result<ExecutionRow> find_execution(const std::string& id_prefix) const override {
    return read([&](Connection& db) { return sqlite_read::find_execution(db, id_prefix); });
  }
  Result<std::optional<Snapshot>> snapshot(const std::string& pipeline) const override {
    return read([&](Connection& db) { return sqlite_read::snapshot(db, pipeline); });
  }
  Result<std::vector<std::string>> removed_pipelines() const override {
    return read([&](Connection& db) { return sqlite_read::removed_pipelines(db); });
  }
  Result<std::uint64_t> removed_between(Sequence after, Sequence upto) const override {
    return read([&](Connection& db) { return sqlite_read::removed_between(db, after, upto); });
  }

 private:
  template <class F>
  auto read(F f) const -> decltype(f(std::declval<Connection&>())) {
    auto lent = readers_.lend();
    if (!lent) return lent.error();
    return f(**lent);
  }

  template <class... T>
  Result<void> run(const char* sql, const T&... values) {
    auto statement = writer_->prepared(sql);
    if (!statement) return statement.error();
    return (*statement)->bind(values...).run();
  }

  template <class F>
  Result<void> unsynced(F f) {
    if (auto done = writer_->execute("PRAGMA synchronous = NORMAL"); !done) return done;
    const Result<void> done = f();
    const auto restored = writer_->execute("PRAGMA synchronous = FULL");
    return done ? restored : done;
  }

  template <class F>
  Result<void> in_transaction(F f) {
    auto done = run(kBegin);
    if (!done) return done;
    done = f();
    std::map<std::string, Sequence> cursors;
    {
      const std::lock_guard lock(cursor_mutex_);
      cursors = unwritten_cursors_;
    }
    for (const auto& [name, sequence] : cursors) {
      if (done) done = run(kPutCursor, name, sequence);
    }
    if (done) done = run(kCommit);
    if (!done) {
      writer_->roll_back();
      pipeline_ids_.clear();  // what the transaction has added is gone
      noted_.clear();
      return done;
    }
    // Only this thread sets cursors, so what was written is what there is.
    for (const auto& [name, sequence] : cursors) written_cursors_[name] = sequence;
    if (!cursors.empty()) {
      const std::lock_guard lock(cursor_mutex_);
      unwritten_cursors_.clear();
    }
    if (writer_->log_pages() >= options_.checkpoint_pages) writer_->checkpoint();
    return {};
  }

  Result<std::int64_t> id_of(const std::string& pipeline) {
    const auto known = pipeline_ids_.find(pipeline);
    if (known != pipeline_ids_.end()) return known->second;
    for (const char* sql : {kFindPipeline, kAddPipeline}) {
      auto statement = writer_->prepared(sql);
      if (!statement) return statement.error();
      const sqlite::Rewind rewind(**statement);
      auto row = (*statement)->bind(pipeline).next();
      if (!row) return row.error();
      if (!*row) continue;
      return pipeline_ids_[pipeline] = (*statement)->number(0);
    }
    return Error{ErrorKind::kCorrupt, pipeline, "cannot be registered in the database."};
  }

  Result<void> write(const Append& append) {
    auto id = id_of(append.pipeline);
    if (!id) return id.error();
    block_.begin_segment(*id, append.at);
    const Sequence first = next_ + block_.count();
    for (const Fact& fact : append.facts) {
      if (const auto* adopted = std::get_if<DefinitionAdopted>(&fact)) {
        auto added =
            run(kAddDeclaration, *id, adopted->declaration.version, next_ + block_.count());
        if (!added) return added;
      }
      if (auto noted = note_activity(*id, execution_of(fact)); !noted) return noted;
      block_.add(fact);
      if (block_.count() == kBlockFacts || block_.size() >= kBlockBytes) {
        if (auto written = write_block(); !written) return written;
        block_.begin_segment(*id, append.at);
      }
    }
    for (const ExecutionRow& row : append.rows) {
      const Sequence started = starts(append.facts, row.number) ? first : 0;
      if (auto put = write_row(*id, row, started, first + append.facts.size() - 1); !put)
        return put;
    }
    if (append.facts.empty() || !std::holds_alternative<PipelineRemoved>(append.facts.back()))
      return {};
    pipeline_ids_.erase(append.pipeline);
    const std::string removed = removed_name(append.pipeline, *id);
    return run(kRemovePipeline, *id, removed);
  }

  // Of the block that is being filled.
  Result<void> note_activity(std::int64_t pipeline, ExecutionNumber execution) {
    const Sequence range = next_ >> sqlite_read::kRangeBits;
    if (range != noted_range_) {
      noted_.clear();
      noted_range_ = range;
    }
    // Facts of one execution come together.
    const std::int64_t key = pipeline << 32 | execution;
    if (key == last_noted_ && !noted_.empty()) return {};
    last_noted_ = key;
    if (!noted_.insert(key).second) return {};
    return run(kAddActivity, range, pipeline, execution);
  }

  Result<void> write_block() {
    if (block_.count() == 0) return {};
    auto done = run(kAddBlock, next_, block_.count(), block_.finish());
    next_ += block_.count();
    block_.clear();
    return done;
  }

  // first and last: sequences between which its facts lie; 0 if they are not known.
  Result<void> write_row(std::int64_t pipeline, const ExecutionRow& row, Sequence first,
                         Sequence last) {
    const std::string details = encode_details(row.details);
    for (const char* sql : {kPutExecution, kReplaceExecution}) {
      auto statement = writer_->prepared(sql);
      if (!statement) return statement.error();
      const sqlite::Rewind rewind(**statement);
      auto put = (*statement)
                     ->bind(pipeline, row.number, row.id.high, row.id.low, row.version, row.type,
                            row.status, row.started.ms, row.updated.ms, row.trigger.type,
                            row.trigger.detail, row.summary, std::string_view(details), first,
                            is_in_flight(row.status) ? 0 : last)
                     .next();
      if (!put) return put.error();
      if (*put) break;
    }
    return {};
  }

  SqliteOptions options_;
  mutable SqliteReaders readers_;
  std::unique_ptr<Connection> writer_;
  std::unordered_map<std::string, std::int64_t> pipeline_ids_;
  BlockWriter block_;
  Sequence next_ = 0;  // of the first fact in block_
  // What of the range noted_range_ is known to be in the table activity.
  Sequence noted_range_ = 0;
  std::unordered_set<std::int64_t> noted_;
  std::int64_t last_noted_ = 0;
  mutable std::mutex cursor_mutex_;
  std::map<std::string, Sequence> unwritten_cursors_;
  std::map<std::string, Sequence> written_cursors_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& file,
                                                 const SqliteOptions& options) {
  sqlite::OpenOptions open;
  open.busy_timeout_ms = options.busy_timeout_ms;
  open.vfs = options.vfs;
  auto writer = sqlite::open_database(file, open);
  if (!writer) return writer.error();
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(file, options, open, std::move(writer).value()));
}

}  // namespace sluice
