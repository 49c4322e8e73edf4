// "Did you mean": the known word nearest to an unknown one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::definition {

// Insertions, deletions, substitutions and swaps of neighbours, letter case ignored.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// Nearest first, only those near enough to be a slip of the pen, at most `count`.
[[nodiscard]] std::vector<std::string> nearest(std::string_view word,
                                               std::span<const std::string> known,
                                               std::size_t count = 1);

// "; did you mean `x`?", or, if nothing is near, "; known here: a, b, c", or "" if nothing is
// known.
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string> known);

// Text of a file made fit for a message: cut at 60 characters, control characters replaced.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace sluice::definition
