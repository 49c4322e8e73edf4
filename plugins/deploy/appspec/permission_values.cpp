#include "plugins/deploy/appspec/permission_values.hpp"

#include <algorithm>
#include <optional>

namespace sluice::appspec {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

std::optional<AceClass> ace_class(const std::string& word) {
  if (word.empty() || word == "u" || word == "user") return AceClass::kUser;
  if (word == "g" || word == "group") return AceClass::kGroup;
  if (word == "m" || word == "mask") return AceClass::kMask;
  if (word == "o" || word == "other") return AceClass::kOther;
  return std::nullopt;
}

bool is_default_word(const std::string& word) {
  return word == "d" || word == "default";
}

Fault malformed(const std::string& text, const std::string& why) {
  return {"ACL_MALFORMED",
          "the ACL entry '" + text + "' " + why +
              "; write [default:][user|group|mask|other:][name:]permissions",
          {}};
}

Check set_permissions(Ace& ace, const std::string& perms, const std::string& text) {
  if (perms.size() == 1 && perms[0] >= '0' && perms[0] <= '7') {
    const int bits = perms[0] - '0';
    ace.read = (bits & 4) != 0;
    ace.write = (bits & 2) != 0;
    ace.execute = (bits & 1) != 0;
    return Done{};
  }
  for (const char c : perms) {
    if (c == 'r')
      ace.read = true;
    else if (c == 'w')
      ace.write = true;
    else if (c == 'x')
      ace.execute = true;
    else if (c != '-')
      return Fault{"ACL_BAD_CHAR",
                   "'" + std::string(1, c) + "' in the ACL entry '" + text +
                       "' is no permission; use one digit 0 to 7, or letters of r, w, x and -",
                   {}};
  }
  return Done{};
}

// Class and name from what stands between an optional `default:` and the permissions.
Check set_subject(Ace& ace, const std::vector<std::string>& parts, const std::string& text) {
  if (parts.empty()) return Done{};  // `d:rwx`: the default entry of the owning user
  if (is_default_word(parts[0]) && ace.is_default && parts.size() <= 2)
    return malformed(text, "says default twice");
  const auto known = ace_class(parts[0]);
  if (parts.size() == 1) {
    if (known)
      ace.entry_class = *known;
    else
      ace.name = parts[0];  // `bob:rw`
    return Done{};
  }
  if (!known) return malformed(text, "has the unknown class '" + parts[0] + "'");
  ace.entry_class = *known;
  ace.name = parts[1];
  const bool nameless = *known == AceClass::kMask || *known == AceClass::kOther;
  if (nameless && !ace.name.empty()) return malformed(text, "gives mask or other a name");
  return Done{};
}

unsigned bits_of(unsigned mode, int shift) {
  return (mode >> shift) & 7U;
}

Ace base(bool is_default, AceClass entry_class, unsigned bits) {
  Ace ace;
  ace.is_default = is_default;
  ace.entry_class = entry_class;
  ace.read = (bits & 4U) != 0;
  ace.write = (bits & 2U) != 0;
  ace.execute = (bits & 1U) != 0;
  return ace;
}

}  // namespace

Checked<std::string> parse_mode(const std::string& text) {
  for (const char c : text)
    if (c < '0' || c > '7')
      return Fault{"MODE_CHAR",
                   "the mode '" + text + "' holds '" + std::string(1, c) +
                       "', which is no octal digit; write 1 to 4 digits 0 to 7 in quotes, such as "
                       "\"0644\"",
                   {}};
  if (text.empty() || text.size() > 4)
    return Fault{"MODE_LENGTH",
                 "the mode '" + text + "' must have 1 to 4 octal digits, such as \"0644\"",
                 {}};
  return std::string(text.size() < 3 ? 3 - text.size() : 0, '0') + text;
}

Checked<Ace> parse_ace(const std::string& text) {
  auto parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 4)
    return malformed(text, "has " + std::to_string(parts.size()) + " fields, not 2 to 4");
  const std::string perms = parts.back();
  parts.pop_back();
  Ace ace;
  if (is_default_word(parts[0])) {
    ace.is_default = true;
    parts.erase(parts.begin());
  } else if (parts.size() == 3) {
    return malformed(text, "has four fields, of which the first is not default");
  }
  if (auto subject = set_subject(ace, parts, text); !subject) return subject.fault();
  if (auto set = set_permissions(ace, perms, text); !set) return set.fault();
  if (!ace.is_default && ace.name.empty() && ace.entry_class != AceClass::kMask)
    return Fault{"ACL_BASE_ENTRY",
                 "the ACL entry '" + text +
                     "' is the owner's, the group's or other's own; set those with mode",
                 {}};
  return ace;
}

std::string ace_text(const Ace& ace) {
  static constexpr const char* kClasses[] = {"user", "group", "mask", "other"};
  std::string text = ace.is_default ? "default:" : "";
  text += kClasses[static_cast<int>(ace.entry_class)];
  text += ":" + ace.name + ":";
  text += ace.read ? 'r' : '-';
  text += ace.write ? 'w' : '-';
  text += ace.execute ? 'x' : '-';
  return text;
}

std::vector<Ace> complete_acl(const std::vector<Ace>& wanted, unsigned mode) {
  const auto has = [&](bool is_default, auto&& test) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const Ace& ace) { return ace.is_default == is_default && test(ace); });
  };
  const auto is_base = [](AceClass entry_class) {
    return [entry_class](const Ace& ace) {
      return ace.entry_class == entry_class && ace.name.empty();
    };
  };
  const auto any = [](const Ace&) { return true; };
  const auto named = [](const Ace& ace) { return !ace.name.empty(); };
  std::vector<Ace> whole = {base(false, AceClass::kUser, bits_of(mode, 6)),
                            base(false, AceClass::kGroup, bits_of(mode, 3)),
                            base(false, AceClass::kOther, bits_of(mode, 0))};
  if (has(false, named) && !has(false, is_base(AceClass::kMask)))
    whole.push_back(base(false, AceClass::kMask, bits_of(mode, 3)));
  whole.insert(whole.end(), wanted.begin(), wanted.end());
  if (!has(true, any)) return whole;
  if (!has(true, is_base(AceClass::kUser)))
    whole.push_back(base(true, AceClass::kUser, bits_of(mode, 6)));
  if (!has(true, is_base(AceClass::kGroup)))
    whole.push_back(base(true, AceClass::kGroup, bits_of(mode, 3)));
  if (!has(true, is_base(AceClass::kOther)))
    whole.push_back(base(true, AceClass::kOther, bits_of(mode, 0)));
  if (has(true, named) && !has(true, is_base(AceClass::kMask)))
    whole.push_back(base(true, AceClass::kMask, bits_of(mode, 3)));
  return whole;
}

}  // namespace sluice::appspec
