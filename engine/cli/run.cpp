#include "engine/cli/run.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "engine/api/caller.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/run_screen.hpp"
#include "engine/cli/run_session.hpp"
#include "engine/core/approval.hpp"
#include "engine/definition/diagnostic_text.hpp"
#include "engine/definition/workflow.hpp"
#include "engine/runtime/event_reader.hpp"
#include "engine/runtime/random_id.hpp"

namespace sluice {
namespace {

constexpr int kTickMs = 100;
constexpr std::size_t kTailLines = 15;

struct RunOptions {
  std::string file, data, data_given;
  std::vector<std::string> variables, revisions;
  bool approve = false, json = false;
};

std::string caller_arn() {
  return api::caller_arn(geteuid(), "000000000000");
}

Result<Texts> parse_pairs(const std::vector<std::string>& given, const char* option) {
  Texts pairs;
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      return Error{ErrorKind::kBadInput, option, "\"" + text + "\" is not of the form NAME=VALUE"};
    pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return pairs;
}

// One run as its user sees it: draws, asks, passes on interrupts, until the execution has ended,
// and the rollback that its failure started, if there is one.
class RunLoop {
 public:
  // turn: called when the execution has ended and a rollback of it goes on; turns the screen to it.
  RunLoop(RunSession& session, UiQueue& ui, RunScreen& screen, const RunOptions& options, Uuid id,
          int signal_fd, std::function<void(Uuid rollback)> turn)
      : session_(session),
        ui_(ui),
        screen_(screen),
        options_(options),
        id_(id),
        signal_fd_(signal_fd),
        turn_(std::move(turn)),
        reader_(session.store(), {}) {}

  // Until the execution has ended or the engine has.
  void run() {
    while (!ended_) {
      pollfd waits[] = {
          {ui_.fd(), POLLIN, 0}, {signal_fd_, POLLIN, 0}, {asking_ ? STDIN_FILENO : -1, POLLIN, 0}};
      const bool moving = screen_.live();
      if (poll(waits, 3, moving ? kTickMs : -1) == 0) screen_.tick(clock_.now());
      if (waits[1].revents & POLLIN) take_signal();
      if (waits[2].revents != 0) take_answer();
      if (waits[0].revents & POLLIN) take_news();
    }
  }
  [[nodiscard]] int interrupts() const { return interrupts_; }

 private:
  void take_news() {
    UiNews news = ui_.take();
    screen_.take(news, clock_.now());
    note_rollback(news.facts);
    if (options_.json) print_events(news.facts);
    for (const StoredFact& stored : news.facts) {
      const auto* waiting = std::get_if<ActionContinued>(&stored.fact);
      if (waiting && waiting->key.execution == screen_.view().number)
        approvals_.push_back(waiting->key);
    }
    ended_ = news.engine_ended || (screen_.view().number != 0 && screen_.view().finished());
    drop_answered();
    if (ended_ && !news.engine_ended && rollback_) follow_rollback();
    if (!ended_ && !asking_ && !approvals_.empty()) ask();
  }

  // A rollback begins in the same decision that ends what it rolls back; its facts so far are kept.
  void note_rollback(const std::vector<StoredFact>& facts) {
    for (const StoredFact& stored : facts) {
      const auto* started = std::get_if<ExecutionStarted>(&stored.fact);
      if (started != nullptr && started->trigger.type == "AutomatedRollback" &&
          started->trigger.detail.find(to_text(id_)) != std::string::npos) {
        rollback_ = started->id;
        rollback_number_ = started->execution;
        rollback_facts_.clear();
      }
      if (rollback_ && execution_of(stored.fact) == rollback_number_)
        rollback_facts_.push_back(stored);
    }
  }
  void follow_rollback() {
    id_ = *std::exchange(rollback_, std::nullopt);
    turn_(id_);
    UiNews news;
    news.facts = std::exchange(rollback_facts_, {});
    screen_.take(news, clock_.now());
    ended_ = screen_.view().finished();
  }

  void print_events(const std::vector<StoredFact>& facts) {
    if (auto events = reader_.tell(facts))
      for (const Event& event : *events) std::printf("%s\n", to_json(event).c_str());
    std::fflush(stdout);
  }

  [[nodiscard]] const ActionView& action(const ActionKey& key) const {
    return *screen_.view().stages.at(key.stage).run(key.action);
  }
  // Only approvals ask; other waits end by themselves.
  void drop_answered() {
    std::erase_if(approvals_, [this](const ActionKey& key) {
      const ActionView& waiting = action(key);
      return waiting.status != ActionStatus::kWaiting || !waiting.type.starts_with("Approval/");
    });
    if (asking_ && std::find(approvals_.begin(), approvals_.end(), *asking_) == approvals_.end()) {
      asking_.reset();
      screen_.resume();
    }
  }

