// The workflow subcommands over the sample catalogue: for tests of what they print and return.
#include <CLI/CLI.hpp>
#include <cstdlib>

#include "engine/cli/environment.hpp"
#include "engine/cli/graph.hpp"
#include "engine/cli/schema.hpp"
#include "engine/cli/validate.hpp"
#include "tests/definition/sample_catalogue.hpp"

int main(int argc, char** argv) {
  CLI::App app;
  sluice::CliEnvironment environment;
  environment.catalogue = [] {
    return sluice::Result<std::vector<sluice::ActionTypeDescription>>(
        sluice::test::sample_catalogue());
  };
  if (const char* columns = std::getenv("COLUMNS")) environment.width = std::atoi(columns);
  environment.color = std::getenv("SAMPLE_COLOR") != nullptr;
  int exit_code = 0;
  sluice::add_validate_command(app, environment, exit_code);
  sluice::add_schema_command(app, environment, exit_code);
  sluice::add_graph_command(app, environment, exit_code);
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
