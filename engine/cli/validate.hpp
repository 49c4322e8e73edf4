// `sluice validate FILE... [--json]`: checks workflow files without running them.
#pragma once

namespace CLI {
class App;
}

namespace sluice {

struct CliEnvironment;

// Adds the subcommand to `app`. `environment` and `exit_code` must live as long as `app`; exit_code
// is set when it runs: 0 every file is valid (warnings do not count), 2 one is not.
void add_validate_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);

}  // namespace sluice
