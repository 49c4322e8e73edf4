// A Store that forgets everything at its end: for tests and for simulation.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/store.hpp"

namespace sluice {

class MemoryStore : public Store {
 public:
  Result<Sequence> commit(std::span<const Append> batch) override;
  Result<std::vector<StoredFact>> pipeline_facts(const std::string& pipeline, Sequence after,
                                                 std::uint32_t limit) const override;
  Result<std::vector<StoredFact>> execution_facts(const std::string& pipeline,
                                                  ExecutionNumber number) const override;
  Result<std::vector<StoredFact>> facts_after(Sequence after, std::uint32_t limit) const override;
  Result<Sequence> last_sequence() const override;
  Result<Adoption> adoption(const std::string& pipeline, std::uint32_t version) const override;
  Result<DeclarationPtr> declaration(const std::string& pipeline,
                                     std::uint32_t version) const override;
  Result<std::vector<std::string>> pipelines() const override;
  Result<std::vector<ExecutionRow>> executions(const ExecutionFilter& filter) const override;
  Result<ExecutionRow> execution(const std::string& pipeline,
                                 ExecutionNumber number) const override;
  Result<ExecutionRow> find_execution(const std::string& id_prefix) const override;
  Result<std::optional<Snapshot>> snapshot(const std::string& pipeline) const override;
  Result<void> save_snapshot(const std::string& pipeline, const Snapshot& snapshot) override;
  Result<Texts> tags(const std::string& pipeline) const override;
  Result<void> set_tags(const std::string& pipeline, const Texts& tags) override;
  Result<Sequence> cursor(const std::string& name) const override;
  Result<void> set_cursor(const std::string& name, Sequence sequence) override;
  Result<std::vector<std::string>> removed_pipelines() const override;
  Result<Removed> remove_history(const Removal& removal) override;
  Result<std::uint64_t> removed_between(Sequence after, Sequence upto) const override;

 private:
  struct PipelineRecord {
    std::vector<Sequence> facts;
    std::map<ExecutionNumber, std::vector<Sequence>> execution_facts;
    std::map<ExecutionNumber, ExecutionRow> executions;
    std::map<std::uint32_t, Adoption> adoptions;
    std::optional<Snapshot> snapshot;
    Texts tags;
  };

  void remove(const std::string& pipeline);
  const PipelineRecord* find(const std::string& pipeline) const;
  std::vector<StoredFact> collect(const std::vector<Sequence>& sequences, Sequence after,
                                  std::uint32_t limit) const;
  // Whether they may go: all of them are behind `upto`, the snapshot and the newest fact.
  bool may_go(const std::string& pipeline, const PipelineRecord& record, Sequence newest,
              Sequence upto) const;
  void erase_facts(PipelineRecord& record, const std::vector<Sequence>& sequences);

  mutable std::mutex mutex_;
  std::map<Sequence, StoredFact> facts_;
  Sequence last_ = 0;
  std::map<std::string, PipelineRecord> pipelines_;
  std::map<std::string, Sequence> cursors_;
  std::int64_t removed_ = 0;  // pipelines
};

}  // namespace sluice
