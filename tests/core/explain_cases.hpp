// The table of explain_test.cpp.
#pragma once

#include <span>

#include "engine/core/ids.hpp"

namespace sluice::test {

struct ExplainCase {
  const char* name;
  const char* pipeline;  // notation.hpp
  const char* script;    // scenario.hpp
  ExecutionNumber execution;
  const char* stage;
  const char* action;
  // A line each, from the second line on: depth by indentation, kind, subject (holder), hook or
  // direction, times since the world began, count/limit, [names], who and why, values -> moves.
  const char* findings;
};

[[nodiscard]] std::span<const ExplainCase> explain_cases();

}  // namespace sluice::test
