#include "engine/simulation/timeline.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/names.hpp"

namespace sluice::simulation {
namespace {

constexpr std::size_t kMostRows = 200;
constexpr int kNarrowest = 24;

enum class Tone : std::uint8_t { kPlain, kFaint, kGreen, kRed, kYellow, kBlue };

struct Glyphs {
  const char *waits, *runs, *asks, *stops, *bar, *tick;
  const char *succeeded, *failed, *stopped, *superseded, *cancelled, *open;
};
constexpr Glyphs kUnicode{"·", "━", "┄", "╍", "│", "╵", "✓", "✗", "■", "»", "⊘", "…"};
constexpr Glyphs kAscii{".", "=", "~", "-", "|", "'", "+", "x", "#", ">", "o", "~"};

struct Cell {
  std::string text = " ";
  Tone tone = Tone::kPlain;
};

class Timeline {
 public:
  Timeline(const Simulated& simulated, const TimelineOptions& options)
      : simulated_(simulated),
        options_(options),
        glyphs_(options.unicode ? kUnicode : kAscii),
        width_(std::max(options.width, kNarrowest)) {}

  std::string draw() {
    measure();
    std::string out = axis();
    const std::size_t rows = std::min(simulated_.looks.size(), kMostRows);
    for (std::size_t i = 0; i < rows; ++i) out += row(i);
    if (rows < simulated_.looks.size()) {
      out += "  and " + std::to_string(simulated_.looks.size() - rows) + " executions more\n";
    }
    return out + legend();
  }

 private:
  struct End {
    const char* glyph;
    const char* word;
    Tone tone;
  };
  [[nodiscard]] End end_of(ExecutionStatus status) const {
    switch (status) {
      case ExecutionStatus::kSucceeded:
        return {glyphs_.succeeded, "succeeded", Tone::kGreen};
      case ExecutionStatus::kFailed:
        return {glyphs_.failed, "failed", Tone::kRed};
      case ExecutionStatus::kStopped:
        return {glyphs_.stopped, "stopped", Tone::kYellow};
      case ExecutionStatus::kSuperseded:
        return {glyphs_.superseded, "superseded", Tone::kFaint};
      case ExecutionStatus::kCancelled:
        return {glyphs_.cancelled, "cancelled", Tone::kFaint};
      default:
        return {glyphs_.open, "still in progress", Tone::kPlain};
    }
  }

  // Gives every span between two changes a number of columns: at least one if there is room, more
  // for longer ones, by the logarithm of their length.
  void measure() {
    std::set<std::int64_t> times{kBeginning.ms, simulated_.end.ms};
    for (const auto& looks : simulated_.looks) {
      for (const Look& look : looks) times.insert(look.at.ms);
    }
    times_.assign(times.begin(), times.end());
    label_ = 1 + static_cast<int>(std::to_string(simulated_.looks.size()).size());
    const int room = width_ - label_ - 3;
    double total = 0;
    std::vector<double> weights;
    for (std::size_t i = 0; i + 1 < times_.size(); ++i) {
      weights.push_back(std::log2(2.0 + static_cast<double>(times_[i + 1] - times_[i]) / 1000.0));
      total += weights.back();
    }
    columns_ = {0};
    double sum = 0;
    for (const double weight : weights) {
      sum += weight;
      columns_.push_back(static_cast<int>(std::lround(sum / total * room)));
    }
    // A span that rounding took away gets its column back while there is room to the right.
    for (std::size_t i = 1; i < columns_.size() && static_cast<int>(columns_.size()) <= room; ++i) {
      columns_[i] = std::max(columns_[i], columns_[i - 1] + 1);
    }
    for (std::size_t i = columns_.size(); i-- > 1 && static_cast<int>(columns_.size()) <= room;) {
      const int most = room - static_cast<int>(columns_.size() - 1 - i);
      columns_[i] = std::min(columns_[i], most);
    }
  }

  [[nodiscard]] int column(Instant at) const {
    const auto found = std::lower_bound(times_.begin(), times_.end(), at.ms);
    return columns_[static_cast<std::size_t>(found - times_.begin())];
  }

  std::string axis() {
    std::string labels(static_cast<std::size_t>(label_ + 1), ' ');
    std::string ticks = labels;
    int used = 0, ticked = 0;
    for (std::size_t i = 0; i < times_.size(); ++i) {
      const std::string text = time_text(times_[i] - kBeginning.ms);
      const int at = columns_[i];
      if (at < used || at + static_cast<int>(text.size()) + label_ + 1 > width_) continue;
      labels += std::string(static_cast<std::size_t>(at - used), ' ') + text + " ";
      ticks += std::string(static_cast<std::size_t>(at - ticked), ' ') + glyphs_.tick;
      used = at + static_cast<int>(text.size()) + 1;
      ticked = at + 1;
    }
    while (!labels.empty() && labels.back() == ' ') labels.pop_back();
    return paint(labels, Tone::kFaint) + "\n" + paint(ticks, Tone::kFaint) + "\n";
  }

