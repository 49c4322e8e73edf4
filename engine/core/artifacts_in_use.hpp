// Which artifacts the live state of a pipeline can still ask for. Whoever removes artifacts keeps
// these, and those of history that is kept.
#pragma once

#include <functional>
#include <string>

#include "engine/core/pipeline.hpp"

namespace sluice {

// Every digest that an execution in flight, a retry or a rollback may need: inputs of actions and
// rules, outputs of finished actions, of executions in flight and of ended ones that are kept. The
// same one may come more than once.
void artifacts_in_use(const Pipeline& pipeline, const std::function<void(const std::string&)>& use);

}  // namespace sluice
