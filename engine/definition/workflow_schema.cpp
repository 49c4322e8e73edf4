#include "engine/definition/workflow_schema.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "engine/definition/action_types.hpp"
#include "engine/definition/configuration.hpp"
#include "engine/definition/shapes.hpp"

namespace sluice {
namespace {

using definition::ActionTypes;
using definition::Field;
using definition::FieldType;
using definition::Setting;
using definition::Shape;
using Json = nlohmann::ordered_json;

constexpr const char* kDuration = "^([0-9]+(ms|s|m|h|d))+$";
constexpr const char* kReference = "#\\{[^{}]+\\}";

// Braces cannot tell a list of one from its item; this can.
template <class... Items>
Json list(Items&&... items) {
  auto array = Json::array();
  (array.push_back(Json(std::forward<Items>(items))), ...);
  return array;
}

Json reference(std::string_view name) {
  return {{"$ref", "#/definitions/" + std::string(name)}};
}

// A text may be written as a YAML number or boolean.
Json scalar(std::uint32_t min, std::uint32_t max, const definition::Format* format) {
  Json json{{"type", list("string", "number", "boolean")}};
  if (min > 0) json["minLength"] = min;
  if (max > 0) json["maxLength"] = max;
  if (format != nullptr) json["pattern"] = format->regex;
  return json;
}

Json choices(std::span<const std::string_view> words) {
  Json json{{"type", "string"}};
  for (const auto& word : words) json["enum"].push_back(word);
  return json;
}

Json list_of(Json items, const Field& field) {
  Json json{{"type", "array"}};
  if (field.min > 0) json["minItems"] = field.min;
  if (field.max > 0) json["maxItems"] = field.max;
  json["items"] = std::move(items);
  return json;
}

Json map_of(Json values, const Field& field) {
  Json json{{"type", "object"}};
  if (field.min > 0) json["minProperties"] = field.min;
  if (field.max > 0) json["maxProperties"] = field.max;
  json["additionalProperties"] = std::move(values);
  return json;
}

const Field& main_field(const Field& field) {
  for (const auto& each : field.shape->fields) {
    if (each.key == field.main_key) return each;
  }
  return field;
}

Json item_schema(const Field& field) {
  return field.choices.empty() ? scalar(field.item_min, field.item_max, field.format)
                               : choices(field.choices);
}

Json name_object(const Field& field) {
  return {{"type", "object"},
          {"required", list("name")},
          {"additionalProperties", false},
          {"properties", {{"name", item_schema(field)}}}};
}

Json list_or_map(const Field& field) {
  const auto& main = main_field(field);
  Json entry{{"anyOf", list(scalar(main.min, main.max, main.format),
                            reference(std::string(field.shape->name) + "Entry"))}};
  if (!main.required) entry["anyOf"].push_back(Json{{"type", "null"}});
  return {{"anyOf", list(list_of(reference(field.shape->name), field), map_of(entry, field))}};
}

Json field_schema(const Field& field) {
  switch (field.type) {
    case FieldType::kText:
      return scalar(field.min, field.max, field.format);
    case FieldType::kInteger:
      return {{"type", "integer"}, {"minimum", field.min}, {"maximum", field.max}};
    case FieldType::kBoolean:
      return {{"type", "boolean"}};
    case FieldType::kChoice:
      return choices(field.choices);
    case FieldType::kDuration:
      return {{"type", "string"}, {"pattern", kDuration}};
    case FieldType::kTextList:
      return list_of(item_schema(field), field);
    case FieldType::kNameList:
      return list_of({{"anyOf", list(item_schema(field), name_object(field))}}, field);
    case FieldType::kOutputList:
      return list_of({{"anyOf", list(item_schema(field), reference(field.shape->name))}}, field);
    case FieldType::kObject:
      return {{"allOf", list(reference(field.shape->name))}};
    case FieldType::kObjectList:
      return list_of(reference(field.shape->name), field);
    case FieldType::kObjectMap:
      return map_of(reference(field.shape->name), field);
    case FieldType::kObjectListOrMap:
      return list_or_map(field);
    case FieldType::kConfiguration: {
      Json json{{"type", "object"}};
      if (field.max > 0) json["maxProperties"] = field.max;
      return json;
    }
    case FieldType::kIgnored:
      break;
  }
  return Json::object();
}

// `without`: a key that stands elsewhere, as the name of an entry in a map.
Json object_schema(const Shape& shape, std::string_view without = {}) {
  auto properties = Json::object(), required = Json::array();
  for (const auto& field : shape.fields) {
    if (field.key == without) continue;
    auto schema = field_schema(field);
    schema["description"] = field.description;
    properties[std::string(field.key)] = std::move(schema);
    if (field.required) required.push_back(field.key);
  }
  Json json{{"type", "object"}, {"additionalProperties", false}};
  if (!required.empty()) json["required"] = std::move(required);
  json["properties"] = std::move(properties);
  return json;
}

void add_definitions(Json& definitions, const Shape& shape) {
  const std::string name(shape.name);
  if (definitions.contains(name)) return;
  definitions[name] = object_schema(shape);
  for (const auto& field : shape.fields) {
    if (field.shape == nullptr) continue;
    add_definitions(definitions, *field.shape);
    if (field.type == FieldType::kObjectListOrMap) {
      definitions[std::string(field.shape->name) + "Entry"] = object_schema(*field.shape, "name");
    }
  }
}

Json whole_if_possible(double number) {
  const auto whole = static_cast<std::int64_t>(number);
  return static_cast<double>(whole) == number ? Json(whole) : Json(number);
}

// Plugins give defaults as text; an editor inserts them as they are here.
Json default_json(const Setting& setting) {
  if (setting.type == "string") return *setting.default_value;
  auto value = Json::parse(*setting.default_value, nullptr, false);
  return value.is_discarded() ? Json(*setting.default_value) : value;
}

// What may stand for a setting: its own type, its JSON text, or a reference resolved at run time.
Json setting_schema(const Setting& setting) {
  const Json at_run_time{{"type", "string"}, {"pattern", kReference}};
  Json json;
  if (!setting.choices.empty()) {
    Json words{{"enum", Json::array()}};
    for (const auto& choice : setting.choices) words["enum"].push_back(choice);
    json["anyOf"] = list(words, at_run_time);
  } else if (setting.type == "boolean") {
    json["anyOf"] =
        list(Json{{"type", "boolean"}}, Json{{"enum", list("true", "false")}}, at_run_time);
  } else if (setting.type == "integer" || setting.type == "number") {
    Json number{{"type", setting.type}};
    if (setting.minimum) number["minimum"] = whole_if_possible(*setting.minimum);
    if (setting.maximum) number["maximum"] = whole_if_possible(*setting.maximum);
    const Json as_text{{"type", "string"}, {"pattern", "^[-+0-9.eE]+$"}};
    json["anyOf"] = list(number, as_text, at_run_time);
  } else if (setting.type == "array" || setting.type == "object") {
    json["type"] = list(setting.type, "string");
  } else {
    json["type"] = list("string", "number", "boolean", "array", "object");
    if (setting.min_length > 0) json["minLength"] = setting.min_length;
  }
  if (setting.default_value) json["default"] = default_json(setting);
  return json;
}

Json required_setting(const Setting& setting) {
  auto any = list(Json{{"required", list(setting.key)}});
  for (const auto& alias : setting.aliases) any.push_back(Json{{"required", list(alias)}});
  return {{"anyOf", std::move(any)}};
}

Json configuration_schema(const definition::ConfigurationSchema& schema) {
  auto properties = Json::object(), required = Json::array();
  for (const auto& setting : schema.settings) {
    auto property = setting_schema(setting);
    property["description"] = setting.description;
    properties[setting.key] = property;
    for (const auto& alias : setting.aliases) {
      property["description"] = "Another spelling of `" + setting.key + "`. " + setting.description;
      properties[alias] = property;
    }
    if (setting.required) required.push_back(required_setting(setting));
  }
  Json json{{"type", "object"}, {"additionalProperties", schema.open}};
  json["properties"] = std::move(properties);
  if (!required.empty()) json["allOf"] = std::move(required);
  return json;
}

std::string definition_name(const ActionTypeDescription& type) {
  std::string name = "configuration-" + definition::type_text(type.id);
  for (auto& c : name) {
    if (c == '/' || c == '@') c = '-';
  }
  return name;
}

class TypeRules {
 public:
  TypeRules(const ActionTypes& types, bool rules, Json& definitions)
      : types_(types), rules_(rules), definitions_(definitions) {}

