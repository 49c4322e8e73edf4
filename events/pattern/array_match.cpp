#include "events/pattern/array_match.hpp"

#include <algorithm>
#include <vector>

namespace sluice::pattern {
namespace {

// Elements that hold values for one field, sorted; those inside one element lie together.
using Places = std::span<const std::uint32_t>;

struct Field {
  std::vector<std::uint32_t> met;     // elements with a value that meets the test
  std::vector<std::uint32_t> leaves;  // elements with any value, if absence is accepted
  bool may_be_absent = false;
};

// Bounds what choices can cost: between arrays, which only repeated names in an event make, and
// between a value outside and one inside an array, which matters beside an absent field only.
constexpr int kMaxChoices = 10'000;

class Solver {
 public:
  explicit Solver(const EventScan& scan) : scan_(scan) {}

  // Every one of `wanted` has a place inside `element` (0: the whole event) such that no two of
  // them need different elements of one array, and no place of `unwanted` goes along with them.
  bool solve(std::uint32_t element, const std::vector<Places>& wanted,
             const std::vector<Places>& unwanted) {
    for (const Places& places : unwanted) {
      if (!places.empty() && places.front() == element) return false;
    }
    std::vector<Places> below;  // not met right here
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (wanted[i].front() != element) {
        below.push_back(wanted[i]);
      } else if (!unwanted.empty() && wanted[i].back() != element) {
        return here_or_deeper(element, wanted, unwanted, i);
      }
    }
    for (std::size_t i = 0; i < below.size(); ++i) {
      if (array_of(below[i].front(), element) != array_of(below[i].back(), element)) {
        return choose(element, below, unwanted, i);
      }
    }
    return each_array(element, below, unwanted);
  }

 private:
  // The element around `place` whose parent is `outer`.
  [[nodiscard]] std::uint32_t top(std::uint32_t place, std::uint32_t outer) const {
    while (scan_.element(place).parent != outer) place = scan_.element(place).parent;
    return place;
  }
  [[nodiscard]] std::uint32_t array_of(std::uint32_t place, std::uint32_t outer) const {
    return scan_.element(top(place, outer)).array;
  }
  [[nodiscard]] Places inside(const Places& places, std::uint32_t element) const {
    const auto first = std::lower_bound(places.begin(), places.end(), element);
    const auto last = std::lower_bound(first, places.end(), scan_.element(element).end);
    return {first, last};
  }

  // Field `which` is met here, which binds nothing, but also deeper, which may choose elements that
  // leave an unwanted leaf out: try both.
  bool here_or_deeper(std::uint32_t element, std::vector<Places> wanted,
                      const std::vector<Places>& unwanted, std::size_t which) {
    if (++choices_ > kMaxChoices) return false;
    const Places all = wanted[which];
    const auto deeper = std::upper_bound(all.begin(), all.end(), element);
    wanted[which] = Places(all.begin(), deeper);
    if (solve(element, wanted, unwanted)) return true;
    wanted[which] = Places(deeper, all.end());
    return solve(element, wanted, unwanted);
  }

  // Field `which` has places in several arrays: try each of them.
  bool choose(std::uint32_t element, std::vector<Places> below, const std::vector<Places>& unwanted,
              std::size_t which) {
    const Places all = below[which];
    for (auto first = all.begin(); first != all.end();) {
      if (++choices_ > kMaxChoices) return false;
      const std::uint32_t array = array_of(*first, element);
      const auto last = std::find_if(
          first, all.end(), [&](std::uint32_t place) { return array_of(place, element) != array; });
      below[which] = Places(first, last);
      if (solve(element, below, unwanted)) return true;
      first = last;
    }
    return false;
  }

