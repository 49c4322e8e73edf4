// A store in front of another one that fails, or lets the program die, at the call that the
// simulation names.
#pragma once

#include "engine/store/store.hpp"

namespace sluice::sim {

// Thrown out of a call into the outside world: here the program is gone. Whoever runs the engine
// catches it, drops the engine and makes a new one.
struct Crash {};

class SimStore final : public Store {
 public:
  // The other store outlives this one.
  explicit SimStore(Store& inner) : inner_(&inner) {}

  // What goes wrong next. Counters count calls from now on; 0: nothing.
  struct Faults {
    unsigned crash_before_commit = 0, crash_after_commit = 0;
    unsigned fail_commit = 0;  // the nth commit, once
    unsigned fail_read = 0;    // the nth other call, once
    bool full = false;         // no commit and no snapshot succeeds
  };
  Faults faults;
  // Whether a call has failed since this was last cleared.
  mutable bool failed = false;

  [[nodiscard]] const Store& inner() const { return *inner_; }
  void reopened(Store& inner) { inner_ = &inner; }

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
  // Counts one down; whether it was the call named.
  static bool strikes(unsigned& counter) { return counter != 0 && --counter == 0; }
  [[nodiscard]] bool read_fails() const;

  Store* inner_;
};

}  // namespace sluice::sim
