// `sluice action run`: one action of any plugin, alone: for plugin authors, and for people who want
// just their buildspec or appspec run. No store and no engine, only the pool of hosts.
#pragma once

#include "engine/cli/environment.hpp"

namespace CLI {
class App;
}

namespace sluice {

// Adds the subcommand to `app`. `exit_code` is set when it runs: 0 succeeded, 1 failed, 2 bad
// input, 130 interrupted.
void add_action_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);

}  // namespace sluice
