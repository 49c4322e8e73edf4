// A compiled pattern: an OR of clauses (the products of its $or), each an AND of tests, each test
// an OR of predicates on one path. Tests are shared between the clauses of a rule.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/pattern/predicate.hpp"

namespace sluice::pattern {

// "Some value at `path` meets one of these predicates."
struct RuleTest {
  std::uint32_t path = 0;             // index into RuleData::paths
  std::uint32_t first_predicate = 0;  // kExactString ones first, in the order of their hashes
  std::uint32_t predicate_count = 0;
  std::uint32_t exact_count = 0;
};

struct RuleData {
  std::string text;  // what the predicates' offsets point into
  std::vector<Predicate> predicates;
  std::vector<std::string> paths;  // joined by dots
  std::vector<RuleTest> tests;
  std::vector<std::vector<std::uint32_t>> clauses;  // indices into tests

  [[nodiscard]] PredicateStore store() const { return {predicates.data(), text.data()}; }
  [[nodiscard]] std::span<const Predicate> predicates_of(const RuleTest& test) const {
    return std::span(predicates).subspan(test.first_predicate, test.predicate_count);
  }
};

// Appends a predicate whose text is `text`, hashed as Value::hash is.
[[nodiscard]] Predicate text_predicate(PredicateKind kind, std::string_view text,
                                       std::string& arena);

// The hash of a string value; exact predicates carry the same.
[[nodiscard]] std::uint64_t value_hash(std::string_view text);

}  // namespace sluice::pattern