  std::string row(std::size_t index) {
    const auto& looks = simulated_.looks[index];
    std::vector<Cell> cells(static_cast<std::size_t>(columns_.back() + 2));
    for (std::size_t i = 0; i < looks.size(); ++i) {
      const Instant end = i + 1 < looks.size() ? looks[i + 1].at : simulated_.end;
      const bool begins = i == 0 || looks[i - 1].stage != looks[i].stage;
      draw_span(cells, looks[i], begins, column(looks[i].at), column(end));
    }
    write_names(cells, looks);
    if (looks.back().kind != Look::Kind::kOver) {
      put_end(cells, column(simulated_.end), ExecutionStatus::kInProgress);
    }
    const std::string number = std::to_string(index + 1);
    std::string line(static_cast<std::size_t>(label_) - number.size() - 1, ' ');
    line += number + "  ";
    while (!cells.empty() && cells.back().text == " ") cells.pop_back();
    for (std::size_t i = 0; i < cells.size();) {
      std::string run;
      const Tone tone = cells[i].tone;
      for (; i < cells.size() && cells[i].tone == tone; ++i) run += cells[i].text;
      line += paint(run, tone);
    }
    return line + "\n";
  }

  void put_end(std::vector<Cell>& cells, int at, ExecutionStatus status) {
    const End end = end_of(status);
    cells[static_cast<std::size_t>(at)] = {end.glyph, end.tone};
    ends_.insert(status);
  }

  void draw_span(std::vector<Cell>& cells, const Look& look, bool begins, int from, int to) {
    if (look.kind == Look::Kind::kOver) return put_end(cells, from, look.status);
    const char* fill = look.kind == Look::Kind::kWaits   ? glyphs_.waits
                       : look.kind == Look::Kind::kAsks  ? glyphs_.asks
                       : look.kind == Look::Kind::kStops ? glyphs_.stops
                                                         : glyphs_.runs;
    const Tone tone = look.kind == Look::Kind::kWaits  ? Tone::kFaint
                      : look.kind == Look::Kind::kRuns ? Tone::kBlue
                                                       : Tone::kYellow;
    kinds_.insert(look.kind);
    for (int i = from; i < to; ++i) cells[static_cast<std::size_t>(i)] = {fill, tone};
    if (!begins || look.stage.empty() || from >= to) return;
    cells[static_cast<std::size_t>(from)] = {glyphs_.bar, tone};
  }

  // The name of a stage stands where it begins, as far as the stage is wide.
  void write_names(std::vector<Cell>& cells, const std::vector<Look>& looks) const {
    for (std::size_t i = 0; i < looks.size();) {
      std::size_t next = i + 1;
      while (next < looks.size() && looks[next].stage == looks[i].stage) ++next;
      const int from = column(looks[i].at) + 1;
      const int to = column(next < looks.size() ? looks[next].at : simulated_.end);
      const std::string& name = looks[i].stage;
      for (int at = from; at < to && at - from < static_cast<int>(name.size()); ++at) {
        cells[static_cast<std::size_t>(at)].text = name[static_cast<std::size_t>(at - from)];
      }
      i = next;
    }
  }

  std::string legend() const {
    std::vector<std::pair<std::string, std::string>> entries;
    const auto add = [&](Look::Kind kind, const char* glyph, const char* word) {
      if (kinds_.contains(kind)) entries.emplace_back(glyph, word);
    };
    add(Look::Kind::kRuns, glyphs_.runs, "runs");
    add(Look::Kind::kAsks, glyphs_.asks, "waits for an approval or a signal");
    add(Look::Kind::kWaits, glyphs_.waits, "waits before a stage");
    add(Look::Kind::kStops, glyphs_.stops, "is being stopped");
    for (const ExecutionStatus status : ends_) {
      entries.emplace_back(end_of(status).glyph, end_of(status).word);
    }
    std::string out, line;
    std::size_t used = 0;
    for (const auto& [glyph, word] : entries) {
      const std::size_t size = word.size() + 4;
      if (used > 0 && used + size > static_cast<std::size_t>(width_)) {
        out += line + "\n";
        line.clear();
        used = 0;
      }
      line += (used == 0 ? "" : "   ") + glyph + " " + word;
      used += size;
    }
    return paint(out + line, Tone::kFaint) + "\n";
  }

  [[nodiscard]] std::string paint(const std::string& text, Tone tone) const {
    constexpr const char* kCodes[] = {"", "2", "32", "31", "33", "34"};
    if (!options_.color || tone == Tone::kPlain || text.empty()) return text;
    return std::string("\x1b[") + kCodes[static_cast<std::size_t>(tone)] + "m" + text + "\x1b[0m";
  }

  const Simulated& simulated_;
  const TimelineOptions& options_;
  const Glyphs& glyphs_;
  const int width_;
  int label_ = 2;
  std::vector<std::int64_t> times_;
  std::vector<int> columns_;  // of times_
  std::set<Look::Kind> kinds_;
  std::set<ExecutionStatus> ends_;
};

}  // namespace

std::string timeline(const Simulated& simulated, const TimelineOptions& options) {
  return simulated.looks.empty() ? "" : Timeline(simulated, options).draw();
}

}  // namespace sluice::simulation
