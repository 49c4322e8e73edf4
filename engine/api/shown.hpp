// Parts of replies that several operations show alike. Private to engine/api.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/api/history.hpp"
#include "engine/api/room.hpp"

namespace sluice::api {

// One execution's attempts as the API shows them.
struct Shown {
  const Ground& ground;
  const History& history;
  const PipelineDeclaration& declaration;

  [[nodiscard]] Json action_detail(const Attempt& attempt) const;  // ActionExecutionDetail
  [[nodiscard]] Json rule_detail(const Attempt& attempt) const;    // RuleExecutionDetail
  [[nodiscard]] Json stage_execution(Index stage) const;           // StageExecution
  [[nodiscard]] Json action_state(Index stage, Index action) const;
  // {beforeEntry|onSuccess|onFailure}ConditionState; null if the stage declares none.
  [[nodiscard]] Json condition_state(Index stage, Hook hook) const;
};

[[nodiscard]] Json type_id_json(const ActionTypeId& type);

}  // namespace sluice::api
