// `sluice schema [--output FILE]`: the JSON Schema of workflow files, for editors.
#pragma once

namespace CLI {
class App;
}

namespace sluice {

struct CliEnvironment;

// Adds the subcommand to `app`. `environment` and `exit_code` must live as long as `app`; exit_code
// is set when it runs: 0, or 2 if the plugins or FILE cannot be used.
void add_schema_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);

}  // namespace sluice
