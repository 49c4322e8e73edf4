// `sluice serve`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/cli/environment.hpp"

namespace sluice {

void add_serve_command(CLI::App& app, const CliEnvironment& environment, const std::string& version,
                       int& exit_code);

}  // namespace sluice
