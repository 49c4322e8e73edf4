#include <algorithm>
#include <numeric>

#include "engine/definition/graph.hpp"
#include "engine/definition/stage_groups.hpp"
#include "engine/definition/words.hpp"

namespace sluice {
namespace {

// A line whose width is known; colour codes count nothing.
struct Line {
  std::string text;
  std::size_t width = 0;
};

struct Glyphs {
  const char *top_left, *top_right, *bottom_left, *bottom_right, *across, *down, *dashes;
  const char *tee_left, *tee_right, *arrow_right, *arrow_down, *flow, *ellipsis;
};
constexpr Glyphs kUnicode{"╭", "╮", "╰", "╯", "─", "│", "╌", "├", "┤", "▶", "▼", "→", "…"};
constexpr Glyphs kAscii{"+", "+", "+", "+", "-", "|", "-", "+", "+", ">", "v", "->", "~"};

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string repeat(const char* glyph, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += glyph;
  return text;
}

enum class Tone { kPlain, kStrong, kFaint };

class TerminalGraph {
 public:
  TerminalGraph(const PipelineDeclaration& pipeline, const TerminalGraphOptions& options)
      : pipeline_(pipeline),
        options_(options),
        glyphs_(options.unicode ? kUnicode : kAscii),
        room_(static_cast<std::size_t>(std::max(options.width, kNarrowest))) {}

  std::string draw() {
    std::string out = header();
    std::size_t total = 0;
    std::vector<std::vector<Line>> contents;
    for (const auto& stage : pipeline_.stages) {
      contents.push_back(content(stage));
      total += box_width(stage, contents.back()) + (contents.size() > 1 ? kGap : 0);
    }
    return out + (total <= room_ ? side_by_side(contents) : stacked(contents));
  }

 private:
  static constexpr int kNarrowest = 16;
  static constexpr std::size_t kGap = 4;     // " ──▶" between two boxes
  static constexpr std::size_t kFrame = 4;   // "│ " and " │"
  static constexpr std::size_t kTitle = 6;   // "╭─ " and " ─╮"
  static constexpr std::size_t kMiddle = 4;  // where the arrow between stacked boxes stands

  std::string tone(const std::string& text, Tone tone) const {
    if (!options_.color || tone == Tone::kPlain || text.empty()) return text;
    return (tone == Tone::kStrong ? "\x1b[1m" : "\x1b[2m") + text + "\x1b[0m";
  }

  // Names are ASCII by their format; a cut never falls inside a character of a declaration that is
  // not from a file, either.
  [[nodiscard]] std::string cut(const std::string& text, std::size_t width) const {
    if (width_of(text) <= width) return text;
    std::string result;
    for (const char c : text) {
      const bool continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
      if (!continues && width_of(result) + 1 >= width) break;
      result += c;
    }
    return result + glyphs_.ellipsis;
  }

  std::string header() const {
    const auto name = cut(pipeline_.name, room_);
    const auto mode = "  " + std::string(definition::mode_text(pipeline_.mode));
    const bool fits = width_of(name) + mode.size() <= room_;
    return tone(name, Tone::kStrong) + (fits ? tone(mode, Tone::kFaint) : "") + "\n";
  }

  std::vector<Line> content(const StageDeclaration& stage) const {
    std::vector<Line> lines;
    condition(lines, "before entry", stage.before_entry.result);
    std::size_t name_width = 0;
    for (const auto& action : stage.actions) {
      name_width = std::max(name_width, width_of(action.name));
    }
    bool first = true;
    for (const auto& group : definition::run_order_groups(stage)) {
      if (!first) lines.push_back({"", 0});  // an empty text: the rule between two groups
      first = false;
      for (const auto a : group) action(lines, stage.actions[a], name_width);
    }
    condition(lines, "on success", stage.on_success.result);
    condition(lines, "on failure", stage.on_failure.result);
    condition(lines, "on failure", stage.on_failure.condition.result);
    return lines;
  }

  void condition(std::vector<Line>& lines, const std::string& when, ConditionResult result) const {
    if (result == ConditionResult::kNone) return;
    add(lines, when + ": " + std::string(definition::result_text(result)), "", Tone::kFaint);
  }

