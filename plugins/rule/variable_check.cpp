#include "plugins/rule/variable_check.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <memory>

namespace sluice::rule {
namespace {

// Backtracking is bounded, so that no expression holds its process: some 0.1 s of matching.
constexpr std::uint32_t kMostSteps = 1'000'000, kMostMemory_KiB = 64 * 1024;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Code = std::unique_ptr<pcre2_code, Freed<pcre2_code_free>>;
using Found = std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>>;
using CompileBounds = std::unique_ptr<pcre2_compile_context, Freed<pcre2_compile_context_free>>;
using MatchBounds = std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>>;

PCRE2_SPTR bytes_of(const std::string& text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

std::string error_text(int code) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(code, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

Comparison matches(const std::string& text, const std::string& expression) {
  const CompileBounds lines(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(lines.get(), PCRE2_NEWLINE_ANY);  // as in Java
  int error = 0;
  PCRE2_SIZE position = 0;
  const Code code(pcre2_compile(bytes_of(expression), expression.size(),
                                PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ANCHORED |
                                    PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C,
                                &error, &position, lines.get()));
  if (!code) {
    return {false, "Value: '" + expression + "' is no regular expression: " + error_text(error) +
                       " (at character " + std::to_string(position + 1) + ")"};
  }
  const MatchBounds bounds(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(bounds.get(), kMostSteps);
  pcre2_set_heap_limit(bounds.get(), kMostMemory_KiB);
  const Found found(pcre2_match_data_create_from_pattern(code.get(), nullptr));
  const int result =
      pcre2_match(code.get(), bytes_of(text), text.size(), 0, 0, found.get(), bounds.get());
  if (result >= 0) return {true, ""};
  if (result == PCRE2_ERROR_NOMATCH) return {};
  return {false, "Value: matching '" + expression + "' was given up: " + error_text(result) +
                     "; write it with fewer nested repetitions"};
}

std::string verb_of(const std::string& op) {
  if (op == "EQ") return "equal to";
  if (op == "NE") return "different from";
  return op == "CONTAINS" ? "a text that contains" : "a match of";
}

}  // namespace

Comparison compare(const std::string& op, const std::string& variable, const std::string& value) {
  if (op == "EQ") return {variable == value, ""};
  if (op == "NE") return {variable != value, ""};
  if (op == "CONTAINS") return {variable.find(value) != std::string::npos, ""};
  if (op == "MATCHES") return matches(variable, value);
  return {false, "Operator: '" + op + "' is none; write EQ, NE, CONTAINS or MATCHES"};
}

Outcome variable_check(Run& run) {
  const auto op = run.configuration("Operator", "");
  const auto variable = run.configuration("Variable", "");
  const auto value = run.configuration("Value", "");
  const auto comparison = compare(op, variable, value);
  if (!comparison.problem.empty()) return misconfigured(comparison.problem);
  const std::string middle = comparison.holds ? "' is " : "' is not ";
  const std::string verdict = "'" + variable + middle + verb_of(op) + " '" + value + "'";
  run.log(verdict);
  if (comparison.holds) return succeeded();
  return failed(verdict, SLUICE_FAILURE_PERMANENT, "RuleFailed");
}

}  // namespace sluice::rule
