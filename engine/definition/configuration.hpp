// An action type's configuration schema, and a file's `configuration` checked against it.
//
// Of JSON Schema it knows what plugins use: properties with type, enum, default, description,
// minimum, maximum, minLength, maxLength; required; additionalProperties: true; and three words of
// ours: x-secret (never shown), x-aliases (other accepted spellings), x-artifact-path (the value
// may be Artifact::path).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/definition/node.hpp"

namespace sluice::definition {

struct Setting {
  std::string key, type = "string",
                   description;  // type: string, integer, number, boolean, array, object
  std::vector<std::string> aliases, choices;
  std::optional<std::string> default_value;
  std::optional<double> minimum, maximum;
  std::size_t min_length = 0, max_length = 0;  // max 0: no limit
  bool required = false, secret = false, artifact_path = false;
};

struct ConfigurationSchema {
  std::vector<Setting> settings;
  bool open = false;  // other keys are accepted: no schema at all, or additionalProperties
  // By the canonical key or an alias; null if there is none.
  [[nodiscard]] const Setting* find(std::string_view key) const;
};

// A text that is no schema gives an open one: a plugin's mistake is not the file author's.
[[nodiscard]] ConfigurationSchema parse_configuration_schema(const std::string& json);

struct Configuration {
  std::map<std::string, std::string> values;  // canonical keys; lists and maps as JSON text
  std::vector<std::string> secret_keys;       // canonical, sorted; whether they have a value or not
};

// `node` may be null: then only what is required can be missing. `owner_at` is where that is said.
[[nodiscard]] Configuration read_configuration(const Node* node, Position owner_at,
                                               const ActionTypeDescription& type,
                                               std::size_t max_value_length,
                                               Diagnostics& diagnostics);

// The same without a known type: texts as they are.
[[nodiscard]] Configuration read_configuration(const Node* node);

}  // namespace sluice::definition