  void action(std::vector<Line>& lines, const ActionDeclaration& action,
              std::size_t name_width) const {
    const auto padding = std::string(name_width - width_of(action.name) + 2, ' ');
    add(lines, action.name, padding + definition::action_type_word(action.type), Tone::kPlain);
    std::string inputs, outputs;
    for (const auto& input : action.input_artifacts) inputs += input + " ";
    for (const auto& output : action.output_artifacts) outputs += " " + output.name;
    if (!inputs.empty() || !outputs.empty()) {
      add(lines, "", "  " + inputs + glyphs_.flow + outputs, Tone::kFaint);
    }
  }

  void add(std::vector<Line>& lines, const std::string& first, const std::string& rest,
           Tone kind) const {
    const auto room = room_ - kFrame;
    const auto head = cut(first, room);
    const auto left = room - width_of(head);
    const auto tail = left < 2 ? std::string() : cut(rest, left);
    const auto shown = tone(head, kind == Tone::kPlain ? Tone::kStrong : kind) +
                       tone(tail, kind == Tone::kPlain ? Tone::kPlain : Tone::kFaint);
    lines.push_back({shown, width_of(head) + width_of(tail)});
  }

  std::size_t box_width(const StageDeclaration& stage, const std::vector<Line>& lines) const {
    std::size_t width = std::min(width_of(stage.name), room_ - kTitle) + kTitle;
    for (const auto& line : lines) width = std::max(width, line.width + kFrame);
    return width;
  }

  std::vector<Line> box(const StageDeclaration& stage, const std::vector<Line>& lines,
                        std::size_t width, std::size_t height) const {
    std::vector<Line> out;
    const auto name = cut(stage.name, width - kTitle);
    out.push_back(
        {std::string(glyphs_.top_left) + glyphs_.across + " " + tone(name, Tone::kStrong) + " " +
             repeat(glyphs_.across, width - kTitle - width_of(name) + 1) + glyphs_.top_right,
         width});
    for (std::size_t i = 0; i < std::max(height, lines.size()); ++i) {
      const bool rule = i < lines.size() && lines[i].width == 0;
      const auto& line = i < lines.size() ? lines[i] : kBlank;
      if (rule) {
        out.push_back(
            {glyphs_.tee_left + repeat(glyphs_.dashes, width - 2) + glyphs_.tee_right, width});
      } else {
        out.push_back({std::string(glyphs_.down) + " " + line.text +
                           std::string(width - kFrame - line.width, ' ') + " " + glyphs_.down,
                       width});
      }
    }
    out.push_back(
        {glyphs_.bottom_left + repeat(glyphs_.across, width - 2) + glyphs_.bottom_right, width});
    return out;
  }

  std::string side_by_side(const std::vector<std::vector<Line>>& contents) const {
    std::size_t height = 0;
    for (const auto& lines : contents) height = std::max(height, lines.size());
    std::vector<std::string> rows(height + 2);
    for (std::size_t s = 0; s < contents.size(); ++s) {
      const auto& stage = pipeline_.stages[s];
      const auto lines = box(stage, contents[s], box_width(stage, contents[s]), height);
      for (std::size_t r = 0; r < rows.size(); ++r) {
        if (s > 0)
          rows[r] += r == 1 ? " " + repeat(glyphs_.across, 2) + glyphs_.arrow_right : "    ";
        rows[r] += lines[r].text;
      }
    }
    std::string out;
    for (const auto& row : rows) out += row + "\n";
    return out;
  }

  std::string stacked(const std::vector<std::vector<Line>>& contents) const {
    std::size_t width = 0;
    for (std::size_t s = 0; s < contents.size(); ++s) {
      width = std::max(width, box_width(pipeline_.stages[s], contents[s]));
    }
    std::string out;
    for (std::size_t s = 0; s < contents.size(); ++s) {
      if (s > 0) out += std::string(kMiddle, ' ') + glyphs_.arrow_down + "\n";
      for (const auto& line : box(pipeline_.stages[s], contents[s], width, 0))
        out += line.text + "\n";
    }
    return out;
  }

  inline static const Line kBlank{" ", 1};

  const PipelineDeclaration& pipeline_;
  const TerminalGraphOptions& options_;
  const Glyphs& glyphs_;
  std::size_t room_;
};

}  // namespace

std::string terminal_graph(const PipelineDeclaration& pipeline,
                           const TerminalGraphOptions& options) {
  return TerminalGraph(pipeline, options).draw();
}

}  // namespace sluice
