#include "tests/events/pattern_reference.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>

namespace reference {
namespace {

// A leaf of the event and, for each array around it, which element it lies in.
struct Leaf {
  std::string path;
  const Json* value;
  std::map<int, int> elements;
};

void flatten(const Json& json, const std::string& path, bool at_top, std::map<int, int>& elements,
             int& arrays, std::vector<Leaf>& out) {
  if (json.type == Json::Type::kObject) {
    for (const auto& [name, value] : json.members) {
      flatten(value, at_top ? name : path + "." + name, false, elements, arrays, out);
    }
  } else if (json.type == Json::Type::kArray) {
    const int array = arrays++;
    int index = 0;
    for (const Json& item : json.items) {
      const bool is_container = item.type == Json::Type::kObject || item.type == Json::Type::kArray;
      if (is_container) elements[array] = index;
      flatten(item, path, false, elements, arrays, out);
      elements.erase(array);
      ++index;
    }
  } else {
    out.push_back({path, &json, elements});
  }
}

// A product of the $or: path to the list of alternatives, later ones override.
using Clause = std::map<std::string, const Json*>;

void expand(const Json& pattern, const std::string& path, bool at_top,
            std::vector<Clause>& clauses) {
  for (const auto& [name, value] : pattern.members) {
    if (name == "$or") {
      std::vector<Clause> all;
      for (const Json& alternative : value.items) {
        std::vector<Clause> extended = clauses;
        expand(alternative, path, at_top, extended);
        all.insert(all.end(), extended.begin(), extended.end());
      }
      clauses = all;
      continue;
    }
    const std::string full = at_top ? name : path + "." + name;
    if (value.type == Json::Type::kObject) {
      expand(value, full, false, clauses);
    } else {
      for (Clause& clause : clauses) clause[full] = &value;
    }
  }
}

const KnownNumber& number(const std::string& spelling) {
  for (const KnownNumber& known : known_numbers()) {
    if (known.spelling == spelling) return known;
  }
  throw std::logic_error("a number outside the pool: " + spelling);
}

std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> out;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U) {
      out.back() += c;
    } else {
      out.emplace_back(1, c);
    }
  }
  return out;
}

// The lower and the upper case of the characters that random texts use.
std::pair<std::string, std::string> both_cases(const std::string& c) {
  if (c == "ß") return {"ß", "SS"};
  if (c == "ς") return {"ς", "Σ"};
  if (c == "σ" || c == "Σ") return {"σ", "Σ"};
  if (c == "\u212a") return {"k", "\u212a"};
  if (c == "é" || c == "É") return {"é", "É"};
  if (c.size() == 1 && c[0] >= 'a' && c[0] <= 'z') return {c, {static_cast<char>(c[0] - 32)}};
  if (c.size() == 1 && c[0] >= 'A' && c[0] <= 'Z') return {{static_cast<char>(c[0] + 32)}, c};
  return {c, c};
}

// All ways to read text[at..] as the pattern's characters from `i` on; `whole`: nothing is left.
bool ignore_case(const std::vector<std::string>& pattern, std::size_t i, const std::string& text,
                 std::size_t at, bool whole) {
  if (i == pattern.size()) return !whole || at == text.size();
  if (pattern[i].size() == 4) return false;
  const auto [lower, upper] = both_cases(pattern[i]);
  const auto is_here = [&](const std::string& form) {
    return text.compare(at, form.size(), form) == 0 &&
           ignore_case(pattern, i + 1, text, at + form.size(), whole);
  };
  return is_here(lower) || is_here(upper);
}

bool wildcard(const std::string& p, std::size_t i, const std::string& text, std::size_t at) {
  if (i == p.size()) return at == text.size();
  if (p[i] == '*') {
    for (std::size_t next = at; next <= text.size(); ++next) {
      if (wildcard(p, i + 1, text, next)) return true;
    }
    return false;
  }
  if (p[i] == '\\') ++i;
  return at < text.size() && text[at] == p[i] && wildcard(p, i + 1, text, at + 1);
}

