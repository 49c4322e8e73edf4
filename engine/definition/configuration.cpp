#include "engine/definition/configuration.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

using Json = nlohmann::json;

std::string plain_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::optional<double> number_at(const Json& property, const char* key) {
  const auto found = property.find(key);
  if (found == property.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::size_t length_at(const Json& property, const char* key) {
  const auto found = property.find(key);
  return found != property.end() && found->is_number_unsigned() ? found->get<std::size_t>() : 0;
}

bool flag_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> texts_at(const Json& object, const char* key) {
  std::vector<std::string> texts;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return texts;
  for (const auto& item : *found) texts.push_back(plain_text(item));
  return texts;
}

Setting setting_from(const std::string& key, const Json& property) {
  Setting setting;
  setting.key = key;
  if (!property.is_object()) return setting;
  if (const auto type = property.find("type"); type != property.end() && type->is_string()) {
    setting.type = type->get<std::string>();
  }
  if (const auto text = property.find("description"); text != property.end() && text->is_string()) {
    setting.description = text->get<std::string>();
  }
  setting.aliases = texts_at(property, "x-aliases");
  setting.choices = texts_at(property, "enum");
  if (const auto value = property.find("default"); value != property.end()) {
    setting.default_value = plain_text(*value);
  }
  setting.minimum = number_at(property, "minimum");
  setting.maximum = number_at(property, "maximum");
  setting.min_length = length_at(property, "minLength");
  setting.max_length = length_at(property, "maxLength");
  setting.secret = flag_at(property, "x-secret");
  setting.artifact_path = flag_at(property, "x-artifact-path");
  return setting;
}

// A value with a reference in it is known at run time only.
bool has_reference(std::string_view text) {
  const auto start = text.find("#{");
  return start != std::string_view::npos && text.find('}', start) != std::string_view::npos;
}

std::optional<double> number_from(std::string_view text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

std::string folded(std::string text) {
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

class ConfigurationReader {
 public:
  ConfigurationReader(const ActionTypeDescription& type, std::size_t max_length,
                      Diagnostics& diagnostics)
      : type_(type),
        schema_(parse_configuration_schema(type.configuration_schema)),
        max_length_(max_length),
        diagnostics_(diagnostics) {}

  Configuration read(const Node* node, Position owner_at) {
    Configuration result;
    for (const auto& setting : schema_.settings) {
      if (setting.secret) result.secret_keys.push_back(setting.key);
    }
    std::sort(result.secret_keys.begin(), result.secret_keys.end());
    if (node != nullptr && node->is_map()) {
      for (const auto& entry : node->entries) take(entry, result);
    }
    const bool unreadable = node != nullptr && !node->is_map();
    for (const auto& setting : schema_.settings) {
      if (!setting.required || seen_.contains(setting.key) || unreadable) continue;
      const auto& at = node != nullptr ? node->at : owner_at;
      diagnostics_.error(at, Code::kMissingConfiguration,
                         type_.uses + " needs the configuration key `" + setting.key + "`" +
                             (setting.description.empty() ? "" : ": " + setting.description));
    }
    return result;
  }

 private:
  void take(const Node::Entry& entry, Configuration& result) {
    constexpr std::size_t kLongestKey = 50;
    if (entry.key.empty() || entry.key.size() > kLongestKey) {
      diagnostics_.error(
          entry.at, Code::kBadLength,
          "a configuration key has 1 to 50 characters, not " + std::to_string(entry.key.size()));
      return;
    }
    const auto* setting = schema_.find(entry.key);
    if (setting == nullptr && !schema_.open) return unknown(entry);
    const auto& key = setting == nullptr ? entry.key : setting->key;
    if (!seen_.insert(key).second) {
      diagnostics_.error(entry.at, Code::kConflictingKeys,
                         quote(entry.key) + " is another spelling of `" + key +
                             "`, which is given too; keep one of the two");
      return;
    }
    if (entry.value->kind == Node::Kind::kNull) {
      diagnostics_.error(entry.at, Code::kBadConfiguration,
                         "`" + entry.key +
                             "` has no value; give one (in quotes if it starts with #{, which "
                             "begins a comment) or remove the key");
      return;
    }
    auto text = entry.value->is_scalar() ? entry.value->text : json_text(*entry.value);
    if (short_enough(entry, text) && setting != nullptr) check(*setting, *entry.value, text);
    result.values[key] = std::move(text);
  }

  void unknown(const Node::Entry& entry) {
    std::vector<std::string> known;
    for (const auto& setting : schema_.settings) known.push_back(setting.key);
    auto message = type_.uses + " has no configuration key " + quote(entry.key);
    message += known.empty() ? "; it takes no configuration" : suggestion(entry.key, known);
    diagnostics_.error(entry.at, Code::kUnknownConfiguration, std::move(message));
  }

  bool short_enough(const Node::Entry& entry, const std::string& text) {
    const auto length = std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    if (static_cast<std::size_t>(length) <= max_length_) return true;
    diagnostics_.error(entry.value->at, Code::kBadLength,
                       "the value of `" + entry.key + "` has " + std::to_string(length) +
                           " characters; a configuration value has at most " +
                           std::to_string(max_length_) + ": keep long text in a file");
    return false;
  }

  // Also brings booleans to one spelling.
  void check(const Setting& setting, const Node& value, std::string& text) {
    if (has_reference(text)) return;
    if (setting.type == "boolean") text = value.quoted ? text : folded(text);
    if (const auto wanted = wrong(setting, value, text); !wanted.empty()) {
      const auto given = setting.secret ? std::string("what stands here") : quote(text);
      diagnostics_.error(value.at, Code::kBadConfiguration,
                         "`" + setting.key + "` takes " + wanted + ", not " + given);
    }
  }

  // What the setting takes instead of `text`, or "".
  static std::string wrong(const Setting& setting, const Node& value, const std::string& text) {
    if (!setting.choices.empty() &&
        std::find(setting.choices.begin(), setting.choices.end(), text) == setting.choices.end()) {
      std::string list;
      for (const auto& choice : setting.choices) list += (list.empty() ? "" : ", ") + choice;
      return (setting.choices.size() > 1 ? "one of " : "") + list;
    }
    if (setting.type == "boolean" && text != "true" && text != "false") return "true or false";
    if (setting.type == "array" && !is_json(value, text, Json::value_t::array)) return "a list";
    if (setting.type == "object" && !is_json(value, text, Json::value_t::object)) return "a map";
    if (setting.type == "integer" || setting.type == "number") {
      const auto number = number_from(text);
      const bool whole = text.find_first_of(".eE") == std::string::npos;
      if (!number || (setting.type == "integer" && !whole)) {
        return setting.type == "integer" ? "a whole number" : "a number";
      }
      const auto shown = [](double d) {
        return Json(d == static_cast<double>(static_cast<std::int64_t>(d))
                        ? Json(static_cast<std::int64_t>(d))
                        : Json(d))
            .dump();
      };
      if (setting.minimum && *number < *setting.minimum)
        return "at least " + shown(*setting.minimum);
      if (setting.maximum && *number > *setting.maximum)
        return "at most " + shown(*setting.maximum);
    }
    if (text.size() < setting.min_length) {
      return "at least " + std::to_string(setting.min_length) + " characters";
    }
    if (setting.max_length > 0 && text.size() > setting.max_length) {
      return "at most " + std::to_string(setting.max_length) + " characters";
    }
    return "";
  }

  // A list or map of the file, or the same as JSON text (as the cloud's declarations have it).
  static bool is_json(const Node& value, const std::string& text, Json::value_t wanted) {
    if (value.is_list()) return wanted == Json::value_t::array;
    if (value.is_map()) return wanted == Json::value_t::object;
    return Json::parse(text, nullptr, false).type() == wanted;
  }

  const ActionTypeDescription& type_;
  const ConfigurationSchema schema_;
  const std::size_t max_length_;
  Diagnostics& diagnostics_;
  std::set<std::string> seen_;
};

}  // namespace

const Setting* ConfigurationSchema::find(std::string_view key) const {
  for (const auto& setting : settings) {
    const auto& aliases = setting.aliases;
    if (setting.key == key || std::find(aliases.begin(), aliases.end(), key) != aliases.end()) {
      return &setting;
    }
  }
  return nullptr;
}

ConfigurationSchema parse_configuration_schema(const std::string& json) {
  ConfigurationSchema schema;
  const auto root = Json::parse(json, nullptr, false);
  if (!root.is_object()) {
    schema.open = true;
    return schema;
  }
  schema.open = flag_at(root, "additionalProperties");
  if (const auto properties = root.find("properties");
      properties != root.end() && properties->is_object()) {
    for (const auto& [key, property] : properties->items()) {
      schema.settings.push_back(setting_from(key, property));
    }
  }
  const auto required = texts_at(root, "required");
  for (auto& setting : schema.settings) {
    setting.required = std::find(required.begin(), required.end(), setting.key) != required.end();
  }
  return schema;
}

Configuration read_configuration(const Node* node, Position owner_at,
                                 const ActionTypeDescription& type, std::size_t max_value_length,
                                 Diagnostics& diagnostics) {
  return ConfigurationReader(type, max_value_length, diagnostics).read(node, owner_at);
}

Configuration read_configuration(const Node* node) {
  Configuration result;
  if (node == nullptr || !node->is_map()) return result;
  for (const auto& entry : node->entries) {
    result.values[entry.key] =
        entry.value->is_scalar() ? entry.value->text : json_text(*entry.value);
  }
  return result;
}

}  // namespace sluice::definition
