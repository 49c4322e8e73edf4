// `sluice simulate FILE`: the state machine alone, under a script.
#pragma once

namespace CLI {
class App;
}

namespace sluice {

struct CliEnvironment;

// The environment must outlive the parse. exit_code: 0 simulated, 2 bad input.
void add_simulate_command(CLI::App& app, const CliEnvironment& environment, int& exit_code);

}  // namespace sluice
