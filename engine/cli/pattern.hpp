// `sluice pattern test|check|match|bench`: the pattern library at the command line.
#pragma once

namespace CLI {
class App;
}

namespace sluice {

// Adds the subcommand to `app`. `exit_code` is set when it runs and must live as long as `app`:
// 0 it matched or all is well, 1 no match or a mismatch, 2 something was invalid.
void add_pattern_command(CLI::App& app, int& exit_code);

}  // namespace sluice
