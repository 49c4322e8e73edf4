// What Sluice.Explain answers, put together from an explanation of the core and from history; for
// the operation, and for a command that has no server to ask. Pure reading; any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/core/explain.hpp"
#include "engine/store/store.hpp"

namespace sluice::api {

// One execution as history has it. The errors are the store's.
[[nodiscard]] Result<Recollection> recall_execution(const Store& store, const ExecutionRow& row);

// What does not exist of a focus, in the declaration on which the execution runs: "stage Deploy",
// "action Build.Lint", or "".
[[nodiscard]] std::string missing_part(const PipelineDeclaration& declaration, const Focus& focus);

// docs/api.md, Explain. Ids that the state does not know are looked up.
[[nodiscard]] nlohmann::json explanation_json(const Store& store, const std::string& pipeline,
                                              const Explanation& explanation, Instant now);

}  // namespace sluice::api
