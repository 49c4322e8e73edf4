// The command of invoke/exec: words without a shell, and the program that the first one means.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sluice::invoke {

// Splits at blanks; '...' keeps everything, "..." everything but \" and \\, and \x is x. There are
// no variables, globs or pipes: who wants a shell says so (`sh -c '...'`). std::nullopt and a
// sentence in `problem` if a quote is not closed or there is no word.
[[nodiscard]] std::optional<std::vector<std::string>> split_words(const std::string& text,
                                                                  std::string& problem);

// The path of the program that `name` means: an absolute path; else a file in one of the input
// artifacts, in their order; else in the base directory; else, for a name without a slash, in
// `search_path` ("/usr/bin:/bin"). std::nullopt and a sentence in `problem` if there is none, or if
// it is not executable.
[[nodiscard]] std::optional<std::string> find_program(const std::string& name,
                                                      const std::vector<std::string>& inputs,
                                                      const std::string& base_directory,
                                                      const std::string& search_path,
                                                      std::string& problem);

}  // namespace sluice::invoke