  void ask() {
    const ActionKey key = approvals_.front();
    if (options_.approve) {
      approvals_.erase(approvals_.begin());
      answer(key, true, "approved by --approve");
      return;
    }
    asking_ = key;
    const ActionView& waiting = action(key);
    const std::string what =
        waiting.account.summary.empty() ? "" : " (" + waiting.account.summary + ")";
    std::string question =
        "\nApprove " + screen_.view().stages.at(key.stage).name + "/" + waiting.name + what + "?";
    if (!waiting.account.external_url.empty())
      question += "\n  see " + waiting.account.external_url;
    question += "\n  yes or no, and a comment if you like: ";
    if (options_.json) {
      std::fprintf(stderr, "%s", question.c_str());
    } else {
      screen_.pause(question, clock_.now());
    }
  }

  void take_answer() {
    char text[1024];
    const ssize_t size = read(STDIN_FILENO, text, sizeof text);
    if (size > 0) typed_.append(text, static_cast<std::size_t>(size));
    while (asking_ && typed_.find('\n') != std::string::npos) {
      const std::string line = typed_.substr(0, typed_.find('\n'));
      typed_.erase(0, line.size() + 1);
      take_line(line);
    }
    if (size > 0 || !asking_) return;
    if (!typed_.empty()) take_line(std::exchange(typed_, ""));
    if (!asking_) return;
    const ActionKey key = *asking_;
    finish_asking();
    answer(key, false, "nobody answered: standard input is at its end (--approve answers yes)");
  }
  void take_line(const std::string& line) {
    const std::string word = line.substr(0, line.find(' '));
    const std::string comment =
        line.find(' ') == std::string::npos ? "" : line.substr(line.find(' ') + 1);
    const bool yes = word == "y" || word == "Y" || word == "yes" || word == "Yes";
    const bool no = word == "n" || word == "N" || word == "no" || word == "No";
    if (!yes && !no) {
      std::fprintf(options_.json ? stderr : stdout, "  please answer yes or no: ");
      std::fflush(stdout);
      return;
    }
    const ActionKey key = *asking_;
    finish_asking();
    answer(key, yes, comment);
    if (!approvals_.empty()) ask();
  }
  void finish_asking() {
    std::erase(approvals_, *asking_);
    asking_.reset();
    screen_.resume();
  }
  void answer(const ActionKey& key, bool approved, const std::string& summary) {
    ActionRun run;
    run.id = action(key).id;
    run.attempt = key.attempt;
    session_.answer(screen_.view().stages.at(key.stage).name, action(key).name, approval_token(run),
                    approved, summary, caller_arn());
  }

  void take_signal() {
    signalfd_siginfo info{};
    if (read(signal_fd_, &info, sizeof info) != sizeof info) return;
    ++interrupts_;
    const bool abandon = interrupts_ > 1;
    ui_.add_notice(
        abandon ? "Abandoning: running actions are ended by force."
                : "Stopping: running actions are let finish; interrupt again to abandon them.");
    session_.stop_execution(id_, abandon, caller_arn());
    // Nobody is left to answer an approval: stop-and-wait would wait for ever.
    if (!abandon && !approvals_.empty()) session_.stop_execution(id_, true, caller_arn());
  }

