// What the commands know of the terminal: width, colour, and text that fits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

enum class Paint : std::uint8_t { kPlain, kBold, kDim, kGreen, kRed, kYellow, kBlue };

struct Terminal {
  bool interactive = false;     // both input and output are a terminal
  bool color = false;           // a terminal, TERM is not dumb, and NO_COLOR is not set
  int width = 80, height = 24;  // columns, rows

  // Of standard output, now.
  [[nodiscard]] static Terminal current();

  [[nodiscard]] std::string paint(std::string_view text, Paint paint) const;
};

// Columns that text takes, for text without control characters: code points, escape sequences not
// counted.
[[nodiscard]] int columns_of(std::string_view text);
// Cut to at most `columns`, with "…" at the end if something was cut. Control characters become
// spaces.
[[nodiscard]] std::string fit(std::string_view text, int columns);
[[nodiscard]] std::string pad(std::string text, int columns);
// "0.4s", "12s", "3m05s", "2h10m".
[[nodiscard]] std::string duration_text(std::int64_t ms);
// "2026-01-02 03:04:05" in local time.
[[nodiscard]] std::string local_time(std::int64_t unix_ms);

}  // namespace sluice
