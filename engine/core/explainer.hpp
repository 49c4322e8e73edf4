// An explanation in the making. Internal to the core.
#pragma once

#include <set>

#include "engine/core/explain.hpp"

namespace sluice {

class Explainer {
 public:
  Explainer(const Pipeline& pipeline, const Recollection* history, Focus focus, Explanation& out)
      : pipeline_(pipeline), history_(history), focus_(std::move(focus)), out_(out) {}
  bool run(ExecutionNumber number);

 private:
  // explain.cpp: among the others.
  [[nodiscard]] const Execution* find(ExecutionNumber number) const;
  [[nodiscard]] Place place_of(const Execution& e) const;
  [[nodiscard]] Place place_of(ExecutionNumber number) const;
  [[nodiscard]] const PipelineDeclaration& declaration_of(const Execution& e) const;
  [[nodiscard]] const Recollection* history_of(const Execution& e) const;
  Finding& add(FindingKind kind, const Execution& e, unsigned depth);
  static Move& move(Finding& finding, MoveKind kind, Place on);
  bool elsewhere(const Execution& e);
  void execution(const Execution& e, unsigned depth);
  void waits(const Execution& e, unsigned depth);
  void occupied(FindingKind kind, const Execution& e, const Execution& holder, unsigned depth);
  void behind(const Execution& e, unsigned depth, bool alone);
  void ended(const Execution& e, unsigned depth);
  void retry(const Execution& e, unsigned depth);
  void roll_back(const Execution& e, Finding& finding) const;

  // explain_stage.cpp: its stage from within.
  void inside(const Execution& e, unsigned depth);
  void over_in_stage(const Execution& e, unsigned depth);
  bool closing(const Execution& e, unsigned depth);
  void condition(const Execution& e, unsigned depth);
  void rule(const Execution& e, unsigned place, unsigned depth);
  [[nodiscard]] Texts asked_of(const Execution& e, const RuleDeclaration& rule) const;
  void action(const Execution& e, Index index, unsigned depth);
  void busy(const Execution& e, Index index, unsigned depth);
  void unstarted(const Execution& e, Index index, unsigned depth);
  void finished_action(const Execution& e, Index index, unsigned depth);
  void counts(const Execution& e, unsigned depth);
  [[nodiscard]] const ActionMemory* memory_of(const Execution& e, Index index) const;
  [[nodiscard]] std::vector<std::string> busy_names(const Execution& e) const;

  const Pipeline& pipeline_;
  const Recollection* history_;
  Focus focus_;
  Explanation& out_;
  std::set<ExecutionNumber> visited_;
  bool doomed_ = false;  // the stage in hand ends without what has not started
};

}  // namespace sluice
