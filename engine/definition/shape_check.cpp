#include <algorithm>
#include <charconv>

#include "engine/definition/shapes.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMostDays = 60;  // of a duration, unless its field says otherwise

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::vector<std::string> keys_of(const Shape& shape) {
  std::vector<std::string> keys;
  for (const auto& field : shape.fields) keys.emplace_back(field.key);
  return keys;
}

class ShapeCheck {
 public:
  explicit ShapeCheck(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  // `at`: where an absent value should stand; `what`: its key, for messages. `given`: a key that
  // the shape requires and that stands elsewhere (the name of an entry in a map).
  void object(const Node& node, const Shape& shape, Position at, std::string_view what,
              std::string_view given = {}) {
    if (!node.is_map()) return wrong_type(node, at, what, "a map");
    for (const auto& entry : node.entries) {
      const auto field = std::find_if(shape.fields.begin(), shape.fields.end(),
                                      [&](const Field& f) { return f.key == entry.key; });
      if (field == shape.fields.end()) {
        diagnostics_.error(entry.at, Code::kUnknownKey,
                           "unknown key " + quote(entry.key) + " in " + std::string(shape.name) +
                               suggestion(entry.key, keys_of(shape)));
      } else {
        value(*entry.value, *field, entry.at);
      }
    }
    for (const auto& field : shape.fields) {
      if (!field.required || field.key == given || node.find(field.key) != nullptr) continue;
      diagnostics_.error(at, Code::kMissingKey,
                         "this " + std::string(shape.name) + " needs the key `" +
                             std::string(field.key) + "`: " + std::string(field.description));
    }
  }

 private:
  void value(const Node& node, const Field& field, Position at) {
    if (field.type == FieldType::kIgnored) return;
    if (node.kind == Node::Kind::kNull) {
      diagnostics_.error(
          at, Code::kWrongType,
          "`" + std::string(field.key) + "` has no value; give one or remove the key");
      return;
    }
    switch (field.type) {
      case FieldType::kText:
        return text(node, field, field.min, field.max);
      case FieldType::kChoice:
        if (!node.is_scalar()) return wrong_type(node, at, field.key, "one of its words");
        return choice(node, field);
      case FieldType::kInteger:
        return integer(node, field);
      case FieldType::kBoolean:
        if (!node.is_scalar() || (node.text != "true" && node.text != "false")) {
          wrong_type(node, node.at, field.key, "true or false");
        }
        return;
      case FieldType::kDuration:
        return duration(node, field);
      case FieldType::kObject:
        return object(node, *field.shape, node.at, field.key);
      case FieldType::kObjectMap:
        return object_map(node, field);
      case FieldType::kConfiguration:
        if (!node.is_map()) return wrong_type(node, node.at, field.key, "a map of settings");
        return count(node.entries.size(), node, field);
      case FieldType::kObjectListOrMap:
        if (node.is_map()) return named_objects(node, field);
        return list(node, field);
      default:
        return list(node, field);
    }
  }

  void list(const Node& node, const Field& field) {
    if (!node.is_list()) {
      return wrong_type(node, node.at, field.key,
                        field.type == FieldType::kObjectListOrMap ? "a list or a map" : "a list");
    }
    count(node.items.size(), node, field);
    for (const auto* item : node.items) list_item(*item, field);
  }

  void list_item(const Node& item, const Field& field) {
    const bool named = field.type == FieldType::kNameList && item.is_map();
    const bool shorthand = field.type == FieldType::kOutputList && item.is_scalar();
    if (named) return name_object(item, field);
    if (field.type == FieldType::kTextList || field.type == FieldType::kNameList || shorthand) {
      text(item, field, field.item_min, field.item_max);
      if (item.is_scalar() && !field.choices.empty()) choice(item, field);
      return;
    }
    object(item, *field.shape, item.at, field.key);
  }

  // {name: text} of a name list.
  void name_object(const Node& node, const Field& field) {
    const Field name{.key = "name",
                     .required = true,
                     .min = field.item_min,
                     .max = field.item_max,
                     .format = field.format,
                     .description = "The name."};
    const Shape shape{"entry", std::span(&name, 1)};
    object(node, shape, node.at, field.key);
  }

  void object_map(const Node& node, const Field& field) {
    if (!node.is_map()) return wrong_type(node, node.at, field.key, "a map");
    count(node.entries.size(), node, field);
    for (const auto& entry : node.entries) {
      object(*entry.value, *field.shape, entry.at, field.key);
    }
  }

  void named_objects(const Node& node, const Field& field) {
    count(node.entries.size(), node, field);
    const auto field_of = [&](std::string_view key) -> const Field& {
      return *std::find_if(field.shape->fields.begin(), field.shape->fields.end(),
                           [&](const Field& f) { return f.key == key; });
    };
    for (const auto& entry : node.entries) {
      const auto& name = field_of("name");
      Node key;
      key.kind = Node::Kind::kScalar;
      key.at = entry.at;
      key.text = entry.key;
      text(key, name, name.min, name.max);
      if (entry.value->is_map()) {
        object(*entry.value, *field.shape, entry.at, field.key, "name");
      } else if (entry.value->is_scalar()) {
        const auto& main = field_of(field.main_key);
        text(*entry.value, main, main.min, main.max);
      } else if (field_of(field.main_key).required || entry.value->is_list()) {
        wrong_type(*entry.value, entry.at, entry.key, "a text or a map");
      }
    }
  }

  void text(const Node& node, const Field& field, std::uint32_t min, std::uint32_t max) {
    if (!node.is_scalar()) return wrong_type(node, node.at, field.key, "text");
    const auto length = characters(node.text);
    if (length < min || (max > 0 && length > max)) {
      diagnostics_.error(node.at, Code::kBadLength,
                         "`" + std::string(field.key) + "` has " + std::to_string(length) +
                             " characters; it takes " + range(min, max));
      return;
    }
    if (field.format != nullptr && !field.format->matches(node.text)) {
      diagnostics_.error(node.at, Code::kBadFormat,
                         quote(node.text) + " is not allowed as `" + std::string(field.key) +
                             "`; " + std::string(field.format->advice));
    }
  }

  void choice(const Node& node, const Field& field) {
    if (std::find(field.choices.begin(), field.choices.end(), node.text) != field.choices.end()) {
      return;
    }
    const std::vector<std::string> known(field.choices.begin(), field.choices.end());
    diagnostics_.error(node.at, Code::kBadChoice,
                       quote(node.text) + " is not allowed as `" + std::string(field.key) + "`" +
                           suggestion(node.text, known));
  }

  void integer(const Node& node, const Field& field) {
    std::int64_t number = 0;
    const auto* end = node.text.data() + node.text.size();
    const bool whole = node.is_scalar() && !node.text.empty() &&
                       std::from_chars(node.text.data(), end, number).ptr == end;
    if (whole && number >= field.min && number <= field.max) return;
    if (!node.is_scalar()) return wrong_type(node, node.at, field.key, "a whole number");
    diagnostics_.error(node.at, Code::kBadNumber,
                       "`" + std::string(field.key) + "` is " + quote(node.text) +
                           "; it takes a whole number of " + range(field.min, field.max));
  }

  void duration(const Node& node, const Field& field) {
    if (!node.is_scalar()) return wrong_type(node, node.at, field.key, "a duration such as 30m");
    const auto ms = duration_ms(node.text);
    const std::int64_t most_days = field.max != 0 ? field.max : kMostDays;
    if (ms > 0 && ms <= most_days * kDayMs) return;
    diagnostics_.error(node.at, Code::kBadFormat,
                       quote(node.text) + " is no duration of at most " +
                           std::to_string(most_days) + "d; write 90s, 30m, 2h, 1d or 1h30m");
  }

  void count(std::size_t size, const Node& node, const Field& field) {
    if (size >= field.min && (field.max == 0 || size <= field.max)) return;
    diagnostics_.error(node.at, Code::kBadCount,
                       "`" + std::string(field.key) + "` has " + std::to_string(size) +
                           " entries; it takes " + range(field.min, field.max));
  }

  static std::string range(std::uint32_t min, std::uint32_t max) {
    if (max == 0) return "at least " + std::to_string(min);
    if (min == max) return "exactly " + std::to_string(min);
    return std::to_string(min) + " to " + std::to_string(max);
  }

  void wrong_type(const Node& node, Position at, std::string_view what, std::string_view wanted) {
    constexpr std::string_view kKinds[] = {"nothing", "a single value", "a list", "a map"};
    diagnostics_.error(node.kind == Node::Kind::kNull ? at : node.at, Code::kWrongType,
                       quote(what) + " takes " + std::string(wanted) + ", not " +
                           std::string(kKinds[static_cast<int>(node.kind)]));
  }

  Diagnostics& diagnostics_;
};

}  // namespace

void check_shape(const Node& node, const Shape& shape, Diagnostics& diagnostics) {
  ShapeCheck(diagnostics).object(node, shape, node.at, shape.name);
}

}  // namespace sluice::definition
