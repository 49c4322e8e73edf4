#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "events/pattern/compile_operator.hpp"
#include "events/pattern/json_text.hpp"
#include "events/pattern/json_tree.hpp"
#include "events/pattern/pattern.hpp"
#include "events/pattern/rule.hpp"

namespace sluice::pattern {
namespace {

using Clause = std::vector<std::uint32_t>;  // indices of tests, one for each path

constexpr std::string_view kOr = "$or";

// Names that would read as operators inside $or (docs/patterns.md, "$or").
bool is_reserved(std::string_view name) {
  static constexpr std::array<std::string_view, 22> kReserved = {"exactly",
                                                                 "equals-ignore-case",
                                                                 "prefix",
                                                                 "suffix",
                                                                 "anything-but",
                                                                 "exists",
                                                                 "wildcard",
                                                                 "numeric",
                                                                 "cidr",
                                                                 "=",
                                                                 "<",
                                                                 "<=",
                                                                 ">",
                                                                 ">=",
                                                                 "regex",
                                                                 "not-wildcard",
                                                                 "not-equals-ignore-case",
                                                                 "date-after",
                                                                 "date-on-or-after",
                                                                 "date-before",
                                                                 "date-on-or-before",
                                                                 "in-date-range"};
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end() ||
         name == "ip-address-in-range" || name == "ip-address-not-in-range";
}

class Compiler {
 public:
  Compiler(const JsonTree& tree, const Limits& limits)
      : tree_(tree),
        limits_(limits),
        rule_(std::make_shared<RuleData>()),
        target_{tree, rule_->text, inner_, {}} {}

  Outcome<Rule> compile() {
    const JsonNode& root = tree_.nodes.front();
    if (root.type != JsonType::kObject) {
      static_cast<void>(refuse(root, "a pattern must be an object", "{\"field\": [alternatives]}"));
      return std::move(target_.refusal);
    }
    if (!object(root, rule_->clauses, false)) return std::move(target_.refusal);
    // Inner predicates go behind all others; their owners' indices move with them.
    const auto base = rule_->predicates.size();
    for (Predicate& p : rule_->predicates) {
      if (p.kind == PredicateKind::kAnythingBut) p.a += base;
    }
    rule_->predicates.insert(rule_->predicates.end(), inner_.begin(), inner_.end());
    return Rule(std::move(rule_));
  }

 private:
  bool refuse(const JsonNode& node, std::string reason, std::string allowed,
              Refusal::Kind kind = Refusal::Kind::kInvalidPattern) {
    target_.refuse(node, std::move(reason), std::move(allowed));
    target_.refusal.kind = kind;
    target_.refusal.path = path_;
    return false;
  }

  [[nodiscard]] const std::string& name_of(const JsonNode& node) const {
    return tree_.strings[node.name];
  }

  // Two equal names in one object: the service takes the last silently, which is never what was
  // meant; $or may stand several times, they are ANDed.
  bool names_differ(const JsonNode& node) {
    std::unordered_set<std::string_view> seen;
    for (auto at = node.first; at != JsonNode::kNone; at = tree_.nodes[at].next) {
      const JsonNode& member = tree_.nodes[at];
      if (name_of(member) != kOr && !seen.insert(name_of(member)).second) {
        return refuse(
            member,
            "the name " + quoted(shortened(name_of(member))) + " stands twice in one object",
            "each name once; to accept several values, list them in one array");
      }
    }
    return true;
  }

  // Adds the members of `node` to every clause of `clauses`.
  bool object(const JsonNode& node, std::vector<Clause>& clauses, bool inside_or) {
    if (node.first == JsonNode::kNone) {
      return refuse(node, "an empty object", "an object with at least one field");
    }
    if (!names_differ(node)) return false;
    for (auto at = node.first; at != JsonNode::kNone; at = tree_.nodes[at].next) {
      if (!member(tree_.nodes[at], clauses, inside_or)) return false;
    }
    return true;
  }

  bool member(const JsonNode& node, std::vector<Clause>& clauses, bool inside_or) {
    const std::string& name = name_of(node);
    if (name == kOr) return alternatives(node, clauses);
    if (inside_or && is_reserved(name)) {
      return refuse(node, quoted(name) + " is reserved and cannot be a field inside $or",
                    "field names that are no operators");
    }
    const std::size_t outer = path_.size();
    const bool at_top = depth_++ == 0;
    if (!at_top) path_ += '.';
    path_ += name;
    bool good = false;
    if (node.type == JsonType::kObject) {
      good = object(node, clauses, inside_or);
    } else if (node.type == JsonType::kArray) {
      good = field(node, clauses);
    } else {
      good = refuse(node, "the value of a field must be an object or a list",
                    "[" + shortened(tree_.raw(node)) + "] to accept this one value");
    }
    --depth_;
    path_.resize(outer);
    return good;
  }