std::optional<std::vector<std::uint8_t>> address(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  const bool is_v6 = text.find(':') != std::string::npos;
  if (is_v6 && text.find('.') != std::string::npos) return std::nullopt;
  if (inet_pton(is_v6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return std::vector<std::uint8_t>(bytes.begin(), bytes.begin() + (is_v6 ? 16 : 4));
}

bool is_in_block(const std::string& block, const std::string& text) {
  const std::size_t slash = block.find('/');
  const auto network = address(block.substr(0, slash));
  const auto host = address(text);
  if (!network || !host || network->size() != host->size()) return false;
  const auto bits = static_cast<unsigned>(std::stoi(block.substr(slash + 1)));
  for (unsigned bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> bit % 8;
    if (((*network)[bit / 8] & mask) != ((*host)[bit / 8] & mask)) return false;
  }
  return true;
}

bool compare(const std::string& op, double x, double y) {
  if (op == "=") return x == y;
  if (op == "<") return x < y;
  if (op == "<=") return x <= y;
  if (op == ">") return x > y;
  return x >= y;
}

bool is_in_range(const Json& list, const Json& value) {
  if (value.type != Json::Type::kNumber || !number(value.text).comparable) return false;
  for (std::size_t i = 0; i < list.items.size(); i += 2) {
    if (!compare(list.items[i].text, number(value.text).value,
                 number(list.items[i + 1].text).value)) {
      return false;
    }
  }
  return true;
}

bool meets(const Json& alternative, const Json& value);

bool text_operator(const std::string& name, const Json& argument, const std::string& text) {
  const bool nested = argument.type == Json::Type::kObject;
  const std::string& wanted = nested ? argument.members[0].second.text : argument.text;
  if (name == "equals-ignore-case") return ignore_case(characters(wanted), 0, text, 0, true);
  if (name == "wildcard") return wildcard(wanted, 0, text, 0);
  if (name == "prefix") {
    if (nested) return ignore_case(characters(wanted), 0, text, 0, false);
    return text.compare(0, wanted.size(), wanted) == 0;
  }
  for (std::size_t at = 0; at <= text.size(); ++at) {  // suffix
    if (nested ? ignore_case(characters(wanted), 0, text, at, true) : text.substr(at) == wanted) {
      return true;
    }
  }
  return false;
}

bool anything_but(const Json& argument, const Json& value) {
  if (argument.type == Json::Type::kObject) {
    if (value.type != Json::Type::kString) return true;
    const auto& [name, inner] = argument.members[0];
    if (inner.type == Json::Type::kString) return !text_operator(name, inner, value.text);
    return std::none_of(inner.items.begin(), inner.items.end(), [&, op = name](const Json& item) {
      return text_operator(op, item, value.text);
    });
  }
  std::vector<Json> excluded = argument.items;
  if (argument.type != Json::Type::kArray) excluded = {argument};
  return std::none_of(excluded.begin(), excluded.end(), [&](const Json& item) {
    if (item.type != value.type) return false;
    if (item.type == Json::Type::kString) return item.text == value.text;
    return number(value.text).comparable && number(item.text).value == number(value.text).value;
  });
}

bool meets_literal(const Json& literal, const Json& value) {
  if (literal.type != value.type) return false;
  if (literal.type == Json::Type::kNumber) {
    const KnownNumber& wanted = number(literal.text);
    const KnownNumber& found = number(value.text);
    if (!wanted.comparable) return literal.text == value.text;
    return found.comparable && found.value == wanted.value;
  }
  if (literal.type == Json::Type::kString) {
    if (const auto wanted = address(literal.text)) return address(value.text) == wanted;
  }
  return literal.text == value.text;
}

bool meets(const Json& alternative, const Json& value) {
  if (alternative.type != Json::Type::kObject) return meets_literal(alternative, value);
  const auto& [name, argument] = alternative.members[0];
  const bool is_string = value.type == Json::Type::kString;
  if (name == "exists") return argument.text == "true";
  if (name == "anything-but") return anything_but(argument, value);
  if (name == "numeric") return is_in_range(argument, value);
  if (name == "cidr") return is_string && is_in_block(argument.text, value.text);
  if (name == "exactly") return is_string && argument.text == value.text;
  return is_string && text_operator(name, argument, value.text);
}

bool accepts_absence(const Json& alternatives) {
  return std::any_of(alternatives.items.begin(), alternatives.items.end(), [](const Json& item) {
    return item.type == Json::Type::kObject && item.members[0].first == "exists" &&
           item.members[0].second.text == "false";
  });
}

using Chosen = std::map<int, int>;  // array to element

bool goes_with(const Leaf& leaf, const Chosen& chosen) {
  return std::all_of(leaf.elements.begin(), leaf.elements.end(), [&](const auto& entry) {
    const auto at = chosen.find(entry.first);
    return at == chosen.end() || at->second == entry.second;
  });
}

// Tries every leaf, and absence, for each field in turn.
bool assign(Clause::const_iterator field, const Clause& clause, const std::vector<Leaf>& leaves,
            const Chosen& chosen, std::vector<std::string>& absent) {
  if (field == clause.end()) {
    return std::none_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
      return std::find(absent.begin(), absent.end(), leaf.path) != absent.end() &&
             goes_with(leaf, chosen);
    });
  }
  const auto next = std::next(field);
  for (const Leaf& leaf : leaves) {
    if (leaf.path != field->first || !goes_with(leaf, chosen)) continue;
    const auto& items = field->second->items;
    if (std::none_of(items.begin(), items.end(),
                     [&](const Json& item) { return meets(item, *leaf.value); })) {
      continue;
    }
    Chosen extended = chosen;
    extended.insert(leaf.elements.begin(), leaf.elements.end());
    if (assign(next, clause, leaves, extended, absent)) return true;
  }
  if (!accepts_absence(*field->second)) return false;
  absent.push_back(field->first);
  const bool matched = assign(next, clause, leaves, chosen, absent);
  absent.pop_back();
  return matched;
}

}  // namespace

