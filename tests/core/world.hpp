// A pipeline under test: puts inputs in, applies what is decided, and checks after every step what
// must hold always (design: the core's invariants).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/core/core.hpp"

namespace sluice::test {

class World {
 public:
  explicit World(const std::string& notation);

  // Decides, applies, checks the invariants. The facts as narrated lines, or "! Code".
  std::vector<std::string> put(Input input);

  [[nodiscard]] const Pipeline& pipeline() const { return pipeline_; }
  [[nodiscard]] Instant now() const { return now_; }
  void set_now(Instant now) { now_ = now; }
  [[nodiscard]] const RowSet& rows() const { return rows_; }
  [[nodiscard]] std::size_t fact_count() const { return history_.size(); }
  [[nodiscard]] const Decision& last() const { return last_; }
  // Every fact so far, and when.
  [[nodiscard]] const std::vector<std::pair<Instant, Fact>>& history() const { return history_; }
  // What is broken, "" if nothing is. fold: also folds the whole history again.
  [[nodiscard]] std::string broken(bool fold) const;

  [[nodiscard]] static Uuid execution_id(ExecutionNumber number) { return {0xe, number}; }
  // The present key of an action; "Build.Compile", or "Build.rule1" for a rule of the
  // condition under evaluation. A key that fits nothing if there is no such action.
  [[nodiscard]] ActionKey key(ExecutionNumber execution, const std::string& action) const;
  [[nodiscard]] std::string key_name(const ActionKey& key) const;

 private:
  [[nodiscard]] std::string broken_execution(const Execution& execution) const;
  [[nodiscard]] std::string broken_stages() const;

  Pipeline pipeline_;
  Instant now_{1'000'000};
  RowSet rows_;
  Decision last_;
  std::vector<std::pair<Instant, Fact>> history_;
  std::vector<std::string> complaints_;
};

[[nodiscard]] bool same(const Pipeline& a, const Pipeline& b);

}  // namespace sluice::test
