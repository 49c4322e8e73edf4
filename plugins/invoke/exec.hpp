// The action invoke/exec: an executable is given the job as JSON on stdin and answers on stdout.
// The protocol is described in docs/actions/invoke-exec.md.
#pragma once

#include <sluice/action.hpp>

namespace sluice::invoke {

Outcome exec(Run& run);

// The same as the rule rule/exec. The setting passesOn says what lets the condition pass:
// "success", or "error": that the executable, or its answer, reports a failure
// (facts/codepipeline.md 2.15, LambdaInvoke in onFailure). What could not be run passes neither.
Outcome exec_rule(Run& run);

}  // namespace sluice::invoke
