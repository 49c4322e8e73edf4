// The shape of a workflow file as tables: which keys each object has, of what type, within which
// limits (facts/codepipeline.md 1.1-1.4). The parser checks by them and the JSON Schema is printed
// from them, so that the two cannot disagree.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/definition/node.hpp"

namespace sluice::definition {

enum class FieldType : std::uint8_t {
  kText,
  kInteger,
  kBoolean,
  kChoice,           // one of `choices`
  kDuration,         // "30m"
  kTextList,         // texts, each within the item limits
  kNameList,         // texts or {name: text}
  kOutputList,       // texts or objects of `shape`
  kObject,           // an object of `shape`
  kObjectList,       // objects of `shape`
  kObjectMap,        // any key -> an object of `shape`
  kObjectListOrMap,  // objects of `shape`, or a map from their name to the object or its main value
  kConfiguration,    // any key -> any value, checked against the action type
  kIgnored,          // accepted, not looked at
};

// A text's form: a regular expression for people and editors, a function for the parser.
struct Format {
  std::string_view regex;
  bool (*matches)(std::string_view text);
  std::string_view advice;  // "use letters, digits, ..."
};

struct Shape;

struct Field {
  std::string_view key;
  FieldType type = FieldType::kText;
  bool required = false;
  // Characters, items, or the integer's range; max 0: no limit. Of durations max is in days, 0: 60.
  std::uint32_t min = 0, max = 0;
  const Format* format = nullptr;               // of the text, or of each item
  std::uint32_t item_min = 0, item_max = 0;     // characters of each item; item_max 0: no limit
  std::span<const std::string_view> choices{};  // of the text, or of each item
  const Shape* shape = nullptr;
  std::string_view main_key{};  // kObjectListOrMap: what a scalar value stands for
  std::string_view description;
};

struct Shape {
  std::string_view name;  // as the schema calls it
  std::span<const Field> fields;
};

extern const Shape kPipelineShape, kStageShape, kActionShape, kRuleShape, kTriggerShape;

// Reports unknown and missing keys, wrong types and broken limits of the whole tree below `node`.
void check_shape(const Node& node, const Shape& shape, Diagnostics& diagnostics);

// "90s", "30m", "2h", "1d", "1h30m" in milliseconds; 0 if it is none.
[[nodiscard]] std::int64_t duration_ms(std::string_view text);

}  // namespace sluice::definition