  // $or: each clause so far, once with each alternative.
  bool alternatives(const JsonNode& node, std::vector<Clause>& clauses) {
    static constexpr const char* kAllowed = "a list of at least two objects";
    if (node.type != JsonType::kArray) return refuse(node, "$or must be a list", kAllowed);
    const std::vector<Clause> before = clauses.empty() ? std::vector<Clause>(1) : clauses;
    clauses.clear();
    std::size_t count = 0;
    for (auto at = node.first; at != JsonNode::kNone; at = tree_.nodes[at].next, ++count) {
      const JsonNode& item = tree_.nodes[at];
      if (item.type != JsonType::kObject) {
        return refuse(item, "$or takes only objects", kAllowed);
      }
      std::vector<Clause> extended = before;
      if (!object(item, extended, true)) return false;
      std::move(extended.begin(), extended.end(), std::back_inserter(clauses));
      if (clauses.size() > limits_.max_combinations) {
        return refuse(node,
                      "$or expands to more than " + std::to_string(limits_.max_combinations) +
                          " combinations",
                      "fewer alternatives, or several rules", Refusal::Kind::kTooComplex);
      }
    }
    if (count < 2) return refuse(node, "$or needs at least two alternatives", kAllowed);
    return true;
  }

  // A field: a test at the current path, put into every clause. A path that a clause has already
  // (through $or, or spelled with dots) is overridden, in the order of the text.
  bool field(const JsonNode& node, std::vector<Clause>& clauses) {
    if (node.first == JsonNode::kNone) {
      return refuse(node, "an empty list matches nothing", "a list of at least one alternative");
    }
    const auto test = test_of(node);
    if (!test) return false;
    if (clauses.empty()) clauses.emplace_back();
    for (Clause& clause : clauses) {
      const auto same = std::find_if(clause.begin(), clause.end(), [&](std::uint32_t other) {
        return rule_->tests[other].path == rule_->tests[*test].path;
      });
      if (same != clause.end()) {
        *same = *test;
      } else {
        clause.push_back(*test);
      }
    }
    if (clauses.back().size() > limits_.max_fields) {
      return refuse(node, "more than " + std::to_string(limits_.max_fields) + " fields",
                    "fewer fields", Refusal::Kind::kTooComplex);
    }
    return true;
  }

  std::optional<std::uint32_t> test_of(const JsonNode& node) {
    RuleTest test;
    test.path = path_index();
    auto& predicates = rule_->predicates;
    test.first_predicate = static_cast<std::uint32_t>(predicates.size());
    std::size_t position = 0;
    for (auto at = node.first; at != JsonNode::kNone; at = tree_.nodes[at].next, ++position) {
      const auto p = compile_alternative(tree_.nodes[at], target_);
      if (!p) {
        target_.refusal.path = path_ + "[" + std::to_string(position) + "]";
        return std::nullopt;
      }
      predicates.push_back(*p);
    }
    const auto first = predicates.begin() + test.first_predicate;
    const auto rest = std::stable_partition(first, predicates.end(), [](const Predicate& p) {
      return p.kind == PredicateKind::kExactString;
    });
    std::sort(first, rest, [](const Predicate& x, const Predicate& y) { return x.b < y.b; });
    test.exact_count = static_cast<std::uint32_t>(rest - first);
    test.predicate_count = static_cast<std::uint32_t>(predicates.end() - first);
    rule_->tests.push_back(test);
    return static_cast<std::uint32_t>(rule_->tests.size() - 1);
  }

  std::uint32_t path_index() {
    auto& paths = rule_->paths;
    if (paths.size() > 16 && path_numbers_.empty()) {
      for (std::size_t i = 0; i < paths.size(); ++i) path_numbers_.emplace(paths[i], i);
    }
    if (!path_numbers_.empty()) {
      const auto [at, fresh] =
          path_numbers_.emplace(path_, static_cast<std::uint32_t>(paths.size()));
      if (fresh) paths.push_back(path_);
      return at->second;
    }
    const auto at = std::find(paths.begin(), paths.end(), path_);
    if (at == paths.end()) {
      paths.push_back(path_);
      return static_cast<std::uint32_t>(paths.size() - 1);
    }
    return static_cast<std::uint32_t>(at - paths.begin());
  }

  const JsonTree& tree_;
  const Limits& limits_;
  std::shared_ptr<RuleData> rule_;
  std::vector<Predicate> inner_;
  OperatorTarget target_;
  std::string path_;
  std::size_t depth_ = 0;
  std::unordered_map<std::string, std::uint32_t> path_numbers_;  // for rules with many paths
};

}  // namespace

Outcome<Rule> compile(std::string_view pattern_json, const Limits& limits) {
  if (pattern_json.size() > limits.max_pattern_bytes) {
    Refusal refusal;
    refusal.kind = Refusal::Kind::kTooLarge;
    refusal.offset = limits.max_pattern_bytes;
    refusal.reason = "a pattern of " + std::to_string(pattern_json.size()) + " bytes";
    refusal.allowed = "at most " + std::to_string(limits.max_pattern_bytes) + " bytes";
    return refusal;
  }
  auto tree = read_json_tree(pattern_json, limits.max_depth);
  if (!tree) return tree.refusal();
  return Compiler(*tree, limits).compile();
}

}  // namespace sluice::pattern
