// JSON numbers as the pattern language sees them (docs/patterns.md, "Numbers"): read as decimal,
// held as double, and "comparable" only if the double says exactly what the text said.
#pragma once

#include <string_view>

namespace sluice::pattern {

struct Number {
  double value = 0;    // -0 is read as 0
  bool finite = true;  // false: beyond what a double holds, or not zero but too small
};

// `text` is a number of the JSON grammar.
[[nodiscard]] Number read_number(std::string_view text);

// Is `text`, whose double is `value`, equal to the shortest decimal of that double? 0.1 is,
// 9007199254740993 and 0.10000000000000001 are not.
[[nodiscard]] bool is_comparable(std::string_view text, const Number& number);

}  // namespace sluice::pattern
