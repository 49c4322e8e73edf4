// `events`: state-change events of a data directory, past and live.
#pragma once

#include <CLI/CLI.hpp>

namespace sluice {

void add_events_command(CLI::App& app, int& exit_code);

}  // namespace sluice
