#include "engine/definition/shape_formats.hpp"

#include <algorithm>
#include <array>

namespace sluice::definition {
namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool only(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || also.find(c) != std::string_view::npos; });
}

// arn:aws(-[\w]+)*:iam::[0-9]{12}:role/.*
bool is_role_arn(std::string_view text) {
  const auto partition_end = text.find(':', 4);
  if (!text.starts_with("arn:aws") || partition_end == std::string_view::npos) return false;
  if (!only(text.substr(4, partition_end - 4), "-_")) return false;
  text.remove_prefix(partition_end);
  if (!text.starts_with(":iam::")) return false;
  const auto account = text.substr(6, 12);
  const bool digits =
      account.size() == 12 &&
      std::all_of(account.begin(), account.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && text.substr(18).starts_with(":role/");
}

}  // namespace

constinit const Format kNameFormat{"^[A-Za-z0-9.@_-]+$",
                                   [](std::string_view t) { return only(t, ".@-_"); },
                                   "use letters, digits and . @ - _"};
constinit const Format kVariableNameFormat{"^[A-Za-z0-9@_-]+$",
                                           [](std::string_view t) { return only(t, "@-_"); },
                                           "use letters, digits and @ - _"};
constinit const Format kWordFormat{"^[A-Za-z0-9_-]+$",
                                   [](std::string_view t) { return only(t, "-_"); },
                                   "use letters, digits and - _"};
constinit const Format kEnvironmentNameFormat{"^[A-Za-z0-9_]+$",
                                              [](std::string_view t) { return only(t, "_"); },
                                              "use letters, digits and _"};
constinit const Format kBucketFormat{"^[A-Za-z0-9.-]+$",
                                     [](std::string_view t) { return only(t, "-."); },
                                     "use letters, digits and - ."};
constinit const Format kRoleArnFormat{
    "^arn:aws(-[\\w]+)*:iam::[0-9]{12}:role/.*$", is_role_arn,
    "write arn:aws:iam::ACCOUNT:role/NAME with a 12-digit account"};

std::int64_t duration_ms(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t ms;
  };
  // "ms" stands before "m" and "s", which are its prefix and its end.
  constexpr std::array<Unit, 5> kUnits{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  constexpr std::int64_t kMaxNumber = 10'000'000'000;
  constexpr std::size_t kLongest = 40;
  if (text.size() > kLongest) return 0;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      number = number * 10 + (text[digits] - '0');
      if (number > kMaxNumber) return 0;
    }
    text.remove_prefix(digits);
    const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                   [&](const Unit& u) { return text.starts_with(u.name); });
    if (digits == 0 || unit == kUnits.end()) return 0;
    total += number * unit->ms;
    text.remove_prefix(unit->name.size());
  }
  return total;
}

}  // namespace sluice::definition
