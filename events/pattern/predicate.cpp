#include "events/pattern/predicate.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <string>

#include "events/pattern/json_text.hpp"
#include "events/pattern/letter_case.hpp"
#include "events/pattern/number.hpp"

namespace sluice::pattern {
namespace {

// Greedy: the first piece at the start, the last at the end, each other at its first place after
// the one before. Linear in the text for each piece, never exponential.
bool matches_wildcard(std::string_view pattern, std::string_view text) {
  std::size_t star = pattern.find(kAnyRun);
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  const std::string_view tail = pattern.substr(pattern.rfind(kAnyRun) + 1);
  if (!text.ends_with(tail)) return false;
  text.remove_suffix(tail.size());
  pattern.remove_suffix(tail.size());
  for (;;) {
    pattern.remove_prefix(star + 1);
    star = pattern.find(kAnyRun);
    if (star == std::string_view::npos) return true;
    // memmem, not find: find is quadratic on texts made to be.
    const void* const found = memmem(text.data(), text.size(), pattern.data(), star);
    if (found == nullptr) return false;
    const auto before = static_cast<const char*>(found) - text.data();
    text.remove_prefix(static_cast<std::size_t>(before) + star);
  }
}

bool is_comparable_value(Value& value) {
  if (value.comparable < 0) {
    value.comparable = is_comparable(value.text, {value.number, value.is_finite}) ? 1 : 0;
  }
  return value.comparable == 1;
}

bool in_range(const Predicate& p, Value& value) {
  value.read();
  if (!value.is_finite) return false;
  const auto low = std::bit_cast<double>(p.a);
  const auto high = std::bit_cast<double>(p.b);
  const double x = value.number;
  if ((p.flags & Predicate::kOpenLow) != 0 ? x <= low : x < low) return false;
  if ((p.flags & Predicate::kOpenHigh) != 0 ? x >= high : x > high) return false;
  return is_comparable_value(value);
}

bool equals_number(const Predicate& p, Value& value) {
  value.read();
  return value.is_finite && value.number == std::bit_cast<double>(p.a) &&
         is_comparable_value(value);
}

bool is_inside(const Predicate& p, Value& value) {
  value.read();
  if (!value.is_address || value.address.is_v6 != ((p.flags & Predicate::kV6) != 0)) return false;
  const Address network = masked(value.address, p.size);
  return network.high == p.a && network.low == p.b;
}

bool meets_text(const Predicate& p, const Value& value, const PredicateStore& store) {
  const std::string_view wanted = store.text_of(p);
  switch (p.kind) {
    case PredicateKind::kExactString:
      return p.b == value.hash && wanted == value.text;
    case PredicateKind::kPrefix:
      return value.text.starts_with(wanted);
    case PredicateKind::kSuffix:
      return value.text.ends_with(wanted);
    case PredicateKind::kIgnoreCase:
      return accepted_at_start(wanted, value.text) == value.text.size();
    case PredicateKind::kPrefixIgnoreCase:
      return accepted_at_start(wanted, value.text) != std::string_view::npos;
    case PredicateKind::kSuffixIgnoreCase:
      return accepted_at_end(wanted, value.text) != std::string_view::npos;
    default:
      return matches_wildcard(wanted, value.text);
  }
}

std::string number_text(double value) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::string describe_range(const Predicate& p) {
  const auto low = std::bit_cast<double>(p.a);
  const auto high = std::bit_cast<double>(p.b);
  std::string out = "{\"numeric\":[";
  if (!std::isinf(low)) {
    out += (p.flags & Predicate::kOpenLow) != 0 ? "\">\"," : "\">=\",";
    out += number_text(low);
  }
  if (!std::isinf(high)) {
    if (!std::isinf(low)) out += ",";
    out += (p.flags & Predicate::kOpenHigh) != 0 ? "\"<\"," : "\"<=\",";
    out += number_text(high);
  }
  return out + "]}";
}

std::string describe_address(const Predicate& p) {
  std::string out;
  std::array<char, 8> part{};
  const auto append = [&](std::uint64_t value, int base) {
    const auto end = std::to_chars(part.data(), part.data() + part.size(), value, base);
    out.append(part.data(), end.ptr);
  };
  if ((p.flags & Predicate::kV6) != 0) {
    for (unsigned i = 0; i < 8; ++i) {
      if (i > 0) out += ':';
      append((i < 4 ? p.a : p.b) >> (48 - 16 * (i % 4)) & 0xFFFFU, 16);
    }
  } else {
    for (unsigned i = 0; i < 4; ++i) {
      if (i > 0) out += '.';
      append(p.a >> (56 - 8 * i) & 0xFFU, 10);
    }
  }
  if ((p.flags & Predicate::kExactAddress) != 0) return '"' + out + '"';
  return "{\"cidr\":\"" + out + '/' + std::to_string(p.size) + "\"}";
}

std::string describe_wildcard(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '\\') out += '\\';
    out += c == kAnyRun ? '*' : c;
  }
  return quoted(out);
}

}  // namespace

