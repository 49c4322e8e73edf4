// `action` and `plugin` of the command line, without the rest.
#include <CLI/CLI.hpp>

#include "engine/cli/action.hpp"
#include "engine/cli/plugin.hpp"
#include "engine/cli/terminal.hpp"

int main(int argc, char** argv) {
  CLI::App app("sluice's plugin commands");
  app.require_subcommand(1);
  const auto terminal = sluice::Terminal::current();
  sluice::CliEnvironment environment;
  environment.catalogue = sluice::plugin_catalogue();
  environment.color = terminal.color;
  environment.width = terminal.width;
  int exit_code = 0;
  sluice::add_action_command(app, environment, exit_code);
  sluice::add_plugin_command(app, environment, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return exit_code;
}
