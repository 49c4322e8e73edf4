// Array consistency: two fields of one clause must not be met by different elements of the same
// array. Asked only for clauses whose fields are all met and lie inside array elements.
#pragma once

#include <cstdint>
#include <span>

#include "events/pattern/event_scan.hpp"
#include "events/pattern/rule_set.hpp"

namespace sluice::pattern {

// Can each test of the clause be met by a value of its own such that no two values come from
// different elements of one array? A test that accepts absence is met if, of the elements so
// chosen (any element, where none is), none has a leaf at its path. Linear in the values, unless
// the event repeats a name so that one path runs through several arrays.
[[nodiscard]] bool is_consistent(std::span<const std::uint32_t> tests, const RuleSet& set,
                                 EventScan& scan);

// Does the test accept a path without leaves?
[[nodiscard]] bool accepts_absence(std::span<const Predicate> predicates);

}  // namespace sluice::pattern
