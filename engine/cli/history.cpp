#include "engine/cli/history.hpp"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/cli/execution_json.hpp"
#include "engine/cli/execution_lines.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/runtime/clock.hpp"

namespace sluice {
namespace {

struct ExecutionsOptions {
  std::string data, pipeline, status;
  std::uint32_t limit = 20;
  bool json = false;
};

std::optional<ExecutionStatus> parse_status(const std::string& text) {
  for (int i = 0; i <= static_cast<int>(ExecutionStatus::kCancelled); ++i)
    if (text == status_text(static_cast<ExecutionStatus>(i)))
      return static_cast<ExecutionStatus>(i);
  return std::nullopt;
}

void print_rows(const std::vector<ExecutionRow>& rows, const Terminal& terminal, Instant now) {
  int name_width = 8;
  for (const ExecutionRow& row : rows) name_width = std::max(name_width, columns_of(row.pipeline));
  name_width = std::min(name_width, std::max(8, terminal.width / 3));
  std::printf("%s\n", terminal
                          .paint("EXECUTION  " + pad("PIPELINE", name_width) +
                                     "  #      STATUS      STARTED              TOOK    WHY",
                                 Paint::kDim)
                          .c_str());
  for (const ExecutionRow& row : rows) {
    const Instant end = row.status == ExecutionStatus::kInProgress ? now : row.updated;
    std::string line =
        to_text(row.id).substr(0, 8) + "   " + pad(fit(row.pipeline, name_width), name_width) +
        "  " + pad(std::to_string(row.number), 5) + "  " +
        terminal.paint(pad(status_text(row.status), 10), paint_of(row.status)) + "  " +
        local_time(row.started.ms) + "  " + pad(duration_text(end.ms - row.started.ms), 6);
    const int left = terminal.width - columns_of(line) - 2;
    if (left > 8 && !row.summary.empty()) line += "  " + fit(row.summary, left);
    std::printf("%s\n", line.c_str());
  }
}

int list_executions(const ExecutionsOptions& options) {
  auto store = open_existing_store(options.data);
  if (!store) return complain(store.error());
  ExecutionFilter filter{options.pipeline, {}, {}, options.limit};
  if (!options.status.empty()) {
    filter.status = parse_status(options.status);
    if (!filter.status)
      return complain({ErrorKind::kBadInput, "--status",
                       options.status + " is none of InProgress, Stopping, Stopped, Succeeded, "
                                        "Failed, Superseded, Cancelled"});
  }
  auto rows = (*store)->executions(filter);
  if (!rows) return complain(rows.error());
  if (options.json) {
    std::printf("%s\n", executions_json(*rows).c_str());
  } else if (rows->empty()) {
    std::printf("No executions%s.\n",
                options.pipeline.empty() ? "" : (" of " + options.pipeline).c_str());
  } else {
    print_rows(*rows, Terminal::current(), SystemClock().now());
  }
  return 0;
}

void print_action(const StageView& stage, const ActionView& action, const Terminal& terminal) {
  std::string text;
  const auto line = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) text += "    " + pad(key, 12) + value + "\n";
  };
  if (action.status == ActionStatus::kFailed)
    line("failure", action.failure.code + ": " + action.failure.message);
  line("summary", action.account.summary);
  line("id", action.account.external_id);
  line("url", action.account.external_url);
  line("by", action.by);
  for (const ArtifactRef& artifact : action.outputs)
    line("artifact", artifact.name + "  " + artifact.digest.substr(0, 12) +
                         (artifact.revision.empty() ? "" : "  revision " + artifact.revision));
  for (const auto& [key, value] : action.variables) line("variable", key + "=" + fit(value, 100));
  if (text.empty()) return;
  std::printf("\n  %s %s %s\n%s", mark_of(action.status, terminal).c_str(),
              terminal.paint(stage.name + "/" + action.name, Paint::kBold).c_str(),
              action.type.c_str(), text.c_str());
}

int show_execution(const std::string& data, const std::string& name, bool json) {
  auto store = open_existing_store(data);
  if (!store) return complain(store.error());
  auto row = find_named_execution(**store, name);
  if (!row) return complain(row.error());
  auto view = read_execution(**store, *row);
  if (!view) return complain(view.error());
  if (json) {
    std::printf("%s\n", execution_json(*view).c_str());
    return 0;
  }
  const Terminal terminal = Terminal::current();
  for (const std::string& line : execution_lines(*view, terminal, SystemClock().now()))
    std::printf("%s\n", line.c_str());
  std::printf("\n  %-12s%s\n  %-12s%u\n  %-12s%s %s\n  %-12s%s\n", "execution",
              to_text(view->id).c_str(), "version", view->version, "trigger",
              view->trigger.type.c_str(), view->trigger.detail.c_str(), "started",
              local_time(view->started.ms).c_str());
  if (!view->summary.empty()) std::printf("  %-12s%s\n", "why", view->summary.c_str());
  for (const auto& [key, value] : view->variables)
    std::printf("  %-12s%s=%s\n", "variable", key.c_str(), value.c_str());
  for (const StageView& stage : view->stages)
    for (const ActionView* action : stage.runs()) print_action(stage, *action, terminal);
  return 0;
}

}  // namespace

void add_executions_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("executions", "List executions, newest first");
  auto options = std::make_shared<ExecutionsOptions>();
  command->add_option("pipeline", options->pipeline, "Only of this pipeline");
  add_data_option(*command, options->data);
  command->add_option("--status", options->status, "Only with this status, such as Failed");
  command->add_option("--limit", options->limit, "At most so many")->capture_default_str();
  command->add_flag("--json", options->json, "A JSON array");
  command->callback([options, &exit_code] { exit_code = list_executions(*options); });
}

void add_show_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "show", "Show one execution: stages, actions, failures, variables, artifacts");
  struct Options {
    std::string data, name;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  command->add_option("execution", options->name,
                      "Id or its beginning, PIPELINE, or PIPELINE#7; the latest if absent");
  add_data_option(*command, options->data);
  command->add_flag("--json", options->json, "A JSON object");
  command->callback([options, &exit_code] {
    exit_code = show_execution(options->data, options->name, options->json);
  });
}

}  // namespace sluice
