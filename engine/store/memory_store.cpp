#include "engine/store/memory_store.hpp"

#include <algorithm>
#include <limits>

#include "engine/store/codec.hpp"
#include "engine/store/store_errors.hpp"
#include "engine/store/uuid_prefix.hpp"

namespace sluice {

Result<Sequence> MemoryStore::commit(std::span<const Append> batch) {
  const std::lock_guard lock(mutex_);
  const Sequence first = last_ + 1;
  for (const Append& append : batch) {
    PipelineRecord& record = pipelines_[append.pipeline];
    for (const Fact& fact : append.facts) {
      const Sequence sequence = ++last_;
      facts_[sequence] = {sequence, append.pipeline, append.at, fact};
      record.facts.push_back(sequence);
      record.execution_facts[execution_of(fact)].push_back(sequence);
      if (const auto* adopted = std::get_if<DefinitionAdopted>(&fact)) {
        const PipelineDeclaration& declaration = adopted->declaration;
        record.adoptions[declaration.version] = {
            append.at, std::make_shared<const PipelineDeclaration>(declaration)};
      }
    }
    for (const ExecutionRow& row : append.rows) record.executions[row.number] = row;
    if (!append.facts.empty() && std::holds_alternative<PipelineRemoved>(append.facts.back()))
      remove(append.pipeline);
  }
  return first;
}

void MemoryStore::remove(const std::string& pipeline) {
  auto node = pipelines_.extract(pipeline);
  node.key() = removed_name(pipeline, ++removed_);
  for (const Sequence sequence : node.mapped().facts) facts_.at(sequence).pipeline = node.key();
  for (auto& [number, row] : node.mapped().executions) row.pipeline = node.key();
  pipelines_.insert(std::move(node));
}

const MemoryStore::PipelineRecord* MemoryStore::find(const std::string& pipeline) const {
  const auto found = pipelines_.find(pipeline);
  return found == pipelines_.end() ? nullptr : &found->second;
}

std::vector<StoredFact> MemoryStore::collect(const std::vector<Sequence>& sequences, Sequence after,
                                             std::uint32_t limit) const {
  std::vector<StoredFact> result;
  auto at = std::upper_bound(sequences.begin(), sequences.end(), after);
  for (; at != sequences.end() && result.size() < limit; ++at) result.push_back(facts_.at(*at));
  return result;
}

Result<std::vector<StoredFact>> MemoryStore::pipeline_facts(const std::string& pipeline,
                                                            Sequence after,
                                                            std::uint32_t limit) const {
  const std::lock_guard lock(mutex_);
  const PipelineRecord* record = find(pipeline);
  if (record == nullptr) return std::vector<StoredFact>();
  return collect(record->facts, after, limit);
}

Result<std::vector<StoredFact>> MemoryStore::execution_facts(const std::string& pipeline,
                                                             ExecutionNumber number) const {
  const std::lock_guard lock(mutex_);
  const PipelineRecord* record = find(pipeline);
  if (record == nullptr) return std::vector<StoredFact>();
  const auto found = record->execution_facts.find(number);
  if (found == record->execution_facts.end()) return std::vector<StoredFact>();
  return collect(found->second, 0, std::numeric_limits<std::uint32_t>::max());
}

Result<std::vector<StoredFact>> MemoryStore::facts_after(Sequence after,
                                                         std::uint32_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<StoredFact> result;
  for (auto at = facts_.upper_bound(after); at != facts_.end() && result.size() < limit; ++at)
    result.push_back(at->second);
  return result;
}

Result<Sequence> MemoryStore::last_sequence() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

Result<Adoption> MemoryStore::adoption(const std::string& pipeline, std::uint32_t version) const {
  const std::lock_guard lock(mutex_);
  const PipelineRecord* record = find(pipeline);
  if (record == nullptr || record->adoptions.empty())
    return store_errors::no_declaration(pipeline, version);
  if (version == 0) return record->adoptions.rbegin()->second;
  const auto found = record->adoptions.find(version);
  if (found == record->adoptions.end()) return store_errors::no_declaration(pipeline, version);
  return found->second;
}

Result<DeclarationPtr> MemoryStore::declaration(const std::string& pipeline,
                                                std::uint32_t version) const {
  if (version == 0) return store_errors::no_declaration(pipeline, version);
  auto found = adoption(pipeline, version);
  if (!found) return found.error();
  return found->declaration;
}

Result<std::vector<std::string>> MemoryStore::pipelines() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, record] : pipelines_)
    if (!is_removed_name(name)) names.push_back(name);
  return names;
}

Result<std::vector<ExecutionRow>> MemoryStore::executions(const ExecutionFilter& filter) const {
  const std::lock_guard lock(mutex_);
  std::vector<ExecutionRow> rows;
  for (const auto& [name, record] : pipelines_) {
    if (filter.pipeline.empty() ? is_removed_name(name) : filter.pipeline != name) continue;
    for (auto at = record.executions.rbegin(); at != record.executions.rend(); ++at) {
      const ExecutionRow& row = at->second;
      if (filter.status && *filter.status != row.status) continue;
      if (filter.before.ms != 0 && row.started >= filter.before) continue;
      if (!filter.pipeline.empty() && filter.below != 0 && row.number >= filter.below) continue;
      rows.push_back(row);
    }
  }
  // Those of one pipeline are in the order of their numbers, whatever the clock said.
  if (filter.pipeline.empty())
    std::stable_sort(rows.begin(), rows.end(), [](const ExecutionRow& a, const ExecutionRow& b) {
      return a.started > b.started;
    });
  if (rows.size() > filter.limit) rows.resize(filter.limit);
  return rows;
}

