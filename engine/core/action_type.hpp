// What is known of an action type without running it: the plugin's own description
// (sdk/include/sluice/plugin.h). engine/hosts reads it from plugins, engine/definition checks
// workflow files against it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/declaration.hpp"

namespace sluice {

struct ActionTypeDescription {
  ActionTypeId id;
  std::string uses;     // "build/buildspec"
  std::string summary;  // one sentence
  std::string
      configuration_schema;  // JSON text: an object schema with x-secret and x-aliases; "" if none
  std::uint32_t min_inputs = 0, max_inputs = 0, min_outputs = 0, max_outputs = 0;
  std::vector<std::string> output_variables;  // empty: any
  bool idempotent = false;
  std::int64_t default_timeout_ms = 0;
  std::string plugin_path, plugin_name, plugin_version;
  bool operator==(const ActionTypeDescription&) const = default;
};

}  // namespace sluice
