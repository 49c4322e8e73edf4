// One alternative of a field, in the form in which it is evaluated: plain data, whose text lies in
// an arena beside it, so that thousands of rules share a few blocks of memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "events/pattern/address.hpp"

namespace sluice::pattern {

enum class PredicateKind : std::uint8_t {
  kExactString,
  kIgnoreCase,
  kPrefix,
  kPrefixIgnoreCase,
  kSuffix,
  kSuffixIgnoreCase,
  kWildcard,    // literal pieces with kAnyRun between them
  kAddress,     // a: high, b: low, size: bits that count; kV6 tells the family
  kNumber,      // a: the double
  kNumberText,  // a number no double holds: equal by spelling only
  kRange,       // a..b, doubles; kOpenLow and kOpenHigh exclude the bound
  kTrue,
  kFalse,
  kNull,
  kExists,
  kAbsent,
  kAnythingBut,  // none of the `size` predicates from index a on
};

struct Predicate {
  PredicateKind kind = PredicateKind::kNull;
  std::uint8_t flags = 0;
  std::uint32_t size = 0;  // bytes of text, address bits, or number of inner predicates
  std::uint64_t a = 0;     // offset of the text, or as said above
  std::uint64_t b = 0;     // texts: their hash

  static constexpr std::uint8_t kOpenLow = 1;
  static constexpr std::uint8_t kOpenHigh = 2;
  static constexpr std::uint8_t kV6 = 4;
  static constexpr std::uint8_t kExactAddress = 8;  // written as a plain string, not as a cidr
};

// Stands for `*` in the text of a wildcard: a byte that UTF-8 never has.
inline constexpr char kAnyRun = '\xFF';

[[nodiscard]] bool has_text(PredicateKind kind);

// Where predicates and their texts live; one of these per rule and one per set of rules.
struct PredicateStore {
  const Predicate* predicates = nullptr;
  const char* text = nullptr;

  [[nodiscard]] std::string_view text_of(const Predicate& p) const { return {text + p.a, p.size}; }
};

enum class ValueType : std::uint8_t { kString, kNumber, kTrue, kFalse, kNull };

// A leaf of an event at a path that some rule uses. The text is borrowed from the event.
struct Value {
  std::string_view text;      // strings: unescaped; numbers: as spelled
  std::uint64_t hash = 0;     // of strings
  double number = 0;          // read when first needed
  std::uint32_t next = 0;     // the next value at the same path, 0: none
  std::uint32_t element = 0;  // innermost array element around it, 0: none
  ValueType type = ValueType::kNull;
  bool is_read = false;  // number and address are known
  bool is_finite = false;
  std::int8_t comparable = -1;  // -1: not known yet
  bool is_address = false;
  Address address;

  void read();  // fills in number (numbers) or address (strings)
};

// Does `value` meet `p`? kAbsent never does: it is about a path without values.
[[nodiscard]] bool meets(const Predicate& p, Value& value, const PredicateStore& store);

// Does any of `predicates` accept `value`? The first `sorted_exact` of them are kExactString in
// the order of their hashes.
[[nodiscard]] bool meets_any(std::span<const Predicate> predicates, std::size_t sorted_exact,
                             Value& value, const PredicateStore& store);

// The alternative as it would be written in a pattern.
[[nodiscard]] std::string describe(const Predicate& p, const PredicateStore& store);

}  // namespace sluice::pattern