  RunSession& session_;
  UiQueue& ui_;
  RunScreen& screen_;
  const RunOptions& options_;
  Uuid id_;
  int signal_fd_;
  std::function<void(Uuid)> turn_;
  std::optional<Uuid> rollback_;
  ExecutionNumber rollback_number_ = 0;
  std::vector<StoredFact> rollback_facts_;
  SystemClock clock_;
  EventReader reader_;
  std::vector<ActionKey> approvals_;
  std::optional<ActionKey> asking_;
  std::string typed_;  // of an answer, so far
  int interrupts_ = 0;
  bool ended_ = false;
};

int exit_status(const ExecutionView& view, int interrupts) {
  if (view.status == ExecutionStatus::kSucceeded) return 0;
  return interrupts > 0 ? 130 : 1;
}

int run_to_end(const RunOptions& options, const RunRequest& request, const DataDirectory& data,
               std::vector<ActionTypeDescription> catalogue, int signal_fd) {
  UiQueue ui;
  const Terminal terminal = Terminal::current();
  const ScreenStyle style = options.json           ? ScreenStyle::kSilent
                            : terminal.interactive ? ScreenStyle::kLive
                                                   : ScreenStyle::kLines;
  RunScreen screen(terminal, style, view_of(request.declaration.name, request.declaration));
  auto session = RunSession::open(data, request, std::move(catalogue), ui);
  if (!session) return complain(session.error());
  const Uuid id = random_id();
  screen.expect(id);
  (*session)->start(request, id);
  const std::string suffix = options.data == options.data_given ? " --data " + options.data : "";
  const auto summarize = [&] {
    const auto tail = [&](const StageView& stage, const ActionView& action) {
      return last_lines((*session)->logs(), log_name(screen.view(), stage, action), kTailLines);
    };
    screen.finish();
    const std::string summary = run_summary(screen.view(), terminal, suffix, tail);
    std::fprintf(options.json ? stderr : stdout, "\n%s", summary.c_str());
    std::fflush(stdout);
  };
  bool rolled_back = false;
  const auto turn = [&](Uuid rollback) {
    rolled_back = true;
    summarize();
    std::fprintf(options.json ? stderr : stdout, "\nRolling back.\n\n");
    screen.turn_to(view_of(request.declaration.name, request.declaration), rollback);
  };
  RunLoop loop(**session, ui, screen, options, id, signal_fd, turn);
  loop.run();
  const auto outcome = (*session)->finish();
  screen.take(ui.take(), SystemClock().now());
  if (!outcome) {
    screen.finish();
    return complain(outcome.error());
  }
  if (screen.view().number == 0) return 2;  // refused; the notice has said why
  summarize();
  const int status = exit_status(screen.view(), loop.interrupts());
  return rolled_back ? std::max(status, 1) : status;  // what was rolled back had failed
}

int run_file(const RunOptions& options, const CliEnvironment& environment) {
  sigset_t interrupts;
  sigemptyset(&interrupts);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&interrupts, number);

  auto catalogue = environment.catalogue();
  if (!catalogue) return complain(catalogue.error());
  auto workflow = load_workflow_file(options.file, *catalogue);
  if (!workflow.diagnostics.empty())
    std::fprintf(stderr, "%s",
                 definition::render(workflow.diagnostics, workflow.text,
                                    {environment.color, environment.width})
                     .c_str());
  if (!workflow.declaration) return 2;

  RunRequest request;
  request.declaration = std::move(*workflow.declaration);
  apply_defaults(request.declaration, *catalogue);
  request.base_directory =
      std::filesystem::absolute(options.file).parent_path().lexically_normal().string();
  request.by = caller_arn();
  auto variables = parse_pairs(options.variables, "--variable");
  if (!variables) return complain(variables.error());
  request.variables = std::move(*variables);
  auto revisions = parse_pairs(options.revisions, "--revision");
  if (!revisions) return complain(revisions.error());
  for (auto& [action, value] : *revisions)
    request.source_revisions.push_back({action, "COMMIT_ID", value});

  auto data = open_data_directory(options.data);
  if (!data) return complain(data.error());
  // Before any thread starts: all of them leave interrupts to the one that draws.
  pthread_sigmask(SIG_BLOCK, &interrupts, nullptr);
  const int signal_fd = signalfd(-1, &interrupts, SFD_CLOEXEC);
  const int status = run_to_end(options, request, *data, std::move(*catalogue), signal_fd);
  close(signal_fd);
  return status;
}

}  // namespace

void add_run_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto* command = app.add_subcommand(
      "run", "Run a pipeline from its workflow file, here and now, without a server");
  auto options = std::make_shared<RunOptions>();
  command->add_option("file", options->file, "Workflow file (YAML or JSON)")->required();
  add_data_option(*command, options->data);
  command->add_option("--variable,-v", options->variables,
                      "NAME=VALUE of a pipeline variable; may be repeated");
  command->add_option("--revision", options->revisions,
                      "ACTION=COMMIT for a source action; may be repeated");
  command->add_flag("--approve", options->approve, "Answer every approval with yes");
  command->add_flag("--json", options->json,
                    "Print events, one JSON envelope a line, instead of progress");
  command->callback([command, options, &environment, &exit_code] {
    if (command->count("--data") > 0) options->data_given = options->data;
    exit_code = run_file(*options, environment);
  });
  command->footer("Exit status: 0 succeeded, 1 failed, 2 bad input, 130 interrupted.");
}

}  // namespace sluice