std::string dump(const Json& json) {
  const auto quote = [](const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  };
  std::string out;
  switch (json.type) {
    case Json::Type::kString:
      return quote(json.text);
    case Json::Type::kNumber:
    case Json::Type::kWord:
      return json.text;
    case Json::Type::kArray:
      for (const Json& item : json.items) out += (out.empty() ? "" : ",") + dump(item);
      return "[" + out + "]";
    case Json::Type::kObject:
      for (const auto& [name, value] : json.members) {
        out += (out.empty() ? "" : ",") + quote(name) + ":" + dump(value);
      }
      return "{" + out + "}";
  }
  return out;
}

const std::vector<KnownNumber>& known_numbers() {
  static const std::vector<KnownNumber> kNumbers = {
      {"0", 0, true},
      {"-0", 0, true},
      {"0.0", 0, true},
      {"1", 1, true},
      {"1.0", 1, true},
      {"10e-1", 1, true},
      {"-1", -1, true},
      {"2", 2, true},
      {"2.5", 2.5, true},
      {"0.1", 0.1, true},
      {"1e300", 1e300, true},
      {"-1e300", -1e300, true},
      {"1e-300", 1e-300, true},
      {"300", 300, true},
      {"3.0e2", 300, true},
      {"123456789012", 123456789012.0, true},
      {"9007199254740992", 9007199254740992.0, true},
      {"9007199254740993", 9007199254740992.0, false},
      {"0.10000000000000001", 0.1, false},
      {"1e400", 0, false},
      {"-122.41949999999999", -122.41949999999999, true},
  };
  return kNumbers;
}

bool matches(const Json& pattern, const Json& event) {
  std::vector<Leaf> leaves;
  std::map<int, int> elements;
  int arrays = 0;
  flatten(event, "", true, elements, arrays, leaves);
  std::vector<Clause> clauses = {{}};
  expand(pattern, "", true, clauses);
  return std::any_of(clauses.begin(), clauses.end(), [&](const Clause& clause) {
    std::vector<std::string> absent;
    return assign(clause.begin(), clause, leaves, {}, absent);
  });
}

}  // namespace reference
