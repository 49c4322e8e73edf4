#include "plugins/deploy/appspec/yaml11.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string_view>

namespace sluice::appspec {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<bool> read_bool(std::string_view raw) {
  if (is_one_of(raw, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) return true;
  if (is_one_of(raw, {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}))
    return false;
  return std::nullopt;
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// Digits of `base`, with the separators _ and , that YAML 1.1 allows; absent on anything else.
std::optional<long long> read_digits(std::string_view digits, int base) {
  long long value = 0;
  bool any = false;
  for (const char c : digits) {
    if (c == '_' || c == ',') continue;
    const int digit = digit_value(c);
    if (digit >= base) return std::nullopt;
    if (value > (std::numeric_limits<long long>::max() - digit) / base) return std::nullopt;
    value = value * base + digit;
    any = true;
  }
  return any ? std::optional(value) : std::nullopt;
}

std::optional<Scalar> read_integer(std::string_view raw) {
  std::string_view digits = raw;
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return std::nullopt;
  Scalar scalar;
  std::optional<long long> value;
  if (digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'b')) {
    value = read_digits(digits.substr(2), digits[1] == 'x' ? 16 : 2);
  } else if (digits.size() > 1 && digits[0] == '0') {
    value = read_digits(digits.substr(1), 8);
    scalar.octal = true;
  } else {
    value = read_digits(digits, 10);
  }
  if (!value) return std::nullopt;
  scalar.kind = ScalarKind::kInteger;
  scalar.integer = negative ? -*value : *value;
  scalar.number = static_cast<double>(scalar.integer);
  scalar.text = std::to_string(scalar.integer);
  return scalar;
}

std::optional<Scalar> read_float(std::string_view raw) {
  if (raw.find('.') == std::string_view::npos) return std::nullopt;
  bool digit = false;
  for (const char c : raw) {
    digit |= c >= '0' && c <= '9';
    if (std::string_view("0123456789.+-eE_,").find(c) == std::string_view::npos)
      return std::nullopt;
  }
  if (!digit) return std::nullopt;
  std::string plain;
  for (const char c : raw)
    if (c != '_' && c != ',') plain += c;
  char* end = nullptr;
  Scalar scalar;
  scalar.kind = ScalarKind::kFloat;
  scalar.number = std::strtod(plain.c_str(), &end);
  if (*end != 0) return std::nullopt;
  scalar.text = plain;
  return scalar;
}

}  // namespace

Scalar read_plain_scalar(const std::string& raw) {
  Scalar scalar;
  scalar.text = raw;
  if (raw.empty() || is_one_of(raw, {"~", "null", "Null", "NULL"})) {
    scalar.kind = ScalarKind::kNull;
    scalar.text.clear();
    return scalar;
  }
  if (const auto truth = read_bool(raw)) {
    scalar.kind = ScalarKind::kBool;
    scalar.truth = *truth;
    scalar.text = *truth ? "true" : "false";
    return scalar;
  }
  if (auto integer = read_integer(raw)) return *integer;
  if (auto number = read_float(raw)) return *number;
  return scalar;
}

long long leading_integer(const std::string& text) {
  std::size_t at = text.find_first_not_of(" \t\r\n");
  if (at == std::string::npos) return 0;
  const bool negative = text[at] == '-';
  if (text[at] == '-' || text[at] == '+') ++at;
  long long value = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
    value = std::min<long long>(value * 10 + (text[at] - '0'), 1'000'000'000'000LL);
  return negative ? -value : value;
}

}  // namespace sluice::appspec
