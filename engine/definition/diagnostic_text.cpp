#include "engine/definition/diagnostic_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace sluice::definition {
namespace {

// The file's lines, found once: a report may have a hundred diagnostics over megabytes.
std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool is_utf8_character(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xC2 ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  return character.size() == size;
}

std::vector<std::string> characters(std::string_view line) {
  std::vector<std::string> found;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80 && !found.empty()) {
      found.back() += c;
    } else {
      found.emplace_back(1, byte < 0x20 || byte == 0x7F ? ' ' : c);
    }
  }
  // The file may be refused for the very reason that it is no UTF-8; the excerpt must be.
  for (std::string& character : found)
    if (!is_utf8_character(character)) character = "\xEF\xBF\xBD";
  return found;
}

struct Excerpt {
  std::string line;
  std::size_t caret = 0;  // columns before it
};

Excerpt excerpt(std::string_view line, std::size_t column, std::size_t room) {
  const auto all = characters(line);
  const auto caret = column - 1;
  const auto start = caret + 1 > room ? caret - room / 2 : 0;
  Excerpt result;
  for (std::size_t i = start; i < all.size() && i < start + room; ++i) result.line += all[i];
  while (result.line.ends_with(' ')) result.line.pop_back();
  result.caret = caret - start;
  return result;
}

class Renderer {
 public:
  Renderer(std::string_view text, const DiagnosticTextOptions& options)
      : lines_(split_lines(text)), options_(options) {}

  std::string one(const Diagnostic& diagnostic) const {
    const bool error = diagnostic.severity == Severity::kError;
    const std::string kind = error ? "error" : "warning";
    auto out = paint(error ? "\x1b[1;31m" : "\x1b[1;33m", kind + "[" + diagnostic.code + "]") +
               paint("\x1b[1m", ": " + diagnostic.message) + "\n";
    const auto number = std::to_string(diagnostic.line);
    const std::string margin(number.size(), ' ');
    out += margin + paint("\x1b[34m", "--> ") + diagnostic.file + ":" + number + ":" +
           std::to_string(diagnostic.column) + "\n";
    if (diagnostic.line > lines_.size()) return out;
    constexpr std::size_t kNarrowest = 20;
    const auto wanted = static_cast<std::size_t>(std::max(options_.width, 0));
    const auto room = std::max(wanted, kNarrowest + number.size() + 3) - number.size() - 3;
    const auto shown = excerpt(lines_[diagnostic.line - 1], diagnostic.column, room);
    out += margin + paint("\x1b[34m", " |") + "\n";
    out += paint("\x1b[34m", number + " | ") + shown.line + "\n";
    out += margin + paint("\x1b[34m", " | ") + std::string(shown.caret, ' ') +
           paint(error ? "\x1b[1;31m" : "\x1b[1;33m", "^") + "\n";
    return out;
  }

 private:
  std::string paint(const char* code, const std::string& text) const {
    return options_.color ? code + text + "\x1b[0m" : text;
  }

  std::vector<std::string_view> lines_;
  const DiagnosticTextOptions& options_;
};

}  // namespace

std::string render(std::span<const Diagnostic> diagnostics, std::string_view text,
                   const DiagnosticTextOptions& options) {
  const Renderer renderer(text, options);
  std::string out;
  for (const auto& diagnostic : diagnostics) out += renderer.one(diagnostic);
  return out;
}

std::string to_json(std::span<const Diagnostic> diagnostics) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& d : diagnostics) {
    list.push_back({{"severity", d.severity == Severity::kError ? "error" : "warning"},
                    {"file", d.file},
                    {"line", d.line},
                    {"column", d.column},
                    {"code", d.code},
                    {"message", d.message}});
  }
  return list.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace sluice::definition
