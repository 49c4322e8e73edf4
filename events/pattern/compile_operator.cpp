#include "events/pattern/compile_operator.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <utility>

#include "events/pattern/address.hpp"
#include "events/pattern/json_text.hpp"
#include "events/pattern/letter_case.hpp"
#include "events/pattern/number.hpp"
#include "events/pattern/rule.hpp"

namespace sluice::pattern {
namespace {

using Compiled = std::optional<Predicate>;

constexpr const char* kOperators =
    "prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, exists, cidr, exactly";

const std::string& text_of(const OperatorTarget& target, const JsonNode& node) {
  return target.tree.strings[node.text];
}

// The only member of an object; null with a refusal if there is none or more than one.
const JsonNode* only_member(const JsonNode& object, OperatorTarget& target) {
  if (object.first == JsonNode::kNone) {
    target.refuse(object, "an empty object where an operator belongs", kOperators);
    return nullptr;
  }
  const JsonNode& member = target.tree.nodes[object.first];
  if (member.next != JsonNode::kNone) {
    target.refuse(object, "more than one operator in one object",
                  "one operator an object; put alternatives into objects of their own");
    return nullptr;
  }
  return &member;
}

Compiled simple(PredicateKind kind) {
  Predicate p;
  p.kind = kind;
  return p;
}

// A string literal: an address if it looks like one, so that its spellings are equal.
Compiled exact_string(const JsonNode& node, OperatorTarget& target) {
  const std::string& text = text_of(target, node);
  const auto address = read_address(text);
  if (!address) return text_predicate(PredicateKind::kExactString, text, target.text);
  Predicate p;
  p.kind = PredicateKind::kAddress;
  p.flags = Predicate::kExactAddress;
  if (address->is_v6) p.flags |= Predicate::kV6;
  p.size = address->is_v6 ? 128 : 32;
  p.a = address->high;
  p.b = address->low;
  return p;
}

Predicate number_predicate(double value) {
  Predicate p;
  p.kind = PredicateKind::kNumber;
  p.a = std::bit_cast<std::uint64_t>(value);
  return p;
}

Compiled exact_number(const JsonNode& node, OperatorTarget& target) {
  const std::string_view raw = target.tree.raw(node);
  const Number number = read_number(raw);
  if (is_comparable(raw, number)) return number_predicate(number.value);
  return text_predicate(PredicateKind::kNumberText, raw, target.text);
}

// A number that ranges and anything-but can compare.
std::optional<double> comparable_number(const JsonNode& node, OperatorTarget& target) {
  const std::string_view raw = target.tree.raw(node);
  const Number number = read_number(raw);
  if (!is_comparable(raw, number)) {
    return target.refuse(
        node, "a number that cannot be compared exactly",
        "a number that is the shortest decimal of a double (up to 15 digits always are)");
  }
  return number.value;
}

Compiled string_operator(PredicateKind kind, const JsonNode& node, const std::string& name,
                         OperatorTarget& target) {
  if (node.type != JsonType::kString) {
    return target.refuse(node, "the argument of " + name + " must be a string", "one string");
  }
  return text_predicate(kind, text_of(target, node), target.text);
}

// prefix and suffix: a string, or {"equals-ignore-case": string}.
Compiled affix(bool is_prefix, const JsonNode& node, OperatorTarget& target) {
  const std::string name = is_prefix ? "prefix" : "suffix";
  if (node.type != JsonType::kObject) {
    return string_operator(is_prefix ? PredicateKind::kPrefix : PredicateKind::kSuffix, node, name,
                           target);
  }
  const JsonNode* const member = only_member(node, target);
  if (member == nullptr) return std::nullopt;
  if (target.tree.strings[member->name] != "equals-ignore-case") {
    return target.refuse(node, "unknown operator inside " + name,
                         "a string, or equals-ignore-case");
  }
  return string_operator(
      is_prefix ? PredicateKind::kPrefixIgnoreCase : PredicateKind::kSuffixIgnoreCase, *member,
      name + " equals-ignore-case", target);
}

// `*` to kAnyRun, escapes resolved; false with a refusal.
bool wildcard_text(const JsonNode& node, OperatorTarget& target, std::string& out) {
  const std::string& text = text_of(target, node);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      if (i > 0 && text[i - 1] == '*' && !out.empty() && out.back() == kAnyRun) {
        target.refuse(
            node, "two wildcard characters in a row, the second is character " + std::to_string(i),
            "one * stands for any run of characters");
        return false;
      }
      out += kAnyRun;
    } else if (text[i] == '\\') {
      if (i + 1 == text.size() || (text[i + 1] != '*' && text[i + 1] != '\\')) {
        target.refuse(node, "invalid escape in a wildcard at character " + std::to_string(i),
                      "\\* for a star and \\\\ for a backslash (each backslash doubled in JSON)");
        return false;
      }
      out += text[++i];
    } else {
      out += text[i];
    }
  }
  return true;
}

