// The rule VariableCheck (facts/codepipeline.md 2.15): does a variable compare as asked?
#pragma once

#include <sluice/action.hpp>
#include <string>

namespace sluice::rule {

struct Comparison {
  bool holds = false;
  std::string problem;  // why it could not be made; empty if it was
};

// op: EQ, NE, CONTAINS (the variable contains the value) or MATCHES (the whole variable matches the
// value, a regular expression of PCRE2). A match that takes too long is a problem, not an endless
// one. Pure.
[[nodiscard]] Comparison compare(const std::string& op, const std::string& variable,
                                 const std::string& value);

Outcome variable_check(Run& run);

}  // namespace sluice::rule
