// `executions`, `show` and `logs`: the past and the present of a data directory. They only read.
#pragma once

#include <CLI/CLI.hpp>

namespace sluice {

// Each adds one subcommand; exit_code is set when it has run.
void add_executions_command(CLI::App& app, int& exit_code);
void add_show_command(CLI::App& app, int& exit_code);
void add_logs_command(CLI::App& app, int& exit_code);

}  // namespace sluice