Compiled wildcard(const JsonNode& node, OperatorTarget& target) {
  if (node.type != JsonType::kString) {
    return target.refuse(node, "the argument of wildcard must be a string", "one string");
  }
  std::string pieces;
  if (!wildcard_text(node, target, pieces)) return std::nullopt;
  return text_predicate(PredicateKind::kWildcard, pieces, target.text);
}

Compiled exists(const JsonNode& node, OperatorTarget& target) {
  if (node.type == JsonType::kTrue) return simple(PredicateKind::kExists);
  if (node.type == JsonType::kFalse) return simple(PredicateKind::kAbsent);
  return target.refuse(node, "the argument of exists must be true or false", "true, false");
}

Compiled cidr(const JsonNode& node, OperatorTarget& target) {
  static constexpr const char* kAllowed =
      "an address, one / and the number of fixed bits: 0 to 31 for IPv4, 0 to 127 for IPv6";
  if (node.type != JsonType::kString) {
    return target.refuse(node, "the argument of cidr must be a string", kAllowed);
  }
  const std::string& text = text_of(target, node);
  const std::size_t slash = text.find('/');
  const auto address = read_address(std::string_view(text).substr(0, slash));
  unsigned bits = 0;
  bool well_formed = slash != std::string::npos && slash + 1 < text.size();
  if (well_formed) {
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + slash + 1, end, bits);
    well_formed = read.ec == std::errc() && read.ptr == end;
  }
  if (!well_formed) return target.refuse(node, "a malformed address block", kAllowed);
  if (!address) return target.refuse(node, "not an IP address before the /", kAllowed);
  if (bits >= (address->is_v6 ? 128U : 32U)) {
    return target.refuse(node, "too many fixed bits in an address block", kAllowed);
  }
  const Address network = masked(*address, bits);
  Predicate p;
  p.kind = PredicateKind::kAddress;
  if (network.is_v6) p.flags = Predicate::kV6;
  p.size = bits;
  p.a = network.high;
  p.b = network.low;
  return p;
}

// One `operator, number` of a numeric list; moves `at` past it.
struct Bound {
  std::string op;
  double value = 0;
};
std::optional<Bound> numeric_bound(const JsonNode& list, std::uint32_t& at,
                                   OperatorTarget& target) {
  static constexpr const char* kAllowed = "=, <, <=, > or >=, followed by a number";
  const JsonNode& op = target.tree.nodes[at];
  if (op.type != JsonType::kString) {
    return target.refuse(op, "expected a comparison in numeric", kAllowed);
  }
  static constexpr std::array<std::string_view, 5> kOps = {"=", "<", "<=", ">", ">="};
  Bound bound{text_of(target, op), 0};
  if (std::find(kOps.begin(), kOps.end(), bound.op) == kOps.end()) {
    return target.refuse(op, "unknown comparison in numeric", kAllowed);
  }
  if (op.next == JsonNode::kNone) {
    return target.refuse(list, "a comparison without a number in numeric", kAllowed);
  }
  const JsonNode& number = target.tree.nodes[op.next];
  if (number.type != JsonType::kNumber) {
    return target.refuse(number, "the value of " + bound.op + " must be a number", kAllowed);
  }
  const auto value = comparable_number(number, target);
  if (!value) return std::nullopt;
  bound.value = *value;
  at = number.next;
  return bound;
}