bool has_text(PredicateKind kind) {
  return kind <= PredicateKind::kWildcard || kind == PredicateKind::kNumberText;
}

void Value::read() {
  if (is_read) return;
  is_read = true;
  if (type == ValueType::kNumber) {
    const Number read = read_number(text);
    number = read.value;
    is_finite = read.finite;
  } else if (type == ValueType::kString) {
    const auto read = read_address(text);
    is_address = read.has_value();
    if (read) address = *read;
  }
}

bool meets(const Predicate& p, Value& value, const PredicateStore& store) {
  const bool is_string = value.type == ValueType::kString;
  const bool is_number = value.type == ValueType::kNumber;
  switch (p.kind) {
    case PredicateKind::kNumber:
      return is_number && equals_number(p, value);
    case PredicateKind::kNumberText:
      return is_number && value.text == store.text_of(p);
    case PredicateKind::kRange:
      return is_number && in_range(p, value);
    case PredicateKind::kAddress:
      return is_string && is_inside(p, value);
    case PredicateKind::kTrue:
      return value.type == ValueType::kTrue;
    case PredicateKind::kFalse:
      return value.type == ValueType::kFalse;
    case PredicateKind::kNull:
      return value.type == ValueType::kNull;
    case PredicateKind::kExists:
      return true;
    case PredicateKind::kAbsent:
      return false;
    case PredicateKind::kAnythingBut: {
      const std::span inner(store.predicates + p.a, p.size);
      const bool exact = inner.front().kind == PredicateKind::kExactString;
      return !meets_any(inner, exact ? inner.size() : 0, value, store);
    }
    default:
      return is_string && meets_text(p, value, store);
  }
}

bool meets_any(std::span<const Predicate> predicates, std::size_t sorted_exact, Value& value,
               const PredicateStore& store) {
  if (value.type == ValueType::kString && sorted_exact > 0) {
    auto at = predicates.begin();
    if (sorted_exact > 8) {
      at = std::lower_bound(at, at + static_cast<std::ptrdiff_t>(sorted_exact), value.hash,
                            [](const Predicate& p, std::uint64_t hash) { return p.b < hash; });
    }
    for (const auto end = predicates.begin() + static_cast<std::ptrdiff_t>(sorted_exact);
         at != end && at->b <= value.hash; ++at) {
      if (at->b == value.hash && store.text_of(*at) == value.text) return true;
    }
  }
  const auto rest = predicates.subspan(sorted_exact);
  return std::any_of(rest.begin(), rest.end(),
                     [&](const Predicate& p) { return meets(p, value, store); });
}

std::string describe(const Predicate& p, const PredicateStore& store) {
  const auto text = [&] { return quoted(store.text_of(p)); };
  switch (p.kind) {
    case PredicateKind::kExactString:
      return text();
    case PredicateKind::kIgnoreCase:
      return "{\"equals-ignore-case\":" + text() + "}";
    case PredicateKind::kPrefix:
      return "{\"prefix\":" + text() + "}";
    case PredicateKind::kPrefixIgnoreCase:
      return "{\"prefix\":{\"equals-ignore-case\":" + text() + "}}";
    case PredicateKind::kSuffix:
      return "{\"suffix\":" + text() + "}";
    case PredicateKind::kSuffixIgnoreCase:
      return "{\"suffix\":{\"equals-ignore-case\":" + text() + "}}";
    case PredicateKind::kWildcard:
      return "{\"wildcard\":" + describe_wildcard(store.text_of(p)) + "}";
    case PredicateKind::kAddress:
      return describe_address(p);
    case PredicateKind::kNumber:
      return number_text(std::bit_cast<double>(p.a));
    case PredicateKind::kNumberText:
      return std::string(store.text_of(p));
    case PredicateKind::kRange:
      return describe_range(p);
    case PredicateKind::kTrue:
      return "true";
    case PredicateKind::kFalse:
      return "false";
    case PredicateKind::kNull:
      return "null";
    case PredicateKind::kExists:
      return "{\"exists\":true}";
    case PredicateKind::kAbsent:
      return "{\"exists\":false}";
    case PredicateKind::kAnythingBut:
      break;
  }
  std::string list;
  for (std::uint32_t i = 0; i < p.size; ++i) {
    if (i > 0) list += ",";
    list += describe(store.predicates[p.a + i], store);
  }
  return "{\"anything-but\":[" + list + "]}";
}

}  // namespace sluice::pattern
