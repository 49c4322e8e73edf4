// A script file: a YAML list of sentences, read by the same machinery as workflow files.
//
//   - push 3 every 10m
//   - fail Build.Compile@1
//   - approve Release after 3h
#pragma once

#include <string>
#include <string_view>

#include "engine/definition/diagnostic.hpp"
#include "engine/simulation/script.hpp"

namespace sluice::simulation {

// What is wrong comes as diagnostics with line and column; then the script is not to be used.
[[nodiscard]] std::vector<definition::Diagnostic> read_script(std::string_view text,
                                                              const std::string& file,
                                                              const LoadDeclaration& load,
                                                              Script& script);

}  // namespace sluice::simulation
