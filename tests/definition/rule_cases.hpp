// Broken workflow files, one mistake each.
#pragma once

#include <set>
#include <span>
#include <string>

namespace sluice::test {

struct RuleCase {
  const char* rule;  // row of facts/codepipeline.md 1.7, or "" for a rule of the file format
  const char* what;
  const char* code;
  std::string text;  // `>>` before each place that is named
  const char* says;  // part of the first message
};

[[nodiscard]] std::span<const RuleCase> structure_cases();
[[nodiscard]] std::span<const RuleCase> action_cases();
[[nodiscard]] std::span<const RuleCase> flow_cases();
[[nodiscard]] std::span<const RuleCase> condition_cases();
[[nodiscard]] std::span<const RuleCase> trigger_cases();
[[nodiscard]] std::span<const RuleCase> shape_cases();

// A valid first stage (artifact `app`, namespace `src`) under `head`, then `rest`.
[[nodiscard]] std::string pipeline(const std::string& rest, const std::string& head = "name: p\n");
// The same with a second stage `Build` that has these actions.
[[nodiscard]] std::string build_stage(const std::string& actions,
                                      const std::string& head = "name: p\n");

}  // namespace sluice::test
