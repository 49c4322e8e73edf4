// `sluice graph FILE [--format text|mermaid|dot]`: a picture of a pipeline.
#pragma once

namespace CLI {
class App;
}

namespace sluice {

struct CliEnvironment;

// Adds the subcommand to `app`. `environment` and `exit_code` must live as long as `app`; exit_code
// is set when it runs: 0, or 2 if the file is not valid.
void add_graph_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);

}  // namespace sluice
