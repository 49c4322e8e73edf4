// Text of a buildspec -> model. Versions 0.2 and 0.1 (facts/build_deploy.md A1..A9).
#ifndef SLUICE_PLUGINS_BUILD_PARSE_HPP
#define SLUICE_PLUGINS_BUILD_PARSE_HPP

#include <string>
#include <string_view>
#include <vector>

#include "plugins/build/model.hpp"

namespace sluice::build {

struct Problem {
  int line = 0, column = 0;  // from 1; 0: unknown
  std::string message;
};
// "buildspec.yml:3:7: message"
std::string to_text(const Problem& problem, const std::string& file);

struct Parsed {
  Buildspec spec;                 // to be used only without errors
  std::vector<Problem> errors;    // YAML_FILE_ERROR: the build does not start
  std::vector<Problem> warnings;  // for the log; the build goes on
  bool ok() const { return errors.empty(); }
};

// Never throws; reports every problem it finds, not the first alone.
Parsed parse_buildspec(std::string_view text);

}  // namespace sluice::build

#endif
