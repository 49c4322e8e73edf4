// The only place that constructs things for the commands: the catalogue of plugins, the terminal,
// the exit status.
#include <CLI/CLI.hpp>
#include <csignal>

#include "engine/cli/action.hpp"
#include "engine/cli/events.hpp"
#include "engine/cli/graph.hpp"
#include "engine/cli/history.hpp"
#include "engine/cli/pattern.hpp"
#include "engine/cli/plugin.hpp"
#include "engine/cli/run.hpp"
#include "engine/cli/schema.hpp"
#include "engine/cli/serve.hpp"
#include "engine/cli/server_commands.hpp"
#include "engine/cli/simulate.hpp"
#include "engine/cli/terminal.hpp"
#include "engine/cli/validate.hpp"
#include "engine/cli/worker.hpp"

using namespace sluice;

namespace {

constexpr int kBadInput = 2;

int run_cli(int argc, char** argv) {
  CLI::App app(
      "Runs pipelines: source, build, test, approval, deployment, with an event for every change.",
      "sluice");
  app.set_version_flag("--version", "sluice " SLUICE_VERSION);
  app.require_subcommand(1);
  app.footer("`sluice COMMAND --help` explains a command. Start with: sluice run pipeline.yml");
  const Terminal terminal = Terminal::current();
  CliEnvironment environment;
  environment.catalogue = plugin_catalogue();
  environment.color = terminal.color;
  environment.width = terminal.width;
  int exit_code = 0;
  add_run_command(app, environment, exit_code);
  add_worker_command(app, environment, exit_code);
  add_validate_command(app, environment, exit_code);
  add_schema_command(app, environment, exit_code);
  add_graph_command(app, environment, exit_code);
  add_simulate_command(app, environment, exit_code);
  add_events_command(app, exit_code);
  add_executions_command(app, exit_code);
  add_show_command(app, exit_code);
  add_logs_command(app, exit_code);
  add_serve_command(app, environment, SLUICE_VERSION, exit_code);
  add_apply_command(app, environment, exit_code);
  add_pipelines_command(app, exit_code);
  add_status_command(app, exit_code);
  add_explain_command(app, exit_code);
  add_start_command(app, exit_code);
  add_watch_command(app, exit_code);
  add_approval_commands(app, exit_code);
  add_stop_command(app, exit_code);
  add_retry_command(app, exit_code);
  add_rollback_command(app, exit_code);
  add_transition_command(app, exit_code);
  add_override_command(app, exit_code);
  add_trigger_command(app, exit_code);
  add_gc_command(app, exit_code);
  add_delete_command(app, exit_code);
  add_plugin_command(app, environment, exit_code);
  add_action_command(app, environment, exit_code);
  add_pattern_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : kBadInput;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader of our output that goes away is not an emergency.
  std::signal(SIGPIPE, SIG_IGN);
  return run_cli(argc, argv);
}
