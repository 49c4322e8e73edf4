// equals-ignore-case and its relatives. The rule (docs/patterns.md): each character of the PATTERN
// may stand in the event as its lower or as its upper case, nothing else; so "ß" accepts "SS", but
// "SS" does not accept "ß". Characters outside the Basic Multilingual Plane never match.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::pattern {

// One or more characters whose case differs; generated from Unicode (case_table.cpp).
struct CaseRange {
  std::uint16_t first;
  std::uint16_t last;
  bool alternating;  // upper, lower, upper, lower, ...: each mapping holds for every second one
  std::int32_t to_lower;  // add to get the lower case
  std::int32_t to_upper;
};
struct CaseSpecial {  // case mappings that are more than one character
  std::uint16_t point;
  const char* lower;
  const char* upper;
};
extern const CaseRange kCaseRanges[];
extern const std::size_t kCaseRangeCount;
extern const CaseSpecial kCaseSpecials[];
extern const std::size_t kCaseSpecialCount;

// Can a pattern of this text match anything at all?
[[nodiscard]] bool can_ignore_case(std::string_view pattern);

// How many bytes at the start (end) of `text` the whole `pattern` accepts; npos: it does not.
[[nodiscard]] std::size_t accepted_at_start(std::string_view pattern, std::string_view text);
[[nodiscard]] std::size_t accepted_at_end(std::string_view pattern, std::string_view text);

// A form such that a text which a pattern accepts has the pattern's form: for hashing only.
// Works character by character; appends to `out`.
void fold_case(std::string_view text, std::string& out);

}  // namespace sluice::pattern
