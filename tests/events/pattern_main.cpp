// `sluice pattern` alone, for tests of the command line.
#include <CLI/CLI.hpp>

#include "engine/cli/pattern.hpp"

int main(int argc, char** argv) {
  CLI::App app("sluice");
  app.require_subcommand(1);
  int exit_code = 0;
  sluice::add_pattern_command(app, exit_code);
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
