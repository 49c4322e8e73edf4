#include "plugins/build/settings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sluice::build {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kLongestMinutes = 2160;  // A5; the cloud's lower limit of 5 is not kept

bool is_project_name(const std::string& name) {
  return name.size() >= 2 && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

std::string default_project(const Run& run) {
  std::string name = run.pipeline() + '-' + run.action();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') c = '-';
  while (!name.empty() && name.front() == '-') name.erase(0, 1);
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.size() < 2 ? "build" : name.substr(0, 255);
}

std::string read_variable(const json& item, ProjectVariable& into) {
  if (!item.is_object()) return "each element has to be an object with name, value and type";
  for (const auto& [key, value] : item.items()) {
    if (!value.is_string()) return "'" + key + "' has to be a string";
    const auto text = value.get<std::string>();
    if (key == "name") {
      into.name = text;
    } else if (key == "value") {
      into.value = text;
    } else if (key != "type") {
      return "unknown key '" + key + "'; known are name, value and type";
    } else if (text == "PARAMETER_STORE") {
      into.type = ProjectVariable::Type::kParameterStore;
    } else if (text == "SECRETS_MANAGER") {
      into.type = ProjectVariable::Type::kSecretsManager;
    } else if (text != "PLAINTEXT") {
      return "type is PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER, not '" + text + "'";
    }
  }
  if (into.name.empty() || into.name.find('=') != std::string::npos)
    return "'" + into.name + "' cannot be the name of a variable";
  return {};
}

std::string read_variables(const std::string& text, std::vector<ProjectVariable>& into) {
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array()) return "environmentVariables has to be a JSON list of {name, value, type}";
  for (std::size_t i = 0; i < list.size(); ++i) {
    into.emplace_back();
    if (auto trouble = read_variable(list[i], into.back()); !trouble.empty())
      return "environmentVariables[" + std::to_string(i) + "]: " + trouble;
  }
  return {};
}

std::string read_timeout(const std::string& text, std::int64_t& into) {
  char* end = nullptr;
  const double minutes = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !std::isfinite(minutes) || minutes <= 0 || minutes > kLongestMinutes)
    return "timeoutInMinutes has to be a number of minutes up to 2160, not '" + text + "'";
  into = std::max<std::int64_t>(1, std::llround(minutes * 60'000));
  return {};
}

std::string read_inputs(const Run& run, Settings& settings) {
  settings.inputs = run.inputs();
  const auto wanted = run.configuration("primarySource");
  if (wanted) {
    const auto found = std::find_if(settings.inputs.begin(), settings.inputs.end(),
                                    [&](const auto& input) { return input.name == *wanted; });
    if (found == settings.inputs.end())
      return "primarySource: '" + *wanted + "' is not an input artifact of this action";
    settings.primary = static_cast<std::size_t>(found - settings.inputs.begin());
  } else if (settings.inputs.size() > 1) {
    return "primarySource is required with more than one input artifact: it names the one that "
           "holds the buildspec";
  }
  settings.source_directory =
      settings.inputs.empty() ? run.work_directory() : settings.inputs[settings.primary].directory;
  settings.source_directory = fs::absolute(settings.source_directory).lexically_normal();
  return {};
}

std::string file_setting(const Run& run, const char* key, const char* variable) {
  const char* fallback = std::getenv(variable);
  const std::string path = run.configuration(key, fallback ? fallback : "");
  return path.empty() ? path : (fs::path(run.base_directory()) / path).string();
}

}  // namespace

std::string read_settings(const Run& run, Settings& settings) {
  if (run.flag("batchEnabled"))
    return "batchEnabled: batch builds are not offered; use actions with one runOrder instead";
  settings.buildspec = run.configuration("buildspec", settings.buildspec);
  if (settings.buildspec.empty()) settings.buildspec = "buildspec.yml";
  settings.inline_buildspec =
      settings.buildspec.find('\n') != std::string::npos || settings.buildspec.front() == '{';
  settings.project = run.configuration("projectName", default_project(run));
  if (!is_project_name(settings.project))
    return "projectName: '" + settings.project +
           "' has to be 2 to 255 letters, digits, hyphens or underscores";
  settings.cache = run.configuration("cache", "LOCAL") != "NO_CACHE";
  settings.parameter_store_file = file_setting(run, "parameterStoreFile", "SLUICE_PARAMETER_STORE");
  settings.secrets_manager_file = file_setting(run, "secretsManagerFile", "SLUICE_SECRETS_MANAGER");
  if (const auto text = run.configuration("timeoutInMinutes"))
    if (auto trouble = read_timeout(*text, settings.timeout_ms); !trouble.empty()) return trouble;
  if (const auto text = run.configuration("environmentVariables"))
    if (auto trouble = read_variables(*text, settings.variables); !trouble.empty()) return trouble;
  return read_inputs(run, settings);
}

}  // namespace sluice::build
