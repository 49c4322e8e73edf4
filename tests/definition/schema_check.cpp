#include "tests/definition/schema_check.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

namespace sluice::test {
namespace {

using Json = nlohmann::ordered_json;

class SchemaCheck {
 public:
  explicit SchemaCheck(const Json& root) : root_(root) {}

  std::string check(const Json& schema, const Json& value, const std::string& at) const {
    for (const auto& [keyword, rule] : schema.items()) {
      const auto wrong = keyword_mismatch(keyword, rule, schema, value, at);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

 private:
  static std::string fail(const std::string& at, const std::string& why) {
    return (at.empty() ? "/" : at) + ": " + why;
  }

  std::string keyword_mismatch(const std::string& keyword, const Json& rule, const Json& schema,
                               const Json& value, const std::string& at) const {
    if (keyword == "$ref")
      return check(root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), value, at);
    if (keyword == "type") return type_mismatch(rule, value, at);
    if (keyword == "enum" || keyword == "const") {
      const bool fits = keyword == "const"
                            ? value == rule
                            : std::find(rule.begin(), rule.end(), value) != rule.end();
      return fits ? "" : fail(at, value.dump() + " is not " + rule.dump());
    }
    if (keyword == "anyOf" || keyword == "oneOf" || keyword == "allOf") {
      return combination_mismatch(keyword, rule, value, at);
    }
    if (keyword == "if") {
      const auto* next = check(rule, value, at).empty() ? "then" : "else";
      return schema.contains(next) ? check(schema.at(next), value, at) : "";
    }
    if (keyword == "properties" || keyword == "additionalProperties" || keyword == "required") {
      return value.is_object() ? object_mismatch(keyword, rule, schema, value, at) : "";
    }
    if (keyword == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        const auto wrong = check(rule, value[i], at + "/" + std::to_string(i));
        if (!wrong.empty()) return wrong;
      }
      return "";
    }
    return limit_mismatch(keyword, rule, value, at);
  }

  static std::string type_mismatch(const Json& rule, const Json& value, const std::string& at) {
    const auto fits = [&](const Json& type) {
      return type == "object"    ? value.is_object()
             : type == "array"   ? value.is_array()
             : type == "string"  ? value.is_string()
             : type == "boolean" ? value.is_boolean()
             : type == "null"    ? value.is_null()
             : type == "integer" ? value.is_number_integer()
             : type == "number"  ? value.is_number()
                                 : false;
    };
    const bool any = rule.is_array() ? std::any_of(rule.begin(), rule.end(), fits) : fits(rule);
    return any ? "" : fail(at, value.dump().substr(0, 40) + " is no " + rule.dump());
  }

  std::string combination_mismatch(const std::string& keyword, const Json& rule, const Json& value,
                                   const std::string& at) const {
    std::size_t fitting = 0;
    std::string first;
    for (const auto& each : rule) {
      const auto wrong = check(each, value, at);
      if (wrong.empty()) ++fitting;
      if (first.empty()) first = wrong;
    }
    const bool fits = keyword == "allOf"   ? fitting == rule.size()
                      : keyword == "oneOf" ? fitting == 1
                                           : fitting > 0;
    return fits ? "" : first.empty() ? fail(at, "fits more than one") : first;
  }

  std::string object_mismatch(const std::string& keyword, const Json& rule, const Json& schema,
                              const Json& value, const std::string& at) const {
    if (keyword == "required") {
      for (const auto& key : rule) {
        if (!value.contains(key.get<std::string>())) return fail(at, "lacks " + key.dump());
      }
      return "";
    }
    const auto known = schema.contains("properties") ? schema.at("properties") : Json::object();
    for (const auto& [key, member] : value.items()) {
      const bool is_known = known.contains(key);
      std::string wrong;
      if (keyword == "properties" && is_known) wrong = check(known.at(key), member, at + "/" + key);
      if (keyword == "additionalProperties" && !is_known) {
        if (rule.is_object()) wrong = check(rule, member, at + "/" + key);
        if (rule == false) wrong = fail(at, "has no key " + key);
      }
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  static std::string limit_mismatch(const std::string& keyword, const Json& rule, const Json& value,
                                    const std::string& at) {
    const auto size = value.is_string() ? value.get<std::string>().size() : value.size();
    const auto wrong = [&](bool applies, bool broken) {
      return applies && broken ? fail(at, keyword + " " + rule.dump()) : std::string();
    };
    if (keyword == "minLength") return wrong(value.is_string(), size < rule);
    if (keyword == "maxLength") return wrong(value.is_string(), size > rule);
    if (keyword == "minItems") return wrong(value.is_array(), size < rule);
    if (keyword == "maxItems") return wrong(value.is_array(), size > rule);
    if (keyword == "minProperties") return wrong(value.is_object(), size < rule);
    if (keyword == "maxProperties") return wrong(value.is_object(), size > rule);
    if (keyword == "minimum") return wrong(value.is_number(), value < rule);
    if (keyword == "maximum") return wrong(value.is_number(), value > rule);
    if (keyword == "pattern") {
      return value.is_string() && !std::regex_search(value.get<std::string>(),
                                                     std::regex(rule.get<std::string>()))
                 ? fail(at, value.dump() + " does not match " + rule.dump())
                 : "";
    }
    constexpr std::string_view kSaysNothing[] = {"$schema", "title", "description", "default",
                                                 "then",    "else",  "definitions"};
    const bool known = std::find(std::begin(kSaysNothing), std::end(kSaysNothing), keyword) !=
                       std::end(kSaysNothing);
    return known ? "" : fail(at, "unknown keyword " + keyword);
  }

  const Json& root_;
};

}  // namespace

std::string schema_mismatch(std::string_view schema, std::string_view document) {
  const auto root = Json::parse(schema);
  return SchemaCheck(root).check(root, Json::parse(document), "");
}

}  // namespace sluice::test
