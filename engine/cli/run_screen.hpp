// What `sluice run` shows while it runs: a picture that is redrawn on a terminal, a line per change
// elsewhere, nothing with --json. Used by one thread.
#pragma once

#include <functional>
#include <string>

#include "engine/cli/execution_view.hpp"
#include "engine/cli/terminal.hpp"
#include "engine/cli/ui_queue.hpp"

namespace sluice {

enum class ScreenStyle { kLive, kLines, kSilent };

class RunScreen {
 public:
  RunScreen(Terminal terminal, ScreenStyle style, ExecutionView view)
      : terminal_(terminal), style_(style), view_(std::move(view)) {}

  // The execution to show: facts of others that are still being worked off are not ours.
  void expect(Uuid id) { expected_ = id; }
  // Takes in what is new and shows it.
  void take(const UiNews& news, Instant now);
  // Redraws the durations of a live picture.
  void tick(Instant now);
  // Text below the picture, such as a question; the picture stays as it is until resume().
  void pause(const std::string& text, Instant now);
  void resume();
  // Removes the live picture, so that the summary can take its place.
  void finish();
  // Goes on with another execution of the pipeline; view: before its first fact.
  void turn_to(ExecutionView view, Uuid id);

  [[nodiscard]] const ExecutionView& view() const { return view_; }
  [[nodiscard]] bool live() const { return style_ == ScreenStyle::kLive && !paused_; }

 private:
  void erase_picture();
  void draw(Instant now);
  void print_change(const Fact& fact, Instant at);

  Terminal terminal_;
  ScreenStyle style_;
  ExecutionView view_;
  Uuid expected_;
  std::size_t drawn_lines_ = 0;
  bool paused_ = false;
};

// What a finished (or stopped) execution comes to: what failed, why, the last log lines, and what
// to run to see more. log_tail gives the last lines of an attempt's log; suffix is added to
// commands, such as " --data DIR".
[[nodiscard]] std::string run_summary(
    const ExecutionView& view, const Terminal& terminal, const std::string& suffix,
    const std::function<std::vector<std::string>(const StageView&, const ActionView&)>& log_tail);

}  // namespace sluice
