#include "engine/cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace sluice {

Terminal Terminal::current() {
  Terminal terminal;
  const bool output = isatty(STDOUT_FILENO) == 1;
  const char* term = std::getenv("TERM");
  const char* no_color = std::getenv("NO_COLOR");
  const bool dumb = !term || std::strcmp(term, "dumb") == 0;
  terminal.interactive = output && !dumb && isatty(STDIN_FILENO) == 1;
  terminal.color = output && !dumb && !(no_color && *no_color);
  winsize size{};
  if (output && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
    terminal.height = size.ws_row;
  } else if (const char* columns = std::getenv("COLUMNS")) {
    terminal.width = std::clamp(std::atoi(columns), 20, 1000);
  }
  return terminal;
}

std::string Terminal::paint(std::string_view text, Paint paint) const {
  constexpr const char* kCodes[] = {"", "1", "2", "32", "31", "33", "34"};
  if (!color || paint == Paint::kPlain) return std::string(text);
  return "\x1b[" + std::string(kCodes[static_cast<std::size_t>(paint)]) + "m" + std::string(text) +
         "\x1b[0m";
}

namespace {
bool starts_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}
}  // namespace

int columns_of(std::string_view text) {
  int columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    if (starts_code_point(text[i])) ++columns;
  }
  return columns;
}

std::string fit(std::string_view text, int columns) {
  std::string clean;
  int used = 0;
  for (const char c : text) {
    if (starts_code_point(c) && ++used > columns) {
      while (!clean.empty() && !starts_code_point(clean.back())) clean.pop_back();
      if (!clean.empty()) clean.pop_back();
      return columns > 0 ? clean + "…" : "";
    }
    clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return clean;
}

std::string pad(std::string text, int columns) {
  const int missing = columns - columns_of(text);
  if (missing > 0) text.append(static_cast<std::size_t>(missing), ' ');
  return text;
}

std::string duration_text(std::int64_t ms) {
  char text[32];
  const std::int64_t seconds = ms / 1000;
  if (ms < 1000)
    std::snprintf(text, sizeof text, "%lldms",
                  static_cast<long long>(std::max<std::int64_t>(ms, 0)));
  else if (ms < 10'000)
    std::snprintf(text, sizeof text, "%lld.%llds", static_cast<long long>(seconds),
                  static_cast<long long>(ms % 1000 / 100));
  else if (seconds < 60)
    std::snprintf(text, sizeof text, "%llds", static_cast<long long>(seconds));
  else if (seconds < 3600)
    std::snprintf(text, sizeof text, "%lldm%02llds", static_cast<long long>(seconds / 60),
                  static_cast<long long>(seconds % 60));
  else
    std::snprintf(text, sizeof text, "%lldh%02lldm", static_cast<long long>(seconds / 3600),
                  static_cast<long long>(seconds % 3600 / 60));
  return text;
}

std::string local_time(std::int64_t unix_ms) {
  const std::time_t time = static_cast<std::time_t>(unix_ms / 1000);
  std::tm local{};
  localtime_r(&time, &local);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local)};
}

}  // namespace sluice
