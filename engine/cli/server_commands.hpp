// The commands that ask a running `sluice serve` for something: start, stop, approve, retry and the
// rest. Each is one operation of the API (docs/api.md); they print what happened and what to try
// next.
#pragma once

#include <CLI/CLI.hpp>

#include "engine/cli/environment.hpp"

namespace sluice {

void add_apply_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);
void add_delete_command(CLI::App& app, int& exit_code);
void add_pipelines_command(CLI::App& app, int& exit_code);
void add_status_command(CLI::App& app, int& exit_code);
void add_explain_command(CLI::App& app, int& exit_code);  // also without a server
void add_start_command(CLI::App& app, int& exit_code);
void add_watch_command(CLI::App& app, int& exit_code);
void add_approval_commands(CLI::App& app, int& exit_code);  // approve, reject
void add_stop_command(CLI::App& app, int& exit_code);
void add_retry_command(CLI::App& app, int& exit_code);
void add_rollback_command(CLI::App& app, int& exit_code);
void add_transition_command(CLI::App& app, int& exit_code);
void add_trigger_command(CLI::App& app, int& exit_code);
void add_override_command(CLI::App& app, int& exit_code);
void add_gc_command(CLI::App& app, int& exit_code);

}  // namespace sluice