  // Adds `uses` words, either-or, and one if/then a type to an object's schema.
  void extend(const std::string& shape) {
    const char* id_key = rules_ ? "ruleTypeId" : "actionTypeId";
    auto words = Json::array(), rules = Json::array();
    for (const auto* type : types_.all()) {
      if ((type->id.category == Category::kRule) != rules_) continue;
      std::vector<std::string> spellings{type->uses + "@" + type->id.version};
      const bool newest = types_.find(type->uses, rules_) == type;
      if (newest) spellings.insert(spellings.begin(), type->uses);
      for (const auto& word : spellings) {
        words.push_back(Json{{"const", word}, {"description", type->summary}});
      }
      rules.push_back(rule(*type, spellings, id_key));
    }
    // Members move when an object grows, so each is finished before the next one is added.
    auto& object = definitions_[shape];
    if (!words.empty()) object["properties"]["uses"]["anyOf"] = std::move(words);
    object["properties"]["uses"].erase("type");
    object["oneOf"] = list(Json{{"required", list("uses")}}, Json{{"required", list(id_key)}});
    if (!rules.empty()) object["allOf"] = std::move(rules);
  }

 private:
  Json rule(const ActionTypeDescription& type, const std::vector<std::string>& words,
            const char* id_key) {
    const auto schema = definition::parse_configuration_schema(type.configuration_schema);
    const auto name = definition_name(type);
    definitions_[name] = configuration_schema(schema);
    Json by_uses{{"required", list("uses")}, {"properties", {{"uses", {{"enum", words}}}}}};
    Json fields{{"category", {{"const", definition::category_text(type.id.category)}}},
                {"provider", {{"const", type.id.provider}}},
                {"version", {{"enum", list(type.id.version)}}}};
    // An unquoted version is a number to YAML.
    const auto number = Json::parse(type.id.version, nullptr, false);
    if (number.is_number()) fields["version"]["enum"].push_back(number);
    Json by_id{{"required", list(id_key)}, {"properties", {{id_key, {{"properties", fields}}}}}};
    Json then{{"properties", {{"configuration", reference(name)}}}};
    for (const auto& setting : schema.settings) {
      if (setting.required) then["required"] = list("configuration");
    }
    return {{"if", {{"anyOf", list(by_uses, by_id)}}}, {"then", then}};
  }

  const ActionTypes& types_;
  bool rules_;
  Json& definitions_;
};

}  // namespace

std::string workflow_schema(const std::vector<ActionTypeDescription>& catalogue) {
  const ActionTypes types(catalogue);
  auto definitions = Json::object();
  add_definitions(definitions, definition::kPipelineShape);
  TypeRules(types, false, definitions).extend("action");
  TypeRules(types, true, definitions).extend("rule");
  const Json wrapper{{"type", "object"},
                     {"additionalProperties", false},
                     {"properties",
                      {{"pipeline", reference("pipeline")},
                       {"metadata", {{"description", "Ignored."}}},
                       {"tags", {{"description", "Ignored."}}},
                       {"$schema", {{"type", "string"}}}}}};
  const Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
                    {"title", "Workflow file of sluice"},
                    {"if", {{"type", "object"}, {"required", list("pipeline")}}},
                    {"then", wrapper},
                    {"else", reference("pipeline")},
                    {"definitions", std::move(definitions)}};
  return schema.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sluice
