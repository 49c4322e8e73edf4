#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "engine/artifacts/log_store.hpp"
#include "engine/cli/history.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/run_log.hpp"
#include "engine/cli/terminal.hpp"
#include "engine/store/data_directory.hpp"

namespace sluice {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(100);

struct LogsOptions {
  std::string data, execution, action;
  std::size_t tail = 0;
  bool follow = false, times = false;
};

void print_part(const std::string& text, bool times) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    const std::string_view line = std::string_view(text).substr(at, end - at);
    const std::string_view shown = times ? line : split_log_line(line).text;
    std::printf("%.*s\n", static_cast<int>(shown.size()), shown.data());
    if (end == std::string::npos) break;
    at = end + 1;
  }
  std::fflush(stdout);
}

// Prints from an offset to the end that is there now.
std::uint64_t print_from(const LogStore& logs, const LogName& name, std::uint64_t offset,
                         bool times) {
  while (true) {
    const auto part = logs.read(name, offset);
    if (!part || part->next_offset == offset) return offset;
    print_part(part->text, times);
    offset = part->next_offset;
  }
}

int print_one(const LogStore& logs, const Store& store, const ExecutionRow& row,
              const LogName& name, const LogsOptions& options) {
  std::uint64_t offset = 0;
  if (options.tail > 0) {
    const auto part = logs.tail(name, options.tail);
    if (part) {
      print_part(part->text, options.times);
      offset = part->next_offset;
    }
  } else {
    offset = print_from(logs, name, 0, options.times);
  }
  while (options.follow && !std::ferror(stdout)) {
    const auto now = read_execution(store, row);
    const auto action = now ? find_action(*now, name.stage + "/" + name.action)
                            : Result<const ActionView*>(now.error());
    const bool over =
        !action || ((*action)->status != ActionStatus::kRunning &&
                    (*action)->status != ActionStatus::kWaiting &&
                    (now->finished() || (*action)->status != ActionStatus::kNotStarted));
    offset = print_from(logs, name, offset, options.times);
    if (over) break;
    std::this_thread::sleep_for(kLookAgain);
  }
  return 0;
}

int print_logs(const LogsOptions& options) {
  auto store = open_existing_store(options.data);
  if (!store) return complain(store.error());
  auto row = find_named_execution(**store, options.execution);
  if (!row) return complain(row.error());
  auto view = read_execution(**store, *row);
  if (!view) return complain(view.error());
  const auto data = open_data_directory(options.data);
  if (!data) return complain(data.error());
  const LogStore logs(data->logs());
  if (!options.action.empty()) {
    const auto action = find_action(*view, options.action);
    if (!action) return complain(action.error());
    for (const StageView& stage : view->stages)
      for (const ActionView* one : stage.runs())
        if (one == *action)
          return print_one(logs, **store, *row, log_name(*view, stage, *one), options);
  }
  const Terminal terminal = Terminal::current();
  LogsOptions each = options;
  each.follow = false;
  for (const StageView& stage : view->stages) {
    for (const ActionView* run : stage.runs()) {
      const ActionView& action = *run;
      if (action.started.ms == 0) continue;
      std::printf("%s\n", terminal
                              .paint("== " + stage.name + "/" + action.name + " (" +
                                         status_text(action.status) + ")",
                                     Paint::kBold)
                              .c_str());
      print_one(logs, **store, *row, log_name(*view, stage, action), each);
    }
  }
  return 0;
}

}  // namespace

void add_logs_command(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("logs", "Print the log of an action, or of all actions of an execution");
  auto options = std::make_shared<LogsOptions>();
  command->add_option("execution", options->execution,
                      "Id or its beginning, PIPELINE, or PIPELINE#7; the latest if absent");
  command->add_option("action", options->action,
                      "Stage/Action, or Action if only one stage has it");
  add_data_option(*command, options->data);
  command->add_option("--tail", options->tail, "Only the last N lines");
  command->add_flag("-f,--follow", options->follow, "Go on until the action has ended");
  command->add_flag("--times", options->times, "With the time of each line");
  command->callback([options, &exit_code] { exit_code = print_logs(*options); });
}

}  // namespace sluice
