// The inputs of operations as tables, and a request checked against one: types first
// (SerializationException), then all broken constraints in one ValidationException of the service's
// text form (facts/codepipeline.md 1.7 row 1). Private to engine/api.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/input.hpp"

namespace sluice::api {

enum class MemberType : std::uint8_t {
  kText,
  kNumber,
  kInteger,
  kBoolean,
  kObject,  // of `members`
  kList,    // of objects of `members`, or of texts if there are none
  kRaw,     // an object that the operation itself looks into
};

// Which characters a text may have: `regex` is for the message.
struct Charset {
  std::string_view regex;
  bool (*allows)(std::string_view text);
};
extern const Charset kName, kUuid, kToken, kReason, kVariableName, kRuleToken;

struct Member {
  std::string_view name;
  MemberType type = MemberType::kText;
  bool required = false;
  std::size_t min = 0, max = 0;  // characters, items, or the number's range; max 0: no limit
  const Charset* charset = nullptr;
  std::span<const std::string_view> choices{};
  std::span<const Member> members{};
};

// What is wrong with a request, as an error of the API; none if nothing is.
[[nodiscard]] std::optional<Rejected> check_request(const nlohmann::json& body,
                                                    std::span<const Member> shape);

}  // namespace sluice::api
