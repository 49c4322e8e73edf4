// The action invoke/exec: an executable is given the job as JSON on stdin and answers on stdout.
// The protocol is described in docs/actions/invoke-exec.md.
#pragma once

#include <sluice/action.hpp>

namespace sluice::invoke {

Outcome exec(Run& run);

}  // namespace sluice::invoke
