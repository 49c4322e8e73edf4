// Where facts live. One transaction per batch of facts; the facts are the outbox and carry one
// global sequence, which counts facts from 1 over all pipelines. Two implementations: MemoryStore
// (tests, simulation) and SqliteStore; one contract suite (tests/store) holds for both.
//
// A removed pipeline frees its name: a PipelineRemoved fact, which must be the last of its Append,
// ends an incarnation, and whoever takes the name next begins with execution 1 of version 1. What
// the old one left is kept under a name that no pipeline can have (removed_name), which the facts
// and rows that are read from then on carry; plain_name() is what people called it.
//
// Sequences are never given twice, but some may be gone: what retention removed (remove_history) is
// passed over by every reading function.
//
// Threads: commit(), save_snapshot(), set_tags(), set_cursor() and remove_history() from one
// thread; the reading functions from any thread. Several processes, or threads with a SqliteStore
// each, may open one file; a pipeline is written by the one that holds its lease
// (engine/store/lease.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/pipeline.hpp"
#include "engine/core/result.hpp"

namespace sluice {

using Sequence = std::uint64_t;

inline constexpr char kRemovedMark = '\x1f';
[[nodiscard]] inline std::string removed_name(const std::string& name, std::int64_t incarnation) {
  return name + kRemovedMark + std::to_string(incarnation);
}
[[nodiscard]] inline std::string plain_name(const std::string& name) {
  return name.substr(0, name.find(kRemovedMark));
}

struct StoredFact {
  Sequence sequence = 0;
  std::string pipeline;
  Instant at;
  Fact fact;
};

// What lists of executions show beside the columns that they are found by.
struct ExecutionDetails {
  std::vector<std::pair<Index, ArtifactRef>> revisions;  // by action of the first stage
  std::string stop_reason;
  ExecutionNumber rollback_target = 0;
  std::vector<Index> succeeded_stages;  // as of the last change of status
  bool operator==(const ExecutionDetails&) const = default;
};

// The read model of one execution, for history: a row of its own, so that listing needs no folding.
struct ExecutionRow {
  std::string pipeline;
  ExecutionNumber number = 0;
  Uuid id;
  std::uint32_t version = 0;
  ExecutionType type = ExecutionType::kStandard;
  ExecutionStatus status = ExecutionStatus::kInProgress;
  Instant started, updated;
  Trigger trigger;
  std::string summary;  // why it ended as it did, or ""
  ExecutionDetails details = {};
  bool operator==(const ExecutionRow&) const = default;
};

// One pipeline's part of a commit. All facts of one Append happened at one instant.
struct Append {
  std::string pipeline;
  Instant at;
  Facts facts;
  std::vector<ExecutionRow> rows;  // inserted or replaced, by (pipeline, number)
};

struct ExecutionFilter {
  std::string pipeline;  // "" for all
  std::optional<ExecutionStatus> status;
  Instant before;  // none: from the newest; else older than this start
  std::uint32_t limit = 100;
  ExecutionNumber below = 0;  // with a pipeline: 0, or lower numbers only
};

// One version of a pipeline's definition, and when it came.
struct Adoption {
  Instant at;
  DeclarationPtr declaration;
};

[[nodiscard]] inline bool is_removed_name(const std::string& name) {
  return name.find(kRemovedMark) != std::string::npos;
}

// History that goes, few executions at a time (docs/decisions/0040).
struct Removal {
  // By name, number and id: the name may be another pipeline's by now.
  struct Ended {
    std::string pipeline;
    ExecutionNumber number = 0;
    Uuid id;
    bool operator==(const Ended&) const = default;
  };
  std::vector<Ended> executions;
  // Facts about a pipeline itself (execution_facts() of execution 0).
  struct About {
    std::string pipeline;
    std::vector<Sequence> sequences;
  };
  std::vector<About> facts;
  Sequence upto = 0;  // facts after it have not been read by everybody and stay
};
struct Removed {
  std::vector<Removal::Ended> executions;
  std::uint64_t facts = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // Durable when it returns (FULL sync). All or nothing. The sequence of the first fact; the rest
  // follow in order. kUnavailable: disk full or locked for longer than the deadline; nothing is
  // stored and the call may be repeated.
  virtual Result<Sequence> commit(std::span<const Append> batch) = 0;