Result<ExecutionRow> MemoryStore::execution(const std::string& pipeline,
                                            ExecutionNumber number) const {
  const std::lock_guard lock(mutex_);
  if (const PipelineRecord* record = find(pipeline)) {
    const auto found = record->executions.find(number);
    if (found != record->executions.end()) return found->second;
  }
  return store_errors::no_execution(pipeline, number);
}

Result<ExecutionRow> MemoryStore::find_execution(const std::string& id_prefix) const {
  if (id_prefix.size() < kShortestPrefix) return store_errors::prefix_too_short(id_prefix);
  const auto range = uuids_beginning(id_prefix);
  if (!range) return store_errors::no_execution_begins(id_prefix);
  const std::lock_guard lock(mutex_);
  const ExecutionRow* found = nullptr;
  for (const auto& [name, record] : pipelines_) {
    for (const auto& [number, row] : record.executions) {
      if (row.id < range->first || row.id > range->last) continue;
      if (found != nullptr) return store_errors::several_begin(id_prefix);
      found = &row;
    }
  }
  if (found == nullptr) return store_errors::no_execution_begins(id_prefix);
  return *found;
}

Result<std::optional<Store::Snapshot>> MemoryStore::snapshot(const std::string& pipeline) const {
  const std::lock_guard lock(mutex_);
  const PipelineRecord* record = find(pipeline);
  return record == nullptr ? std::optional<Snapshot>() : record->snapshot;
}

Result<void> MemoryStore::save_snapshot(const std::string& pipeline, const Snapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  pipelines_[pipeline].snapshot = snapshot;
  return {};
}

Result<Texts> MemoryStore::tags(const std::string& pipeline) const {
  const std::lock_guard lock(mutex_);
  const PipelineRecord* record = find(pipeline);
  return record == nullptr ? Texts() : record->tags;
}

Result<void> MemoryStore::set_tags(const std::string& pipeline, const Texts& tags) {
  const std::lock_guard lock(mutex_);
  const auto found = pipelines_.find(pipeline);
  if (found == pipelines_.end()) return {};
  found->second.tags = tags;
  std::sort(found->second.tags.begin(), found->second.tags.end());
  return {};
}

Result<Sequence> MemoryStore::cursor(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = cursors_.find(name);
  return found == cursors_.end() ? 0 : found->second;
}

Result<void> MemoryStore::set_cursor(const std::string& name, Sequence sequence) {
  const std::lock_guard lock(mutex_);
  cursors_[name] = sequence;
  return {};
}

Result<std::vector<std::string>> MemoryStore::removed_pipelines() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, record] : pipelines_)
    if (is_removed_name(name)) names.push_back(name);
  const auto removal = [](const std::string& name) {
    return std::stoll(name.substr(name.find(kRemovedMark) + 1));
  };
  std::sort(names.begin(), names.end(),
            [&](const std::string& a, const std::string& b) { return removal(a) < removal(b); });
  return names;
}

bool MemoryStore::may_go(const std::string& pipeline, const PipelineRecord& record, Sequence newest,
                         Sequence upto) const {
  const Sequence folded = record.snapshot ? record.snapshot->sequence : 0;
  return newest <= upto && newest < last_ && (is_removed_name(pipeline) || newest <= folded);
}

void MemoryStore::erase_facts(PipelineRecord& record, const std::vector<Sequence>& sequences) {
  for (const Sequence sequence : sequences) {
    std::erase(record.facts, sequence);
    const auto stored = facts_.find(sequence);
    if (const auto* adopted = std::get_if<DefinitionAdopted>(&stored->second.fact))
      record.adoptions.erase(adopted->declaration.version);
    facts_.erase(stored);
  }
}

Result<Removed> MemoryStore::remove_history(const Removal& removal) {
  const std::lock_guard lock(mutex_);
  Removed removed;
  for (const Removal::Ended& ended : removal.executions) {
    const auto at = pipelines_.find(ended.pipeline);
    if (at == pipelines_.end()) continue;
    PipelineRecord& record = at->second;
    const auto row = record.executions.find(ended.number);
    if (row == record.executions.end() || row->second.id != ended.id ||
        is_in_flight(row->second.status))
      continue;
    const std::vector<Sequence> sequences = record.execution_facts[ended.number];
    if (!sequences.empty() && !may_go(ended.pipeline, record, sequences.back(), removal.upto))
      continue;
    erase_facts(record, sequences);
    record.execution_facts.erase(ended.number);
    record.executions.erase(row);
    removed.facts += sequences.size();
    removed.executions.push_back(ended);
  }
  for (const Removal::About& about : removal.facts) {
    const auto at = pipelines_.find(about.pipeline);
    if (at == pipelines_.end()) continue;
    std::vector<Sequence>& own = at->second.execution_facts[0];
    for (const Sequence sequence : about.sequences) {
      if (std::find(own.begin(), own.end(), sequence) == own.end() ||
          !may_go(about.pipeline, at->second, sequence, removal.upto))
        continue;
      erase_facts(at->second, {sequence});
      std::erase(own, sequence);
      ++removed.facts;
    }
  }
  return removed;
}

Result<std::uint64_t> MemoryStore::removed_between(Sequence after, Sequence upto) const {
  const std::lock_guard lock(mutex_);
  upto = std::min(upto, last_);
  if (upto <= after) return 0;
  const auto there = std::distance(facts_.upper_bound(after), facts_.upper_bound(upto));
  return upto - after - static_cast<std::uint64_t>(there);
}

}  // namespace sluice
