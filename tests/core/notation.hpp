// Pipelines in one line, for tests:
//
//   "QUEUED | ENV=staging | Source: Checkout >app ns=src | Build: Compile <app >bin, Lint <app @2"
//
// Segments between bars are the mode, options, variables (NAME=default, NAME= for a required one)
// and stages. In an action: <in >out ns=NAMESPACE @runOrder key:value (configuration), $command,
// and the words approval, test, idempotent, timeout=MINUTES. In a stage, after its name and before
// the colon: [entry FAIL VariableCheck Variable:#{a.b} Operator:EQ Value:x] and so on.
#pragma once

#include <string>

#include "engine/core/declaration.hpp"

namespace sluice::test {

[[nodiscard]] PipelineDeclaration pipeline_from(const std::string& notation);

// "a b  c" -> {a, b, c}
[[nodiscard]] std::vector<std::string> words_of(const std::string& text, char separator = ' ');

}  // namespace sluice::test
