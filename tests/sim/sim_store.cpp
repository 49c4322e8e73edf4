#include "tests/sim/sim_store.hpp"

namespace sluice::sim {
namespace {

Error unavailable() {
  return {ErrorKind::kUnavailable, "simulated disk", "the call was made to fail"};
}

}  // namespace

bool SimStore::read_fails() const {
  if (!strikes(const_cast<SimStore*>(this)->faults.fail_read)) return false;
  failed = true;
  return true;
}

Result<Sequence> SimStore::commit(std::span<const Append> batch) {
  if (strikes(faults.crash_before_commit)) throw Crash{};
  if (faults.full || strikes(faults.fail_commit)) {
    failed = true;
    return unavailable();
  }
  Result<Sequence> first = inner_->commit(batch);
  if (!first) failed = true;
  if (strikes(faults.crash_after_commit)) throw Crash{};
  return first;
}

Result<void> SimStore::save_snapshot(const std::string& pipeline, const Snapshot& snapshot) {
  if (faults.full || read_fails()) return unavailable();
  return inner_->save_snapshot(pipeline, snapshot);
}

Result<std::vector<StoredFact>> SimStore::pipeline_facts(const std::string& pipeline,
                                                         Sequence after,
                                                         std::uint32_t limit) const {
  if (read_fails()) return unavailable();
  return inner_->pipeline_facts(pipeline, after, limit);
}
Result<std::vector<StoredFact>> SimStore::execution_facts(const std::string& pipeline,
                                                          ExecutionNumber number) const {
  if (read_fails()) return unavailable();
  return inner_->execution_facts(pipeline, number);
}
Result<std::vector<StoredFact>> SimStore::facts_after(Sequence after, std::uint32_t limit) const {
  if (read_fails()) return unavailable();
  return inner_->facts_after(after, limit);
}
Result<Sequence> SimStore::last_sequence() const {
  return inner_->last_sequence();
}
Result<Adoption> SimStore::adoption(const std::string& pipeline, std::uint32_t version) const {
  if (read_fails()) return unavailable();
  return inner_->adoption(pipeline, version);
}

Result<DeclarationPtr> SimStore::declaration(const std::string& pipeline,
                                             std::uint32_t version) const {
  if (read_fails()) return unavailable();
  return inner_->declaration(pipeline, version);
}
Result<std::vector<std::string>> SimStore::pipelines() const {
  return inner_->pipelines();
}
Result<std::vector<ExecutionRow>> SimStore::executions(const ExecutionFilter& filter) const {
  return inner_->executions(filter);
}
Result<ExecutionRow> SimStore::execution(const std::string& pipeline,
                                         ExecutionNumber number) const {
  if (read_fails()) return unavailable();
  return inner_->execution(pipeline, number);
}
Result<ExecutionRow> SimStore::find_execution(const std::string& id_prefix) const {
  return inner_->find_execution(id_prefix);
}
Result<std::optional<Store::Snapshot>> SimStore::snapshot(const std::string& pipeline) const {
  if (read_fails()) return unavailable();
  return inner_->snapshot(pipeline);
}
Result<Texts> SimStore::tags(const std::string& pipeline) const {
  return inner_->tags(pipeline);
}
Result<void> SimStore::set_tags(const std::string& pipeline, const Texts& tags) {
  return inner_->set_tags(pipeline, tags);
}
Result<Sequence> SimStore::cursor(const std::string& name) const {
  return inner_->cursor(name);
}
Result<void> SimStore::set_cursor(const std::string& name, Sequence sequence) {
  return inner_->set_cursor(name, sequence);
}
Result<std::vector<std::string>> SimStore::removed_pipelines() const {
  return inner_->removed_pipelines();
}
Result<Removed> SimStore::remove_history(const Removal& removal) {
  return inner_->remove_history(removal);
}
Result<std::uint64_t> SimStore::removed_between(Sequence after, Sequence upto) const {
  return inner_->removed_between(after, upto);
}

}  // namespace sluice::sim
