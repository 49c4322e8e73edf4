// `sluice plugin list|inspect|new`, and the catalogue of plugins that all commands share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/cli/environment.hpp"

namespace CLI {
class App;
}

namespace sluice {

// CliEnvironment::catalogue over the plugins of this installation, of $SLUICE_PLUGIN_PATH, of
// ./.sluice/plugins and of the data directory; cached in the data directory. What is wrong with a
// plugin goes to `err`, and the others work.
[[nodiscard]] std::function<Result<std::vector<ActionTypeDescription>>()> plugin_catalogue(
    std::ostream& err = std::cerr);

// Adds the subcommand to `app`. `exit_code` is set when it runs: 0, 1 if a plugin is no good, 2 bad
// input.
void add_plugin_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);

}  // namespace sluice