  // Each field lies in one array now; arrays are independent of each other.
  bool each_array(std::uint32_t element, const std::vector<Places>& below,
                  const std::vector<Places>& unwanted) {
    std::vector<std::uint32_t> arrays;
    for (const Places& places : below) arrays.push_back(array_of(places.front(), element));
    std::vector<std::uint32_t> distinct = arrays;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (const Places& places : unwanted) {
      for (const std::uint32_t place : places) {
        if (!std::binary_search(distinct.begin(), distinct.end(), array_of(place, element))) {
          return false;
        }
      }
    }
    return std::all_of(distinct.begin(), distinct.end(), [&](std::uint32_t array) {
      std::vector<Places> group;
      for (std::size_t i = 0; i < below.size(); ++i) {
        if (arrays[i] == array) group.push_back(below[i]);
      }
      return some_element(element, group, unwanted);
    });
  }

  bool some_element(std::uint32_t outer, const std::vector<Places>& group,
                    const std::vector<Places>& unwanted) {
    Places rest = group.front();
    while (!rest.empty()) {
      const std::uint32_t element = top(rest.front(), outer);
      if (narrowed(element, group, unwanted)) return true;
      const auto next = std::lower_bound(rest.begin(), rest.end(), scan_.element(element).end);
      rest = Places(next, rest.end());
    }
    return false;
  }

  bool narrowed(std::uint32_t element, const std::vector<Places>& group,
                const std::vector<Places>& unwanted) {
    std::vector<Places> wanted_here;
    for (const Places& places : group) {
      wanted_here.push_back(inside(places, element));
      if (wanted_here.back().empty()) return false;
    }
    std::vector<Places> unwanted_here;
    for (const Places& places : unwanted) unwanted_here.push_back(inside(places, element));
    return solve(element, wanted_here, unwanted_here);
  }

  const EventScan& scan_;
  int choices_ = 0;
};

Field field_of(const SetTest& test, const RuleSet& set, EventScan& scan) {
  Field field;
  const auto predicates = set.predicates_of(test);
  field.may_be_absent = accepts_absence(predicates);
  for (std::uint32_t id = scan.first_value(test.path); id != 0; id = scan.value(id).next) {
    Value& value = scan.value(id);
    if (field.may_be_absent) field.leaves.push_back(value.element);
    if (meets_any(predicates, test.exact_count, value, set.store())) {
      field.met.push_back(value.element);
    }
  }
  std::sort(field.met.begin(), field.met.end());
  std::sort(field.leaves.begin(), field.leaves.end());
  return field;
}

// Fields that may be met or absent are tried both ways.
bool solve_with_absences(const std::vector<Field>& fields, std::size_t at,
                         std::vector<Places>& wanted, std::vector<Places>& unwanted,
                         Solver& solver) {
  if (at == fields.size()) return solver.solve(0, wanted, unwanted);
  const Field& field = fields[at];
  if (!field.met.empty()) {
    wanted.emplace_back(field.met);
    const bool solved = solve_with_absences(fields, at + 1, wanted, unwanted, solver);
    wanted.pop_back();
    if (solved) return true;
  }
  if (!field.may_be_absent) return false;
  unwanted.emplace_back(field.leaves);
  const bool solved = solve_with_absences(fields, at + 1, wanted, unwanted, solver);
  unwanted.pop_back();
  return solved;
}

}  // namespace

bool accepts_absence(std::span<const Predicate> predicates) {
  return std::any_of(predicates.begin(), predicates.end(),
                     [](const Predicate& p) { return p.kind == PredicateKind::kAbsent; });
}

bool is_consistent(std::span<const std::uint32_t> tests, const RuleSet& set, EventScan& scan) {
  std::vector<Field> fields;
  for (const std::uint32_t id : tests) {
    const SetTest& test = set.test(id);
    if (!scan.in_elements(test.path)) continue;  // met by values outside all arrays, or by absence
    fields.push_back(field_of(test, set, scan));
  }
  Solver solver(scan);
  std::vector<Places> wanted;
  std::vector<Places> unwanted;
  return solve_with_absences(fields, 0, wanted, unwanted, solver);
}

}  // namespace sluice::pattern
