// `sluice worker`: runs the actions of a data directory's server, and outlives it.
#pragma once

#include "engine/cli/environment.hpp"

namespace CLI {
class App;
}

namespace sluice {

void add_worker_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);

}  // namespace sluice
