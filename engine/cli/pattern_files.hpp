// Reading the files of `sluice pattern`: members of an object by name, each as its raw text, so
// that spellings (repeated names, 3.0e2, escapes) reach the library as they were written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

struct RawMember {
  std::string name;
  std::string_view raw;  // into the text that was split
};

// The members of the object that is the whole of `text`; nothing if it is no object. Values are
// only delimited, not checked: whoever uses one has it checked.
[[nodiscard]] std::optional<std::vector<RawMember>> split_object(std::string_view text);

// A value that stands for JSON text: a string holds it, anything else is it. Nothing: bad escape.
[[nodiscard]] std::optional<std::string> json_text_of(std::string_view raw);

// The whole file; nothing if it cannot be read. "-" is standard input.
[[nodiscard]] std::optional<std::string> read_file(const std::string& path);

// Lines without their end; blank ones are skipped, `number` counts all of them from 1.
struct NumberedLine {
  std::size_t number = 0;
  std::string_view text;
};
[[nodiscard]] std::vector<NumberedLine> lines_of(std::string_view text);

}  // namespace sluice
