// #{namespace.key} in a text (facts/codepipeline.md 3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::definition {

struct Reference {
  std::string text;             // "#{src.CommitId}"
  std::string name_space, key;  // empty if not valid
  bool valid = false;           // has a namespace, a period and a key of allowed characters
};

// In order of their place; what matches #\{([^{}]+)\} and nothing else.
[[nodiscard]] std::vector<Reference> find_references(std::string_view text);

}  // namespace sluice::definition
