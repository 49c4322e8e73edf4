#include "plugins/invoke/environment.hpp"

#include <cctype>
#include <nlohmann/json.hpp>

namespace sluice::invoke {
namespace {

using Json = nlohmann::json;
constexpr const char* kShape =
    R"(environment: it must be JSON, {"NAME": "value"} or [{"name": "NAME", "value": "value"}])";

void set(process::Environment& environment, const std::string& name, const std::string& value) {
  std::erase_if(environment, [&](const auto& entry) { return entry.first == name; });
  environment.emplace_back(name, value);
}

bool is_name(const std::string& name) {
  return !name.empty() && name.find_first_of(std::string("=\0", 2)) == std::string::npos;
}

bool add_entry(process::Environment& environment, const Json& name, const Json& value) {
  if (!name.is_string() || !value.is_string() || !is_name(name.get<std::string>())) return false;
  const auto text = value.get<std::string>();
  if (text.find('\0') != std::string::npos) return false;
  set(environment, name.get<std::string>(), text);
  return true;
}

// Artifact names may have "-", which shells do not take in a variable's name.
std::string variable_for(const std::string& prefix, const std::string& artifact) {
  std::string name = prefix + artifact;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

}  // namespace

std::optional<process::Environment> parse_environment(const std::string& text,
                                                      std::string& problem) {
  process::Environment environment;
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return environment;
  const Json json = Json::parse(text, nullptr, false);
  bool good = json.is_object() || json.is_array();
  if (json.is_object())
    for (const auto& [name, value] : json.items())
      good = good && add_entry(environment, Json(name), value);
  if (json.is_array())
    for (const auto& entry : json)
      good = good && entry.is_object() &&
             add_entry(environment, entry.value("name", Json()), entry.value("value", Json()));
  if (good) return environment;
  problem = kShape;
  return std::nullopt;
}

process::Environment environment_of(const Run& run, const process::Environment& setting) {
  auto environment = process::inherited_environment();
  const process::Environment ours = {
      {"SLUICE_PIPELINE", run.pipeline()},
      {"SLUICE_EXECUTION_ID", run.execution_id()},
      {"SLUICE_STAGE", run.stage()},
      {"SLUICE_ACTION", run.action()},
      {"SLUICE_ACTION_EXECUTION_ID", run.action_execution_id()},
      {"SLUICE_BASE_DIRECTORY", run.base_directory()},
      {"SLUICE_STATE_DIRECTORY", run.state_directory()},
      {"SLUICE_WORK_DIRECTORY", run.work_directory()},
      {"SLUICE_USER_PARAMETERS", run.configuration("userParameters", "")},
      {"SLUICE_CONTINUATION_TOKEN", run.continuation().value_or("")},
      {"SLUICE_SIGNAL", run.signal().value_or("")},
  };
  for (const auto& [name, value] : ours) set(environment, name, value);
  for (const auto& input : run.inputs())
    set(environment, variable_for("SLUICE_INPUT_", input.name), input.directory);
  for (const auto& output : run.outputs())
    set(environment, variable_for("SLUICE_OUTPUT_", output.name), output.directory);
  for (const auto& [name, value] : run.environment()) set(environment, name, value);
  for (const auto& [name, value] : setting) set(environment, name, value);
  return environment;
}

}  // namespace sluice::invoke
