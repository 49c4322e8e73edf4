#include "engine/cli/graph.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "engine/cli/environment.hpp"
#include "engine/definition/diagnostic_text.hpp"
#include "engine/definition/graph.hpp"
#include "engine/definition/workflow.hpp"

namespace sluice {
namespace {

constexpr int kDrawn = 0;
constexpr int kInvalid = 2;

struct GraphCommand {
  const CliEnvironment& environment;
  std::string file;
  std::string format = "text";

  int run() const {
    const auto catalogue = environment.catalogue();
    if (!catalogue) {
      *environment.err << "sluice graph: " << catalogue.error().text() << '\n';
      return kInvalid;
    }
    const auto parsed = load_workflow_file(file, catalogue.value());
    *environment.err << definition::render(parsed.diagnostics, parsed.text,
                                           {environment.color, environment.width});
    if (!parsed.declaration) return kInvalid;
    if (format == "mermaid") {
      *environment.out << mermaid_graph(*parsed.declaration);
    } else if (format == "dot") {
      *environment.out << dot_graph(*parsed.declaration);
    } else {
      *environment.out << terminal_graph(
          *parsed.declaration, {environment.width, environment.unicode, environment.color});
    }
    return kDrawn;
  }
};

}  // namespace

void add_graph_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto* sub = app.add_subcommand("graph", "Draw a pipeline: stages, actions, artifacts");
  auto command = std::make_shared<GraphCommand>(GraphCommand{environment, {}});
  sub->add_option("FILE", command->file, "Workflow file; - is standard input")->required();
  sub->add_option("--format", command->format, "text (a picture for the terminal), mermaid or dot")
      ->check(CLI::IsMember({"text", "mermaid", "dot"}))
      ->capture_default_str();
  sub->callback([command, &exit_code] { exit_code = command->run(); });
}

}  // namespace sluice