Compiled numeric(const JsonNode& node, OperatorTarget& target) {
  static constexpr const char* kAllowed =
      "[\"=\", n], one bound, or a lower bound (>, >=) and then a greater upper bound (<, <=)";
  if (node.type != JsonType::kArray || node.first == JsonNode::kNone) {
    return target.refuse(node, "the argument of numeric must be a list that is not empty",
                         kAllowed);
  }
  std::uint32_t at = node.first;
  const auto first = numeric_bound(node, at, target);
  if (!first) return std::nullopt;
  if (first->op == "=") {
    if (at != JsonNode::kNone) {
      return target.refuse(node, "too many terms after = in numeric", kAllowed);
    }
    return number_predicate(first->value);
  }
  Predicate p;
  p.kind = PredicateKind::kRange;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  const Bound* upper = &*first;
  std::optional<Bound> second;
  if (first->op.front() == '>') {
    low = first->value;
    if (first->op == ">") p.flags |= Predicate::kOpenLow;
    upper = nullptr;
    if (at != JsonNode::kNone) {
      second = numeric_bound(node, at, target);
      if (!second) return std::nullopt;
      if (second->op.front() != '<') {
        return target.refuse(node, "the second bound of numeric must be an upper one", kAllowed);
      }
      upper = &*second;
    }
  }
  if (at != JsonNode::kNone) return target.refuse(node, "too many terms in numeric", kAllowed);
  if (upper != nullptr) {
    high = upper->value;
    if (upper->op == "<") p.flags |= Predicate::kOpenHigh;
  }
  if (low >= high) {
    return target.refuse(node, "the lower bound of numeric must be below the upper", kAllowed);
  }
  p.a = std::bit_cast<std::uint64_t>(low);
  p.b = std::bit_cast<std::uint64_t>(high);
  return p;
}

// The inner predicates of an anything-but, in one run of target.inner.
Compiled anything_but_of(std::vector<Predicate> inner, OperatorTarget& target) {
  std::sort(inner.begin(), inner.end(),
            [](const Predicate& x, const Predicate& y) { return x.b < y.b; });
  Predicate p;
  p.kind = PredicateKind::kAnythingBut;
  p.size = static_cast<std::uint32_t>(inner.size());
  p.a = target.inner.size();
  target.inner.insert(target.inner.end(), inner.begin(), inner.end());
  return p;
}

// {"anything-but": {"prefix": ...}} and the like: a string or a list of strings.
Compiled anything_but_operator(const JsonNode& node, OperatorTarget& target) {
  static constexpr const char* kAllowed =
      "prefix, suffix, equals-ignore-case or wildcard with a string or a list of strings";
  const JsonNode* const member = only_member(node, target);
  if (member == nullptr) return std::nullopt;
  const std::string& name = target.tree.strings[member->name];
  static constexpr std::array<std::pair<std::string_view, PredicateKind>, 4> kInner = {
      {{"prefix", PredicateKind::kPrefix},
       {"suffix", PredicateKind::kSuffix},
       {"equals-ignore-case", PredicateKind::kIgnoreCase},
       {"wildcard", PredicateKind::kWildcard}}};
  const auto* const known = std::find_if(kInner.begin(), kInner.end(),
                                         [&](const auto& entry) { return entry.first == name; });
  if (known == kInner.end()) {
    return target.refuse(node, "unknown operator inside anything-but", kAllowed);
  }
  const PredicateKind kind = known->second;
  const bool is_list = member->type == JsonType::kArray;
  std::vector<Predicate> inner;
  const JsonNode* item = member;
  if (is_list && member->first == JsonNode::kNone) {
    return target.refuse(node, "an empty list inside anything-but", kAllowed);
  }
  if (is_list) item = &target.tree.nodes[member->first];
  for (;;) {
    if (item->type != JsonType::kString) {
      return target.refuse(*item, "anything-but " + name + " takes strings only", kAllowed);
    }
    if (text_of(target, *item).empty() &&
        (kind == PredicateKind::kPrefix || kind == PredicateKind::kSuffix)) {
      return target.refuse(*item, "an empty " + name + " inside anything-but excludes every string",
                           "a string that is not empty");
    }
    const Compiled p = kind == PredicateKind::kWildcard
                           ? wildcard(*item, target)
                           : string_operator(kind, *item, name, target);
    if (!p) return std::nullopt;
    inner.push_back(*p);
    if (!is_list || item->next == JsonNode::kNone) break;
    item = &target.tree.nodes[item->next];
  }
  return anything_but_of(std::move(inner), target);
}

