#include "engine/api/request_check.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/core/ids.hpp"

namespace sluice::api {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostViolations = 20;

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
template <const char* Extra>
bool only(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return letter_or_digit(c) || std::string_view(Extra).find(c) != std::string_view::npos;
  });
}
constexpr char kNameExtra[] = ".@-_", kTokenExtra[] = "-", kReasonExtra[] = "!@ ().*?-",
               kVariableExtra[] = "@-_", kRuleExtra[] = "-.";

bool is_uuid(std::string_view text) {
  const Uuid id = parse_uuid(text);
  return !id.empty() && to_text(id) == text;
}

// Characters, not bytes.
std::size_t length_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

class Check {
 public:
  void object(const Json& json, std::span<const Member> shape, const std::string& at) {
    for (const auto& [key, value] : json.items()) {
      const bool known = std::any_of(shape.begin(), shape.end(),
                                     [&k = key](const Member& m) { return m.name == k; });
      if (!known) violation("Value at '" + join(at, key) + "'", "Member is not known");
    }
    for (const Member& member : shape) {
      const std::string place = join(at, member.name);
      const auto found = json.find(member.name);
      if (found == json.end() || found->is_null()) {
        if (member.required) violation("Value null at '" + place + "'", "Member must not be null");
        continue;
      }
      value(*found, member, place);
    }
  }

  [[nodiscard]] std::optional<Rejected> finish() const {
    if (!wrong_type_.empty()) return Rejected{"SerializationException", wrong_type_};
    if (count_ == 0) return std::nullopt;
    return Rejected{"ValidationException",
                    std::to_string(count_) +
                        (count_ == 1 ? " validation error" : " validation errors") +
                        " detected: " + text_};
  }

 private:
  static std::string join(const std::string& at, std::string_view name) {
    return at.empty() ? std::string(name) : at + "." + std::string(name);
  }
  void violation(const std::string& what, const std::string& constraint) {
    if (++count_ > kMostViolations) return;
    text_ += (count_ == 1 ? "" : "; ") + what + " failed to satisfy constraint: " + constraint;
  }
  void wrong_type(const std::string& place, const char* wanted) {
    if (wrong_type_.empty()) wrong_type_ = "Value at '" + place + "' must be " + wanted + ".";
  }

  void value(const Json& json, const Member& member, const std::string& place) {
    switch (member.type) {
      case MemberType::kText:
        return json.is_string() ? text(json.get_ref<const std::string&>(), member, place)
                                : wrong_type(place, "a string");
      case MemberType::kInteger:
        return json.is_number_integer() ? number(json, member, place)
                                        : wrong_type(place, "an integer");
      case MemberType::kNumber:
        return json.is_number() ? void() : wrong_type(place, "a number");
      case MemberType::kBoolean:
        return json.is_boolean() ? void() : wrong_type(place, "a boolean");
      case MemberType::kRaw:
        return json.is_object() ? void() : wrong_type(place, "an object");
      case MemberType::kObject:
        return json.is_object() ? object(json, member.members, place)
                                : wrong_type(place, "an object");
      case MemberType::kList:
        return json.is_array() ? list(json, member, place) : wrong_type(place, "a list");
    }
  }

  void text(const std::string& text, const Member& member, const std::string& place) {
    const std::string what = "Value '" + text.substr(0, 200) + "' at '" + place + "'";
    const std::size_t length = length_of(text);
    if (length < member.min)
      return violation(
          what, "Member must have length greater than or equal to " + std::to_string(member.min));
    if (member.max != 0 && length > member.max)
      return violation(
          what, "Member must have length less than or equal to " + std::to_string(member.max));
    if (member.charset != nullptr && !member.charset->allows(text))
      return violation(what, "Member must satisfy regular expression pattern: " +
                                 std::string(member.charset->regex));
    if (member.choices.empty() ||
        std::find(member.choices.begin(), member.choices.end(), text) != member.choices.end())
      return;
    std::string set;
    for (const std::string_view choice : member.choices)
      set += (set.empty() ? "" : ", ") + std::string(choice);
    violation(what, "Member must satisfy enum value set: [" + set + "]");
  }

  void number(const Json& json, const Member& member, const std::string& place) {
    const std::string what = "Value '" + json.dump() + "' at '" + place + "'";
    const bool unsigned_big = json.is_number_unsigned();
    const auto given = json.get<std::int64_t>();
    if (!unsigned_big && given < static_cast<std::int64_t>(member.min))
      return violation(
          what, "Member must have value greater than or equal to " + std::to_string(member.min));
    if (unsigned_big && json.get<std::uint64_t>() < member.min)
      return violation(
          what, "Member must have value greater than or equal to " + std::to_string(member.min));
    if (member.max != 0 && unsigned_big && json.get<std::uint64_t>() > member.max)
      violation(what, "Member must have value less than or equal to " + std::to_string(member.max));
  }

  void list(const Json& json, const Member& member, const std::string& place) {
    const std::string what = "Value at '" + place + "'";
    if (json.size() < member.min)
      violation(what,
                "Member must have length greater than or equal to " + std::to_string(member.min));
    if (member.max != 0 && json.size() > member.max)
      return violation(
          what, "Member must have length less than or equal to " + std::to_string(member.max));
    std::size_t number = 0;
    for (const Json& item : json) {
      const std::string at = place + "." + std::to_string(++number) + ".member";
      if (member.members.empty()) {
        if (!item.is_string()) wrong_type(at, "a string");
      } else if (!item.is_object()) {
        wrong_type(at, "an object");
      } else {
        object(item, member.members, at);
      }
    }
  }

  std::size_t count_ = 0;
  std::string text_, wrong_type_;
};

}  // namespace

const Charset kName{"[A-Za-z0-9.@\\-_]+", only<kNameExtra>};
const Charset kUuid{"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", is_uuid};
const Charset kToken{"^[a-zA-Z0-9-]+$", only<kTokenExtra>};
const Charset kReason{"[a-zA-Z0-9!@ \\(\\)\\.\\*\\?\\-]+", only<kReasonExtra>};
const Charset kVariableName{"[A-Za-z0-9@\\-_]+", only<kVariableExtra>};
const Charset kRuleToken{"[a-zA-Z0-9\\-\\.]+", only<kRuleExtra>};

std::optional<Rejected> check_request(const Json& body, std::span<const Member> shape) {
  Check check;
  check.object(body, shape, "");
  return check.finish();
}

}  // namespace sluice::api
