// From one alternative of a pattern (`"x"`, `{"prefix": "x"}`, ...) to a predicate.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/pattern/json_tree.hpp"
#include "events/pattern/predicate.hpp"
#include "events/pattern/refusal.hpp"

namespace sluice::pattern {

// What is being compiled, and where its predicates go.
struct OperatorTarget {
  const JsonTree& tree;
  std::string& text;
  std::vector<Predicate>& inner;  // of anything-but; offsets are into this vector
  Refusal refusal;                // why a call below returned nothing; the path is the caller's

  // For `return target.refuse(...)`.
  std::nullopt_t refuse(const JsonNode& node, std::string reason, std::string allowed);
};

[[nodiscard]] std::optional<Predicate> compile_alternative(const JsonNode& node,
                                                           OperatorTarget& target);

}  // namespace sluice::pattern