Compiled anything_but(const JsonNode& node, OperatorTarget& target) {
  static constexpr const char* kAllowed =
      "a string, a number, a list of only strings or only numbers that is not empty, or an object "
      "with prefix, suffix, equals-ignore-case or wildcard";
  if (node.type == JsonType::kObject) return anything_but_operator(node, target);
  const bool is_list = node.type == JsonType::kArray;
  if (is_list && node.first == JsonNode::kNone) {
    return target.refuse(node, "an empty list in anything-but", kAllowed);
  }
  const JsonNode* item = is_list ? &target.tree.nodes[node.first] : &node;
  const JsonType type = item->type;
  if (type != JsonType::kString && type != JsonType::kNumber) {
    return target.refuse(*item, "anything-but takes strings or numbers", kAllowed);
  }
  std::vector<Predicate> inner;
  for (;;) {
    if (item->type != type) {
      return target.refuse(*item, "anything-but takes only strings or only numbers", kAllowed);
    }
    if (type == JsonType::kString) {
      inner.push_back(
          text_predicate(PredicateKind::kExactString, text_of(target, *item), target.text));
    } else {
      const auto value = comparable_number(*item, target);
      if (!value) return std::nullopt;
      inner.push_back(number_predicate(*value));
    }
    if (!is_list || item->next == JsonNode::kNone) break;
    item = &target.tree.nodes[item->next];
  }
  return anything_but_of(std::move(inner), target);
}

Compiled operator_object(const JsonNode& node, OperatorTarget& target) {
  const JsonNode* const member = only_member(node, target);
  if (member == nullptr) return std::nullopt;
  const std::string& name = target.tree.strings[member->name];
  if (name == "prefix") return affix(true, *member, target);
  if (name == "suffix") return affix(false, *member, target);
  if (name == "wildcard") return wildcard(*member, target);
  if (name == "anything-but") return anything_but(*member, target);
  if (name == "numeric") return numeric(*member, target);
  if (name == "exists") return exists(*member, target);
  if (name == "cidr") return cidr(*member, target);
  if (name == "exactly") {
    return string_operator(PredicateKind::kExactString, *member, name, target);
  }
  if (name == "equals-ignore-case") {
    return string_operator(PredicateKind::kIgnoreCase, *member, name, target);
  }
  return target.refuse(node, "unknown operator " + quoted(shortened(name)), kOperators);
}

}  // namespace

std::nullopt_t OperatorTarget::refuse(const JsonNode& node, std::string reason,
                                      std::string allowed) {
  refusal.kind = Refusal::Kind::kInvalidPattern;
  refusal.offset = node.begin;
  refusal.value = shortened(tree.raw(node));
  refusal.reason = std::move(reason);
  refusal.allowed = std::move(allowed);
  return std::nullopt;
}

std::optional<Predicate> compile_alternative(const JsonNode& node, OperatorTarget& target) {
  switch (node.type) {
    case JsonType::kString:
      return exact_string(node, target);
    case JsonType::kNumber:
      return exact_number(node, target);
    case JsonType::kTrue:
      return simple(PredicateKind::kTrue);
    case JsonType::kFalse:
      return simple(PredicateKind::kFalse);
    case JsonType::kNull:
      return simple(PredicateKind::kNull);
    case JsonType::kObject:
      return operator_object(node, target);
    case JsonType::kArray:
      break;
  }
  return target.refuse(
      node, "a list inside a list of alternatives",
      std::string("string, number, true, false, null, or an object with one of: ") + kOperators);
}

}  // namespace sluice::pattern