  // Facts of one pipeline after a sequence, oldest first, at most `limit`.
  virtual Result<std::vector<StoredFact>> pipeline_facts(const std::string& pipeline,
                                                         Sequence after,
                                                         std::uint32_t limit) const = 0;
  // Facts of one execution, oldest first: what `show` folds.
  virtual Result<std::vector<StoredFact>> execution_facts(const std::string& pipeline,
                                                          ExecutionNumber number) const = 0;
  // Facts of all pipelines after a sequence, oldest first, at most `limit`: what the Publisher
  // reads.
  virtual Result<std::vector<StoredFact>> facts_after(Sequence after,
                                                      std::uint32_t limit) const = 0;
  virtual Result<Sequence> last_sequence() const = 0;

  // A version of a pipeline, 0 for the newest. kNotFound.
  virtual Result<Adoption> adoption(const std::string& pipeline, std::uint32_t version) const = 0;
  // A declaration version, for naming the stages and actions of old facts. kNotFound.
  virtual Result<DeclarationPtr> declaration(const std::string& pipeline,
                                             std::uint32_t version) const = 0;
  // Names, sorted; those that were removed are left out.
  virtual Result<std::vector<std::string>> pipelines() const = 0;

  // Newest first.
  virtual Result<std::vector<ExecutionRow>> executions(const ExecutionFilter& filter) const = 0;
  virtual Result<ExecutionRow> execution(const std::string& pipeline,
                                         ExecutionNumber number) const = 0;
  // By id or by a unique prefix of one (4 characters at least). kNotFound; kConflict if several
  // begin so.
  virtual Result<ExecutionRow> find_execution(const std::string& id_prefix) const = 0;

  // Names as removed_name() made them of pipelines that were removed, in order of removal.
  virtual Result<std::vector<std::string>> removed_pipelines() const = 0;

  // The state after the fact `sequence`; recovery is snapshot + pipeline_facts after it. It stands
  // for the facts before it once some of them are removed. Saved it is lazily durable: a power cut
  // may bring back the one before, but nothing that was written after it is there without it.
  struct Snapshot {
    Sequence sequence = 0;
    Pipeline pipeline;
  };
  virtual Result<std::optional<Snapshot>> snapshot(const std::string& pipeline) const = 0;
  virtual Result<void> save_snapshot(const std::string& pipeline, const Snapshot& snapshot) = 0;

  // Labels of a live pipeline, by key; none of one that is not there. They are no facts: nothing is
  // decided by them, and they go with the pipeline. set_tags() replaces them all, and they are
  // durable when it returns; it does nothing to a pipeline that is not there.
  virtual Result<Texts> tags(const std::string& pipeline) const = 0;
  virtual Result<void> set_tags(const std::string& pipeline, const Texts& tags) = 0;

  // Named positions in the sequence, such as the Publisher's; 0 if never set. Lazily durable: may
  // fall back, never run ahead.
  virtual Result<Sequence> cursor(const std::string& name) const = 0;
  virtual Result<void> set_cursor(const std::string& name, Sequence sequence) = 0;

  // Removes the executions with their facts and rows, and the other facts named, all or nothing;
  // what was removed. Left out are executions that are not there any more, are in flight, or have
  // facts after `upto`, after their pipeline's snapshot (which recovery would miss) or among the
  // newest of the store. Whoever calls this knows that live state does not need them. The engine's
  // commits wait for its writing, not for its search. kUnavailable, kConflict (an execution has
  // changed meanwhile): nothing was removed, and the call may be repeated.
  virtual Result<Removed> remove_history(const Removal& removal) = 0;
  // How many of the sequences after < s <= upto were removed.
  virtual Result<std::uint64_t> removed_between(Sequence after, Sequence upto) const = 0;
};

}  // namespace sluice
