#include "tests/events/pattern_random.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace reference {
namespace {

Json operator_of(const char* name, Json argument) {
  Json object = Json::object();
  object.members.emplace_back(name, std::move(argument));
  return object;
}

}  // namespace

std::string RandomJson::name() {
  static const std::array<const char*, 7> kNames = {"a", "b", "c", "a", "b", "a.b", "é"};
  return kNames[below(kNames.size())];
}

std::string RandomJson::text() {
  static const std::array<const char*, 12> kWhole = {
      "10.0.0.1", "10.0.0.2", "10.1.2.3", "11.0.0.1", "2001:db8::1", "2001:DB8:0:0:0:0:0:1",
      "fe80::1",  "",         "null",     "1",        "10.0.0.300",  "𐐀"};
  static const std::array<const char*, 14> kParts = {"a", "b", "A", "ab", "k", "K", "\u212a",
                                                     "ß", "S", "s", "σ",  "ς", "Σ", "*"};
  if (chance(20)) return kWhole[below(kWhole.size())];
  std::string out;
  for (std::size_t count = below(5); count > 0; --count) out += kParts[below(kParts.size())];
  if (chance(3)) out += std::string(60 + below(10), 'a');
  return out;
}

std::string RandomJson::wildcard() {
  static const std::array<const char*, 9> kParts = {"a", "b", "ab", "A", "k", "*", "*", "\\*", "é"};
  std::string out;
  bool after_star = false;
  for (std::size_t count = below(6); count > 0; --count) {
    const std::string part = kParts[below(kParts.size())];
    if (part == "*" && after_star) continue;
    after_star = part == "*";
    out += part;
  }
  return out;
}

Json RandomJson::known_number(bool comparable_only) {
  for (;;) {
    const KnownNumber& number = known_numbers()[below(known_numbers().size())];
    if (number.comparable || !comparable_only) return Json::number(std::string(number.spelling));
  }
}

Json RandomJson::leaf() {
  static const std::array<const char*, 3> kWords = {"null", "true", "false"};
  if (chance(60)) return Json::string(text());
  return chance(70) ? known_number(false) : Json::word(kWords[below(3)]);
}

Json RandomJson::value(unsigned depth) {
  if (depth == 0 || chance(45)) return leaf();
  if (chance(50)) {
    Json array = Json::array();
    for (std::size_t count = below(4); count > 0; --count) array.items.push_back(value(depth - 1));
    return array;
  }
  Json object = Json::object();
  for (std::size_t count = below(4); count > 0; --count) {
    object.members.emplace_back(name(), value(depth - 1));
  }
  return object;
}

Json RandomJson::event() {
  Json object = Json::object();
  for (std::size_t count = below(5); count > 0; --count) {
    object.members.emplace_back(name(), value(4));
  }
  return object;
}

Json RandomJson::pattern() {
  return fields(3, true);
}

Json RandomJson::fields(unsigned depth, bool with_or) {
  Json object = Json::object();
  std::set<std::string> used;
  for (std::size_t count = 1 + below(3); count > 0; --count) {
    if (with_or && depth > 0 && chance(12)) {
      Json list = Json::array();
      for (std::size_t i = 2 + below(2); i > 0; --i) list.items.push_back(fields(depth - 1, true));
      object.members.emplace_back("$or", std::move(list));
      continue;
    }
    const std::string step = name();
    if (!used.insert(step).second) continue;
    const bool nested = depth > 0 && chance(45);
    object.members.emplace_back(step, nested ? fields(depth - 1, with_or) : alternatives());
  }
  return object;
}

Json RandomJson::alternatives() {
  Json list = Json::array();
  for (std::size_t count = 1 + (chance(40) ? below(3) : 0); count > 0; --count) {
    list.items.push_back(alternative());
  }
  if (chance(2)) {
    for (int i = 0; i < 12; ++i) list.items.push_back(Json::string(text()));
  }
  return list;
}

Json RandomJson::text_or_list(bool allow_empty) {
  const auto one = [&] {
    std::string item = text();
    return Json::string(item.empty() && !allow_empty ? "a" : item);
  };
  if (chance(50)) return one();
  Json list = Json::array();
  for (std::size_t count = 1 + below(3); count > 0; --count) list.items.push_back(one());
  return list;
}

Json RandomJson::anything_but() {
  switch (below(6)) {
    case 0:
      return operator_of("prefix", text_or_list(false));
    case 1:
      return operator_of("suffix", text_or_list(false));
    case 2:
      return operator_of("equals-ignore-case", text_or_list(true));
    case 3:
      return operator_of("wildcard", Json::string(wildcard()));
    case 4: {
      Json list = Json::array();
      for (std::size_t count = 1 + below(3); count > 0; --count) {
        list.items.push_back(known_number(true));
      }
      return list;
    }
    default:
      return text_or_list(true);
  }
}

Json RandomJson::range() {
  static const std::array<const char*, 5> kOps = {"=", "<", "<=", ">", ">="};
  Json list = Json::array();
  if (chance(50)) {
    list.items = {Json::string(kOps[below(5)]), known_number(true)};
    return list;
  }
  const auto value_of = [](const Json& number) {
    const auto& all = known_numbers();
    return std::find_if(all.begin(), all.end(),
                        [&](const KnownNumber& known) { return known.spelling == number.text; })
        ->value;
  };
  Json low = known_number(true);
  Json high = known_number(true);
  while (value_of(low) == value_of(high)) high = known_number(true);
  if (value_of(low) > value_of(high)) std::swap(low, high);
  list.items = {Json::string(kOps[3 + below(2)]), low, Json::string(kOps[1 + below(2)]), high};
  return list;
}

Json RandomJson::alternative() {
  static const std::array<const char*, 9> kBlocks = {
      "10.0.0.0/24",   "10.0.0.0/8", "10.0.0.2/31", "0.0.0.0/0",      "128.0.0.0/1",
      "2001:db8::/32", "::/0",       "fe80::/127",  "2001:db8::1/127"};
  const auto affix = [&]() {
    Json argument = Json::string(text());
    return chance(35) ? operator_of("equals-ignore-case", std::move(argument)) : argument;
  };
  switch (below(14)) {
    case 0:
      return operator_of("prefix", affix());
    case 1:
      return operator_of("suffix", affix());
    case 2:
      return operator_of("equals-ignore-case", Json::string(text()));
    case 3:
      return operator_of("wildcard", Json::string(wildcard()));
    case 4:
    case 5:
      return operator_of("anything-but", anything_but());
    case 6:
    case 7:
      return operator_of("numeric", range());
    case 8:
    case 9:
      return operator_of("exists", Json::word(chance(50) ? "true" : "false"));
    case 10:
      return operator_of("cidr", Json::string(kBlocks[below(kBlocks.size())]));
    case 11:
      return operator_of("exactly", Json::string(text()));
    default:
      return leaf();
  }
}

}  // namespace reference
