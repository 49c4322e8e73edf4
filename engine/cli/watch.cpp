#include "engine/cli/watch.hpp"

#include <csignal>
#include <cstdio>
#include <memory>

#include "engine/artifacts/log_store.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/run_log.hpp"
#include "engine/cli/run_screen.hpp"
#include "engine/cli/server_commands.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/store/data_directory.hpp"
#include "events/bus/watcher.hpp"

namespace sluice {
namespace {

constexpr std::int64_t kDrawAgainMs = 250, kLookAgainMs = 1000;
constexpr std::uint32_t kPage = 1000;
constexpr std::size_t kTailLines = 15;

volatile std::sig_atomic_t interrupted = 0;
void on_interrupt(int) {
  interrupted = 1;
}

// The latest log line of each running action, for the live picture.
void add_lines(const LogStore& logs, const ExecutionView& view, UiNews& news) {
  for (const StageView& stage : view.stages) {
    for (const ActionView* action : stage.runs()) {
      if (action->status != ActionStatus::kRunning) continue;
      const auto lines = last_lines(logs, log_name(view, stage, *action), 1);
      if (!lines.empty()) news.lines[action->key] = lines.back();
    }
  }
}

class Watch {
 public:
  Watch(std::unique_ptr<Store> store, std::unique_ptr<BusWatcher> bus, const DataDirectory& data,
        ExecutionRow row, ExecutionView view)
      : store_(std::move(store)),
        logs_(data.logs()),
        bus_(std::move(bus)),
        row_(std::move(row)),
        terminal_(Terminal::current()),
        screen_(terminal_, terminal_.interactive ? ScreenStyle::kLive : ScreenStyle::kLines,
                std::move(view)) {
    screen_.expect(row_.id);
  }

  int run(const std::string& suffix) {
    while (!interrupted && !(look() && screen_.view().finished()))
      bus_->wait(terminal_.interactive ? kDrawAgainMs : kLookAgainMs);
    screen_.finish();
    if (interrupted && !screen_.view().finished()) {
      std::printf("\nIt goes on; `sluice watch %s%s` looks at it again.\n",
                  to_text(row_.id).substr(0, 8).c_str(), suffix.c_str());
      return 130;
    }
    const auto tail = [this](const StageView& stage, const ActionView& action) {
      return last_lines(logs_, log_name(screen_.view(), stage, action), kTailLines);
    };
    std::printf("\n%s", run_summary(screen_.view(), terminal_, suffix, tail).c_str());
    return screen_.view().status == ExecutionStatus::kSucceeded ? 0 : 1;
  }

 private:
  // What has been committed since the last look. Whether all of it could be read.
  bool look() {
    UiNews news;
    auto facts = store_->execution_facts(row_.pipeline, row_.number);
    if (!facts) return false;
    for (StoredFact& stored : *facts)
      if (stored.sequence > seen_) news.facts.push_back(std::move(stored));
    if (!news.facts.empty()) seen_ = news.facts.back().sequence;
    if (screen_.live()) add_lines(logs_, screen_.view(), news);
    screen_.take(news, SystemClock().now());
    return true;
  }

  std::unique_ptr<Store> store_;
  LogStore logs_;
  std::unique_ptr<BusWatcher> bus_;
  ExecutionRow row_;
  Sequence seen_ = 0;
  Terminal terminal_;
  RunScreen screen_;
};

int watch_named(const std::string& data, const std::string& name) {
  auto store = open_existing_store(data);
  if (!store) return complain(store.error());
  auto row = find_named_execution(**store, name);
  if (!row) return complain(row.error());
  auto declaration = (*store)->declaration(row->pipeline, row->version);
  if (!declaration) return complain(declaration.error());
  auto directory = open_data_directory(data);
  if (!directory) return complain(directory.error());
  const auto standard = default_data_directory();
  const std::string suffix = standard && standard->string() == data ? "" : " --data " + data;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  ExecutionView view = view_of(row->pipeline, **declaration);
  auto bus = BusWatcher::connect(bus_addresses(directory->root.string()));
  if (!bus) return complain(bus.error());
  return Watch(std::move(*store), std::move(*bus), *directory, *row, std::move(view)).run(suffix);
}

}  // namespace

int watch_execution(const std::string& data, Uuid id) {
  return watch_named(data, to_text(id));
}

void add_watch_command(CLI::App& app, int& exit_code) {
  struct Options {
    std::string data, name;
  };
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("watch", "Look at an execution until it ends");
  command->add_option("execution", options->name,
                      "Id or its beginning, PIPELINE, or PIPELINE#7; the latest if absent");
  add_data_option(*command, options->data);
  command->callback(
      [options, &exit_code] { exit_code = watch_named(options->data, options->name); });
  command->footer("Exit status: 0 succeeded, 1 ended otherwise, 130 interrupted (it goes on).");
}

}  // namespace sluice
