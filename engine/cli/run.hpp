// `run`: a pipeline from a workflow file to its end, in this process, without a server.
#pragma once

#include <CLI/CLI.hpp>

#include "engine/cli/environment.hpp"

namespace sluice {

void add_run_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);

}  // namespace sluice
