// Text as bytes: UTF-8 validity, JSON quoting, file names that may stand in a line. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sluice::appspec {

// Length of the well-formed UTF-8 sequence that starts at `at`, 0 when there is none.
[[nodiscard]] std::size_t utf8_sequence_length(const std::string& text, std::size_t at);

// The number (from 1) of the first line that holds a byte sequence which is not UTF-8.
[[nodiscard]] std::optional<std::size_t> first_line_without_utf8(const std::string& text);

// A JSON string literal; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quoted(const std::string& text);
[[nodiscard]] std::string json_list(const std::vector<std::string>& texts);

}  // namespace sluice::appspec
