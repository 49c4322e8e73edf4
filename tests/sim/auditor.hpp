// Reads the committed facts of one pipeline as a stranger would, keeps books of its own, and says
// which promise was broken: the rules of facts/codepipeline.md 2 and of docs/architecture.md that
// must hold whatever happens. It shares nothing with decide() but the state that apply() folds.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/core.hpp"
#include "engine/store/store.hpp"

namespace sluice::sim {

class Auditor {
 public:
  // One committed fact, in order.
  void read(const StoredFact& stored);
  // After a commit: what must hold between commits. "" if it does.
  [[nodiscard]] const std::string& check_rest();
  // What was broken first, "" if nothing.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }

  [[nodiscard]] const Pipeline& folded() const { return state_; }
  // What the read model must say of every execution that there has been.
  struct Book {
    Uuid id;
    std::uint32_t version = 0;
    ExecutionStatus status = ExecutionStatus::kInProgress;
    bool ended = false, resumed = false;
    std::set<Index> entered;           // stages
    std::set<Index> succeeded_stages;  // for rollback
    std::set<Index> skipped_stages;
    std::set<Hook> passed;  // conditions of the stage that it is in
    std::map<std::pair<Index, Index>, std::uint16_t> rule_attempts;  // by stage and rule: the last
    std::set<Index> kept;  // actions that a retry of failed actions must not repeat
    std::map<Index, unsigned> automatic_retries;  // by stage
    ExecutionType type = ExecutionType::kStandard;
    Texts variables;
    std::vector<ActionOutput> outputs;
  };
  [[nodiscard]] const std::map<ExecutionNumber, Book>& books() const { return books_; }
  // Executions whose row may have changed since this was last called.
  [[nodiscard]] std::set<ExecutionNumber> take_changed() { return std::exchange(changed_, {}); }
  void look_at_all() {
    for (const auto& [number, book] : books_) changed_.insert(number);
  }

 private:
  struct Rules;
  void complain(const std::string& what);
  void check_execution(const Execution& execution);
  void check_places();
  void check_wants();

  Pipeline state_;
  std::map<ExecutionNumber, Book> books_;
  std::set<ExecutionNumber> changed_;
  std::string complaint_;
};

}  // namespace sluice::sim
