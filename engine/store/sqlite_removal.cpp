#include "engine/store/sqlite_removal.hpp"

#include <algorithm>
#include <optional>

#include "engine/store/block.hpp"
#include "engine/store/sqlite_reader.hpp"

namespace sluice {

using sqlite::Rewind;
using sqlite_read::only_number;

namespace {

constexpr char kPipelineId[] = "SELECT id FROM pipelines WHERE name = ?1";
constexpr char kNewestBlock[] = "SELECT max(first_sequence) FROM blocks";
constexpr char kOldestRange[] = "SELECT min(range) FROM activity";
constexpr char kBlockOf[] = "SELECT max(first_sequence) FROM blocks WHERE first_sequence <= ?1";
constexpr char kSnapshot[] = "SELECT sequence FROM snapshots WHERE pipeline = ?1";
constexpr char kStatus[] =
    "SELECT status FROM executions"
    " WHERE pipeline = ?1 AND number = ?2 AND id_high = ?3 AND id_low = ?4";
constexpr char kIsActive[] =
    "SELECT 1 FROM activity WHERE range = ?1 AND pipeline = ?2 AND execution = ?3";
constexpr char kBlocksOfRange[] =
    "SELECT first_sequence, facts FROM blocks WHERE first_sequence BETWEEN ?1 AND ?2";
constexpr char kBlock[] = "SELECT facts FROM blocks WHERE first_sequence = ?1";

// 0 and 1 are the states of executions in flight (engine/core/pipeline.hpp).
static_assert(static_cast<int>(ExecutionStatus::kInProgress) == 0 &&
              static_cast<int>(ExecutionStatus::kStopping) == 1);
constexpr char kDropExecution[] =
    "DELETE FROM executions WHERE pipeline = ?1 AND number = ?2 AND id_high = ?3 AND id_low = ?4"
    " AND status > 1 RETURNING 1";
constexpr char kDropActivity[] =
    "DELETE FROM activity WHERE range = ?1 AND pipeline = ?2 AND execution = ?3";
constexpr char kDropDeclaration[] =
    "DELETE FROM declarations WHERE pipeline = ?1 AND sequence = ?2";
constexpr char kDropBlock[] = "DELETE FROM blocks WHERE first_sequence = ?1";
constexpr char kAddBlock[] =
    "INSERT INTO blocks (first_sequence, count, facts) VALUES (?1, ?2, ?3)";
constexpr char kHoleBefore[] =
    "SELECT first FROM removed WHERE first = (SELECT max(first) FROM removed WHERE first <= ?1)"
    " AND last = ?1 - 1";
constexpr char kHoleAfter[] = "SELECT last FROM removed WHERE first = ?1 + 1";
constexpr char kDropHole[] = "DELETE FROM removed WHERE first = ?1";
constexpr char kAddHole[] = "INSERT INTO removed (first, last) VALUES (?1, ?2)";

}  // namespace

template <class... T>
Result<void> HistoryRemoval::run(const char* sql, const T&... values) {
  auto statement = db_.prepared(sql);
  if (!statement) return statement.error();
  return (*statement)->bind(values...).run();
}

Result<void> HistoryRemoval::find(const Removal& removal) {
  auto newest = only_number(db_, kNewestBlock);
  if (!newest) return newest.error();
  newest_block_ = static_cast<Sequence>(newest->value_or(0));
  for (const Removal::Ended& ended : removal.executions)
    if (auto found = find_execution(ended, removal.upto); !found) return found;
  for (const Removal::About& about : removal.facts)
    if (auto found = find_about(about, removal.upto); !found) return found;
  return find_facts();
}

Result<bool> HistoryRemoval::is_there(std::int64_t pipeline, const Removal::Ended& ended) {
  auto status = only_number(db_, kStatus, pipeline, ended.number, ended.id.high, ended.id.low);
  if (!status) return status.error();
  return status->has_value() && !is_in_flight(static_cast<ExecutionStatus>(**status));
}

// The newest block stays: the next sequence is counted from it. Of a living pipeline recovery has
// to find everything that came after its snapshot.
Result<Sequence> HistoryRemoval::limit_of(std::int64_t pipeline, const std::string& name,
                                          Sequence upto) {
  const Sequence limit = std::min(upto, newest_block_ == 0 ? 0 : newest_block_ - 1);
  if (is_removed_name(name)) return limit;
  auto snapshot = only_number(db_, kSnapshot, pipeline);
  if (!snapshot) return snapshot.error();
  return std::min(limit, static_cast<Sequence>(snapshot->value_or(0)));
}

Result<void> HistoryRemoval::find_execution(const Removal::Ended& ended, Sequence upto) {
  auto pipeline = only_number(db_, kPipelineId, ended.pipeline);
  if (!pipeline) return pipeline.error();
  if (!pipeline->has_value()) return {};
  auto there = is_there(**pipeline, ended);
  if (!there) return there.error();
  if (!*there) return {};
  auto limit = limit_of(**pipeline, ended.pipeline, upto);
  if (!limit) return limit.error();
  Doomed doomed{ended, *limit, {}, {}};
  auto first = only_number(db_, kOldestRange);
  if (!first) return first.error();
  const auto last = static_cast<std::int64_t>(newest_block_ >> sqlite_read::kRangeBits);
  for (std::int64_t range = first->value_or(0); range <= last; ++range) {
    auto active = only_number(db_, kIsActive, range, **pipeline, ended.number);
    if (!active) return active.error();
    if (active->has_value()) doomed.ranges.insert(range);
  }
  executions_[{**pipeline, ended.number}] = std::move(doomed);
  return {};
}

Result<void> HistoryRemoval::find_about(const Removal::About& about, Sequence upto) {
  auto pipeline = only_number(db_, kPipelineId, about.pipeline);
  if (!pipeline) return pipeline.error();
  if (!pipeline->has_value()) return {};
  auto limit = limit_of(**pipeline, about.pipeline, upto);
  if (!limit) return limit.error();
  for (const Sequence sequence : about.sequences) {
    if (sequence > *limit) continue;
    auto there = is_about(**pipeline, sequence);
    if (!there) return there.error();
    if (!*there) continue;
    gone_.insert(sequence);
    about_.emplace_back(**pipeline, sequence);
  }
  return {};
}

// Which facts of the executions there are; those that have one beyond their limit stay whole.
Result<void> HistoryRemoval::find_facts() {
  std::set<std::int64_t> ranges;
  for (const auto& [key, doomed] : executions_)
    ranges.insert(doomed.ranges.begin(), doomed.ranges.end());
  for (const std::int64_t range : ranges)
    if (auto read = read_range(range); !read) return read;
  std::erase_if(executions_, [](const auto& entry) {
    const Doomed& doomed = entry.second;
    return !doomed.sequences.empty() && doomed.sequences.back() > doomed.limit;
  });
  for (const auto& [key, doomed] : executions_)
    gone_.insert(doomed.sequences.begin(), doomed.sequences.end());
  return {};
}

Result<void> HistoryRemoval::read_range(std::int64_t range) {
  auto blocks = db_.prepared(kBlocksOfRange);
  if (!blocks) return blocks.error();
  const Rewind rewind(**blocks);
  (*blocks)->bind(range << sqlite_read::kRangeBits, ((range + 1) << sqlite_read::kRangeBits) - 1);
  for (;;) {
    auto more = (*blocks)->next();
    if (!more) return more.error();
    if (!*more) return {};
    auto looked = look_at((*blocks)->bytes(1), static_cast<Sequence>((*blocks)->number(0)));
    if (!looked) return looked;
  }
}

Result<void> HistoryRemoval::look_at(std::string_view block, Sequence first) {
  auto segments = read_block(block);
  if (!segments) return segments.error();
  Sequence sequence = first;
  for (const Segment& segment : *segments) {
    const auto any = executions_.lower_bound({segment.pipeline, 0});
    if (any == executions_.end() || any->first.first != segment.pipeline) {
      sequence += segment.count;
      continue;
    }
    for (FactReader facts(segment.facts); !facts.at_end(); ++sequence) {
      const auto at = executions_.find({segment.pipeline, facts.execution()});
      if (at != executions_.end()) at->second.sequences.push_back(sequence);
      if (auto skipped = facts.skip(); !skipped) return skipped.error();
    }
  }
  return {};
}

// The block that holds a sequence, or the last one before it; "" if there is none.
Result<std::string> HistoryRemoval::block_of(Sequence sequence, Sequence& first) {
  auto begin = only_number(db_, kBlockOf, sequence);
  if (!begin) return begin.error();
  if (!begin->has_value()) return std::string();
  first = static_cast<Sequence>(**begin);
  auto statement = db_.prepared(kBlock);
  if (!statement) return statement.error();
  const Rewind rewind(**statement);
  auto row = (*statement)->bind(first).next();
  if (!row) return row.error();
  return *row ? (*statement)->text(0) : std::string();
}

// Whether it is a fact about the pipeline itself.
Result<bool> HistoryRemoval::is_about(std::int64_t pipeline, Sequence wanted) {
  Sequence sequence = 0;
  const auto block = block_of(wanted, sequence);
  if (!block) return block.error();
  if (block->empty()) return false;
  auto segments = read_block(*block);
  if (!segments) return segments.error();
  for (const Segment& segment : *segments) {
    for (FactReader facts(segment.facts); !facts.at_end(); ++sequence) {
      if (sequence == wanted) return segment.pipeline == pipeline && facts.execution() == 0;
      if (auto skipped = facts.skip(); !skipped) return skipped.error();
    }
  }
  return false;
}

Result<void> HistoryRemoval::write() {
  for (auto at = gone_.begin(); at != gone_.end();) {
    Sequence first = 0;
    const auto block = block_of(*at, first);
    if (!block) return block.error();
    auto end = rewrite(first, *block);
    if (!end) return end.error();
    at = gone_.lower_bound(std::max(*end, *at + 1));
  }
  for (const auto& [key, doomed] : executions_) {
    const Uuid& id = doomed.ended.id;
    auto dropped = only_number(db_, kDropExecution, key.first, key.second, id.high, id.low);
    if (!dropped) return dropped.error();
    if (!dropped->has_value())
      return Error{ErrorKind::kConflict, doomed.ended.pipeline,
                   "execution " + std::to_string(key.second) +
                       " has changed while its history was to be removed; try again."};
    for (const std::int64_t range : doomed.ranges)
      if (auto done = run(kDropActivity, range, key.first, key.second); !done) return done;
  }
  for (const auto& [pipeline, sequence] : about_)
    if (auto done = run(kDropDeclaration, pipeline, sequence); !done) return done;
  return {};
}

// The block without what goes: a block for each run of facts that stay. The sequence behind it.
Result<Sequence> HistoryRemoval::rewrite(Sequence first, std::string_view block) {
  auto segments = read_block(block);
  if (!segments) return segments.error();
  if (auto done = run(kDropBlock, first); !done) return done.error();
  BlockWriter writer;
  Sequence sequence = first, hole = 0;  // where the run, or the hole that is being passed, began
  Sequence run_begins = first;
  const auto end_run = [&]() -> Result<void> {
    if (writer.count() == 0) return {};
    auto added = run(kAddBlock, run_begins, writer.count(), writer.finish());
    writer.clear();
    return added;
  };
  for (const Segment& segment : *segments) {
    writer.begin_segment(segment.pipeline, segment.at);
    for (FactReader facts(segment.facts); !facts.at_end(); ++sequence) {
      auto encoded = facts.skip();
      if (!encoded) return encoded.error();
      if (gone_.contains(sequence)) {
        if (auto ended = end_run(); !ended) return ended.error();
        if (hole == 0) hole = sequence;
        continue;
      }
      if (hole != 0)
        if (auto done = forget(std::exchange(hole, 0), sequence - 1); !done) return done.error();
      if (writer.count() == 0) {
        run_begins = sequence;
        writer.begin_segment(segment.pipeline, segment.at);
      }
      writer.add(*encoded);
    }
  }
  if (auto ended = end_run(); !ended) return ended.error();
  if (hole != 0)
    if (auto done = forget(hole, sequence - 1); !done) return done.error();
  return sequence;
}

// Notes that the sequences are not missing but removed; ranges that touch become one.
Result<void> HistoryRemoval::forget(Sequence first, Sequence last) {
  auto before = only_number(db_, kHoleBefore, first);
  if (!before) return before.error();
  if (before->has_value()) {
    if (auto done = run(kDropHole, **before); !done) return done;
    first = static_cast<Sequence>(**before);
  }
  auto after = only_number(db_, kHoleAfter, last);
  if (!after) return after.error();
  if (after->has_value()) {
    if (auto done = run(kDropHole, last + 1); !done) return done;
    last = static_cast<Sequence>(**after);
  }
  return run(kAddHole, first, last);
}

Removed HistoryRemoval::removed() const {
  Removed removed;
  for (const auto& [key, doomed] : executions_) removed.executions.push_back(doomed.ended);
  removed.facts = gone_.size();
  return removed;
}

}  // namespace sluice
