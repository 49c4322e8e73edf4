// Diagnostics for people (with the line in question and a caret) and for programs (JSON).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/definition/diagnostic.hpp"

namespace sluice::definition {

struct DiagnosticTextOptions {
  bool color = false;
  int width = 80;  // a longer line of the file is shown around the caret
};

//   error[unknown-key]: unknown key `runorder` in action; did you mean `runOrder`?
//     --> pipeline.yml:14:9
//      |
//   14 |         runorder: 2
//      |         ^
// `text` is what the diagnostics are about (ParsedWorkflow::text); it may be "".
[[nodiscard]] std::string render(std::span<const Diagnostic> diagnostics, std::string_view text,
                                 const DiagnosticTextOptions& options);

// A JSON list of {severity, file, line, column, code, message}.
[[nodiscard]] std::string to_json(std::span<const Diagnostic> diagnostics);

}  // namespace sluice::definition
