#include <algorithm>
#include <string>
#include <utility>

#include "events/pattern/array_match.hpp"
#include "events/pattern/event_scan.hpp"
#include "events/pattern/json_text.hpp"
#include "events/pattern/matcher_core.hpp"
#include "events/pattern/pattern.hpp"
#include "events/pattern/rule.hpp"

namespace sluice::pattern {
namespace {

std::uint32_t node_of(const RuleSet& set, std::string_view path) {
  std::uint32_t node = 0;
  for (;;) {
    const std::size_t dot = path.find('.');
    node = set.child(node, path.substr(0, dot));
    if (dot == std::string_view::npos) return node;
    path.remove_prefix(dot + 1);
  }
}

FieldVerdict verdict_on(const RuleData& rule, const RuleTest& test, const RuleSet& set,
                        EventScan& scan) {
  FieldVerdict verdict;
  verdict.path = rule.paths[test.path];
  const auto predicates = rule.predicates_of(test);
  for (const Predicate& p : predicates) {
    verdict.alternatives.push_back(describe(p, rule.store()));
  }
  bool is_absent = true;
  bool only_elsewhere = true;  // absence may hold in the array elements that other fields choose
  for (auto id = scan.first_value(node_of(set, verdict.path)); id != 0; id = scan.value(id).next) {
    Value& value = scan.value(id);
    is_absent = false;
    only_elsewhere = only_elsewhere && value.element != 0;
    const bool is_string = value.type == ValueType::kString;
    verdict.values.push_back(is_string ? quoted(value.text) : std::string(value.text));
    verdict.matched =
        verdict.matched || meets_any(predicates, test.exact_count, value, rule.store());
  }
  if (accepts_absence(predicates) && (is_absent || only_elsewhere)) verdict.matched = true;
  return verdict;
}

}  // namespace

Outcome<Explanation> explain(const Rule& rule, std::string_view event_json, const Limits& limits) {
  constexpr std::string_view kName = "rule";
  Matcher matcher(limits);
  if (auto refusal = matcher.add(kName, rule)) return *std::move(refusal);
  Reader reader(matcher);
  const auto names = reader.match(event_json);
  if (!names) return names.refusal();

  MatcherCore core(limits);
  if (auto refusal = core.add(kName, rule.data())) return *std::move(refusal);
  const RuleSet& set = *core.current.load();
  EventScan scan;
  if (auto refusal = scan.read(event_json, set, limits.max_depth)) return *std::move(refusal);

  Explanation explanation;
  explanation.matched = !(*names).empty();
  const RuleData& data = rule.data();
  for (std::size_t i = 0; i < data.clauses.size(); ++i) {
    bool all_met = true;
    for (const std::uint32_t test : data.clauses[i]) {
      explanation.fields.push_back(verdict_on(data, data.tests[test], set, scan));
      explanation.fields.back().combination = i;
      all_met = all_met && explanation.fields.back().matched;
    }
    if (all_met && !explanation.matched) explanation.torn_across_elements = true;
  }
  return explanation;
}

}  // namespace sluice::pattern
