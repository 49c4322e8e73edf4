#include "events/pattern/number.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace sluice::pattern {
namespace {

// Digits without leading and trailing zeros, value = 0.d1d2d3... * 10^exponent.
struct Decimal {
  static constexpr std::size_t kMaxDigits = 20;  // a double's shortest text has at most 17
  std::array<char, kMaxDigits> digits{};
  std::size_t count = 0;
  bool overlong = false;
  std::int64_t exponent = 0;

  bool operator==(const Decimal& other) const {
    return !overlong && !other.overlong && count == other.count &&
           (count == 0 || exponent == other.exponent) && digits == other.digits;
  }
};

std::int64_t read_exponent(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (result.ec == std::errc()) return exponent;
  return text.front() == '-' ? INT32_MIN : INT32_MAX;
}

Decimal decimal_of(std::string_view text) {
  Decimal decimal;
  std::size_t zeros = 0;  // seen since the last digit that is not zero
  bool behind_point = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '-') continue;
    if (c == '.') {
      behind_point = true;
    } else if (c == 'e' || c == 'E') {
      decimal.exponent += read_exponent(text.substr(i + 1));
      break;
    } else if (c == '0') {
      if (decimal.count > 0) ++zeros;
      if (decimal.count == 0 && behind_point) --decimal.exponent;
      if (decimal.count > 0 && !behind_point) ++decimal.exponent;
    } else {
      for (; zeros > 0 && decimal.count < Decimal::kMaxDigits; --zeros) {
        decimal.digits[decimal.count++] = '0';
      }
      if (decimal.count == Decimal::kMaxDigits) {
        decimal.overlong = true;
        return decimal;
      }
      decimal.digits[decimal.count++] = c;
      if (!behind_point) ++decimal.exponent;
    }
  }
  return decimal;
}

}  // namespace

Number read_number(std::string_view text) {
  Number number;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number.value);
  if (result.ec != std::errc()) return {0, false};
  if (number.value == 0) {
    number.value = 0;
    number.finite = decimal_of(text).count == 0;
  }
  return number;
}

bool is_comparable(std::string_view text, const Number& number) {
  if (!number.finite) return false;
  // Up to 15 digits always survive the way to a double and back (IEEE 754, DBL_DIG).
  if (text.size() <= 15 && text.find_first_of("eE") == std::string_view::npos) return true;
  std::array<char, 40> shortest{};
  const auto end = std::to_chars(shortest.data(), shortest.data() + shortest.size(), number.value,
                                 std::chars_format::scientific);
  return decimal_of(text) == decimal_of({shortest.data(), end.ptr});
}

}  // namespace sluice::pattern
