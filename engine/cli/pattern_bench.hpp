// `sluice pattern bench`: how fast are these rules on these events, on this machine?
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/pattern/pattern.hpp"

namespace sluice {

struct BenchOptions {
  std::string rules_file;
  std::string events_file;
  int threads = 1;
  int repeat = 3;
  bool json = false;
};

// 0, or 2 if a file cannot be read or holds something invalid (said on standard error).
[[nodiscard]] int run_pattern_bench(const BenchOptions& options);

// Adds each member of a rules object: name to pattern, a pattern as JSON or as a string of JSON
// text. Nothing: all were added; otherwise what is wrong with which.
[[nodiscard]] std::optional<std::string> add_rules(std::string_view rules_json,
                                                   pattern::Matcher& matcher);

}  // namespace sluice
