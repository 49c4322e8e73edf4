#include "engine/cli/run_screen.hpp"

#include <algorithm>
#include <cstdio>

#include "engine/cli/execution_lines.hpp"
#include "engine/core/condition.hpp"
#include "engine/core/names.hpp"
#include "engine/runtime/event_of.hpp"

namespace sluice {
namespace {

void put(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

std::string clock_time(Instant at) {
  return local_time(at.ms).substr(11);
}

struct Change {
  std::string place, what;
  Paint paint = Paint::kPlain;
};

// A line for people who read a log of the run; nothing for facts of no interest there.
class Describe {
 public:
  Describe(const ExecutionView& view, Instant at) : view_(view), at_(at) {}

  Change operator()(const ExecutionStarted& f) const {
    return {view_.pipeline,
            "execution " + std::to_string(f.execution) + " started, id " + to_text(f.id),
            Paint::kBold};
  }
  Change operator()(const ExecutionStopping& f) const {
    return {view_.pipeline, "stopping: " + f.reason, Paint::kYellow};
  }
  Change operator()(const StageStarted& f) const { return {name(f.stage), "started"}; }
  Change operator()(const StageSucceeded& f) const {
    return {name(f.stage), "succeeded in " + since(f.started), Paint::kGreen};
  }
  Change operator()(const StageFailed& f) const {
    return {name(f.stage), "failed after " + since(f.started), Paint::kRed};
  }
  Change operator()(const StageStopped& f) const {
    return {name(f.stage), "stopped", Paint::kYellow};
  }
  Change operator()(const StageSkipped& f) const { return {name(f.stage), "skipped", Paint::kDim}; }
  Change operator()(const StageResumed& f) const {
    return {name(f.stage), "retried", Paint::kYellow};
  }
  Change operator()(const ActionStarted& f) const { return {name(f.key), "started"}; }
  Change operator()(const ActionContinued& f) const {
    return {name(f.key), f.account.summary.empty() ? "waiting" : "waiting: " + f.account.summary,
            Paint::kYellow};
  }
  Change operator()(const ActionSucceeded& f) const {
    const std::string more = f.account.summary.empty() ? "" : ": " + f.account.summary;
    return {name(f.key), "succeeded in " + since(f.started) + more, Paint::kGreen};
  }
  Change operator()(const ActionFailed& f) const {
    return {name(f.key), "failed after " + since(f.started) + ": " + f.failure.message,
            Paint::kRed};
  }
  Change operator()(const ActionAbandoned& f) const {
    return {name(f.key), "abandoned", Paint::kYellow};
  }
  Change operator()(const ConditionFinished& f) const {
    const std::string place = name(f.stage) + "/" + std::string(member_name(f.hook));
    std::string what(to_text(f.status));
    if (f.result != ConditionResult::kNone) what += ", " + std::string(to_text(f.result));
    if (!f.by.empty()) what += " by " + f.by;
    if (!f.summary.empty()) what += ": " + f.summary;
    const bool well = f.status == ConditionStatus::kSucceeded;
    const bool refused =
        f.status == ConditionStatus::kFailed || f.status == ConditionStatus::kErrored;
    return {place, what, well ? Paint::kGreen : refused ? Paint::kRed : Paint::kYellow};
  }
  Change operator()(const RuleStarted& f) const { return {name(f.key), "started"}; }
  template <class Other>
  Change operator()(const Other&) const {
    return {};
  }

 private:
  std::string name(Index stage) const { return view_.stages.at(stage).name; }
  std::string name(const ActionKey& key) const {
    return name(key.stage) + "/" + view_.stages.at(key.stage).run(key.action)->name;
  }
  std::string since(Instant started) const { return duration_text(at_.ms - started.ms); }

  const ExecutionView& view_;
  Instant at_;
};

}  // namespace

void RunScreen::take(const UiNews& news, Instant now) {
  if (live()) erase_picture();
  for (const std::string& notice : news.notices)
    if (style_ != ScreenStyle::kSilent) put(notice + "\n");
  for (const StoredFact& stored : news.facts) {
    const auto* started = std::get_if<ExecutionStarted>(&stored.fact);
    if (view_.number == 0 && !(started && started->id == expected_)) continue;
    fold(view_, stored.fact, stored.at);
    if (style_ == ScreenStyle::kLines && execution_of(stored.fact) == view_.number)
      print_change(stored.fact, stored.at);
  }
  for (const auto& [key, line] : news.lines) {
    if (key.execution != view_.number || key.stage >= view_.stages.size()) continue;
    ActionView* action = view_.stages[key.stage].run(key.action);
    if (action != nullptr && action->key.attempt == key.attempt) action->last_line = line;
  }
  if (live()) draw(now);
}

void RunScreen::print_change(const Fact& fact, Instant at) {
  const Change change = std::visit(Describe(view_, at), fact);
  if (change.what.empty()) return;
  put(terminal_.paint(clock_time(at), Paint::kDim) + "  " + pad(change.place, 24) + "  " +
      terminal_.paint(change.what, change.paint) + "\n");
}

void RunScreen::tick(Instant now) {
  if (!live()) return;
  erase_picture();
  draw(now);
}

void RunScreen::erase_picture() {
  if (drawn_lines_ > 0) put("\r\x1b[" + std::to_string(drawn_lines_) + "A\x1b[J");
  drawn_lines_ = 0;
}

void RunScreen::draw(Instant now) {
  const Terminal current = Terminal::current();
  terminal_.width = current.width;
  std::string picture;
  auto lines = execution_lines(view_, terminal_, now);
  // A picture taller than the window cannot be redrawn: the title and the end are what moves.
  const auto most = static_cast<std::size_t>(std::max(4, current.height - 1));
  if (lines.size() > most)
    lines.erase(lines.begin() + 1, lines.end() - static_cast<std::ptrdiff_t>(most - 1));
  for (const std::string& line : lines) picture += line + "\n";
  put(picture);
  drawn_lines_ = lines.size();
}

void RunScreen::pause(const std::string& text, Instant now) {
  if (live()) {
    erase_picture();
    draw(now);
  }
  paused_ = true;
  drawn_lines_ = 0;
  put(text);
}

void RunScreen::resume() {
  paused_ = false;
}

void RunScreen::finish() {
  if (live()) erase_picture();
}

void RunScreen::turn_to(ExecutionView view, Uuid id) {
  drawn_lines_ = 0;
  paused_ = false;
  view_ = std::move(view);
  expected_ = id;
}

std::string run_summary(
    const ExecutionView& view, const Terminal& terminal, const std::string& suffix,
    const std::function<std::vector<std::string>(const StageView&, const ActionView&)>& log_tail) {
  const std::string id = to_text(view.id);
  const std::string short_id = id.substr(0, 8);
  std::string text =
      terminal.paint(view.pipeline + " #" + std::to_string(view.number), Paint::kBold) + " " +
      terminal.paint(status_text(view.status), paint_of(view.status)) + " after " +
      duration_text(view.ended.ms - view.started.ms) + "  (execution " + id + ")\n";
  std::string first_failed;
  for (const StageView& stage : view.stages) {
    // Of a stage that went on, what failed was a rule that skipped it or was overridden.
    if (stage.status != StageStatus::kFailed && stage.status != StageStatus::kStopped) continue;
    for (const ActionView* run : stage.runs()) {
      const ActionView& action = *run;
      if (action.status != ActionStatus::kFailed) continue;
      const std::string place = stage.name + "/" + action.name;
      if (first_failed.empty()) first_failed = place;
      text += "\n  " + mark_of(action.status, terminal) + " " +
              terminal.paint(place, Paint::kBold) + " " + action.failure.code + ": " +
              action.failure.message + "\n";
      for (const std::string& line : log_tail(stage, action))
        text += terminal.paint("    │ ", Paint::kDim) +
                (terminal.interactive ? fit(line, std::max(40, terminal.width - 6)) : line) + "\n";
    }
  }
  text += "\n";
  if (first_failed.empty() && !view.summary.empty()) text += "  " + view.summary + "\n\n";
  if (!first_failed.empty())
    text += "  whole log:   sluice logs " + short_id + " " + first_failed + suffix + "\n";
  return text + "  details:     sluice show " + short_id + suffix + "\n";
}

}  // namespace sluice
