// compute/commands: CodePipeline V2's Commands action. Its commands run one after another in one
// shell, in the directory of the first input artifact; the first that fails ends the action.
#ifndef SLUICE_PLUGINS_BUILD_COMMANDS_HPP
#define SLUICE_PLUGINS_BUILD_COMMANDS_HPP

#include <sluice/action.hpp>

namespace sluice::build {

Outcome run_commands(Run& run);

}  // namespace sluice::build

#endif
