// What a plain (unquoted) YAML 1.1 scalar means, as the CodeDeploy agent's reader understands it:
// `0644` is the number 420, `yes` is true, `0.0` is a float. Pure.
#pragma once

#include <string>

namespace sluice::appspec {

enum class ScalarKind { kNull, kBool, kInteger, kFloat, kText };

struct Scalar {
  ScalarKind kind = ScalarKind::kText;
  long long integer = 0;  // kInteger
  double number = 0;      // kInteger and kFloat
  bool truth = false;     // kBool
  bool octal = false;     // kInteger written with a leading zero
  std::string text;       // as the agent turns the value into text: 0644 gives "420"
};

[[nodiscard]] Scalar read_plain_scalar(const std::string& raw);

// The leading integer of a text, 0 when there is none: "45s" gives 45, "1.9" gives 1.
[[nodiscard]] long long leading_integer(const std::string& text);

}  // namespace sluice::appspec
