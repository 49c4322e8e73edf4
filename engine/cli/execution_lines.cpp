#include "engine/cli/execution_lines.hpp"

#include <algorithm>

#include "engine/core/condition.hpp"
#include "engine/core/names.hpp"

namespace sluice {
namespace {

constexpr int kNarrow = 60;

struct Mark {
  const char* sign;
  Paint paint;
};
Mark mark_of(StageStatus status) {
  switch (status) {
    case StageStatus::kNotEntered:
      return {"○", Paint::kDim};
    case StageStatus::kInProgress:
      return {"●", Paint::kBlue};
    case StageStatus::kStopping:
      return {"●", Paint::kYellow};
    case StageStatus::kStopped:
      return {"■", Paint::kYellow};
    case StageStatus::kSucceeded:
      return {"✓", Paint::kGreen};
    case StageStatus::kFailed:
      return {"✗", Paint::kRed};
    case StageStatus::kSkipped:
      return {"↷", Paint::kDim};
    case StageStatus::kCancelled:
      return {"■", Paint::kDim};
  }
  return {" ", Paint::kPlain};
}
Mark action_mark(ActionStatus status) {
  switch (status) {
    case ActionStatus::kNotStarted:
      return {"○", Paint::kDim};
    case ActionStatus::kRunning:
      return {"●", Paint::kBlue};
    case ActionStatus::kWaiting:
      return {"◌", Paint::kYellow};
    case ActionStatus::kSucceeded:
      return {"✓", Paint::kGreen};
    case ActionStatus::kFailed:
      return {"✗", Paint::kRed};
    case ActionStatus::kAbandoned:
      return {"■", Paint::kYellow};
  }
  return {" ", Paint::kPlain};
}

std::string took(Instant started, Instant ended, Instant now) {
  if (started.ms == 0) return "";
  return duration_text((ended.ms != 0 ? ended.ms : now.ms) - started.ms);
}

// What there is to say beside an action's name and time.
std::string remark(const ActionView& action) {
  switch (action.status) {
    case ActionStatus::kFailed:
      return action.failure.message;
    case ActionStatus::kWaiting:
      return action.account.summary.empty() ? "waiting" : "waiting: " + action.account.summary;
    case ActionStatus::kRunning: {
      std::string text = action.percent >= 0 ? std::to_string(action.percent) + "% " : "";
      return text + (action.last_line.empty() ? action.account.summary : action.last_line);
    }
    default:
      return action.account.summary;
  }
}

std::string action_line(const ActionView& action, int name_width, const Terminal& terminal,
                        Instant now) {
  const bool narrow = terminal.width < kNarrow;
  std::string line = (narrow ? "  " : "    ") + mark_of(action.status, terminal) + " ";
  line += pad(fit(action.name, name_width), name_width) + " ";
  line += pad(took(action.started, action.ended, now), 7);
  const int left = terminal.width - columns_of(line) - 2;
  const std::string text = remark(action);
  if (left > 8 && !text.empty())
    line +=
        " " + terminal.paint(fit(text, left),
                             action.status == ActionStatus::kFailed ? Paint::kRed : Paint::kDim);
  return line;
}

Mark condition_mark(ConditionStatus status) {
  switch (status) {
    case ConditionStatus::kInProgress:
      return {"●", Paint::kBlue};
    case ConditionStatus::kSucceeded:
      return {"✓", Paint::kGreen};
    case ConditionStatus::kFailed:
    case ConditionStatus::kErrored:
      return {"✗", Paint::kRed};
    case ConditionStatus::kOverridden:
      return {"!", Paint::kYellow};
    default:
      return {"■", Paint::kYellow};
  }
}

// A condition that was evaluated, and its rules; nothing of one that was not.
void add_condition(std::vector<std::string>& lines, const ConditionView& condition, int name_width,
                   const Terminal& terminal, Instant now) {
  if (condition.status == ConditionStatus::kNone) return;
  const Mark mark = condition_mark(condition.status);
  std::string what(to_text(condition.status));
  if (condition.result != ConditionResult::kNone)
    what += ", " + std::string(to_text(condition.result));
  if (!condition.by.empty()) what += " by " + condition.by;
  const std::string line = (terminal.width < kNarrow ? "  " : "    ") +
                           terminal.paint(mark.sign, mark.paint) + " " +
                           std::string(member_name(condition.hook)) + " ";
  const int left = terminal.width - columns_of(line) - 2;
  lines.push_back(line + terminal.paint(fit(what, std::max(8, left)), Paint::kDim));
  for (const ActionView& rule : condition.rules) {
    ActionView shown = rule;
    shown.name = "  " + rule.name.substr(rule.name.find('.') + 1);
    lines.push_back(action_line(shown, name_width, terminal, now));
  }
}

}  // namespace

std::string mark_of(ActionStatus status, const Terminal& terminal) {
  const Mark mark = action_mark(status);
  return terminal.paint(mark.sign, mark.paint);
}

Paint paint_of(ExecutionStatus status) {
  switch (status) {
    case ExecutionStatus::kSucceeded:
      return Paint::kGreen;
    case ExecutionStatus::kFailed:
      return Paint::kRed;
    case ExecutionStatus::kInProgress:
      return Paint::kBlue;
    default:
      return Paint::kYellow;
  }
}

std::vector<std::string> execution_lines(const ExecutionView& view, const Terminal& terminal,
                                         Instant now) {
  std::vector<std::string> lines;
  const std::string status = status_text(view.status);
  const std::string title = view.pipeline + " #" + std::to_string(view.number) + " ";
  const int room = std::max(10, terminal.width - static_cast<int>(status.size()) - 10);
  lines.push_back(terminal.paint(fit(title, room), Paint::kBold) +
                  terminal.paint(status, paint_of(view.status)) + " " +
                  took(view.started, view.ended, now));
  int name_width = 8;
  for (const StageView& stage : view.stages)
    for (const ActionView& action : stage.actions)
      name_width = std::max(name_width, columns_of(action.name));
  name_width = std::min(name_width, std::max(8, terminal.width / 3));
  for (const StageView& stage : view.stages) {
    const Mark mark = mark_of(stage.status);
    lines.push_back("  " + terminal.paint(mark.sign, mark.paint) + " " +
                    terminal.paint(fit(stage.name, terminal.width - 12), Paint::kBold) + " " +
                    terminal.paint(took(stage.started, stage.ended, now), Paint::kDim));
    if (stage.status == StageStatus::kNotEntered) continue;
    const auto add = [&](bool before) {
      for (const ConditionView& condition : stage.conditions)
        if ((condition.hook == Hook::kBeforeEntry) == before)
          add_condition(lines, condition, name_width, terminal, now);
    };
    add(true);
    if (stage.status != StageStatus::kSkipped)
      for (const ActionView& action : stage.actions)
        lines.push_back(action_line(action, name_width, terminal, now));
    add(false);
  }
  return lines;
}

}  // namespace sluice
