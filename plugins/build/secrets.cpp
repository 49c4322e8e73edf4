#include "plugins/build/secrets.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

namespace sluice::build {
namespace {
using nlohmann::json;

constexpr std::size_t kArnFields = 7;  // arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME

std::vector<std::string> split_reference(const std::string& text) {
  std::vector<std::string> fields(1);
  for (const char c : text) {
    if (c == ':')
      fields.emplace_back();
    else
      fields.back() += c;
  }
  if (fields[0] == "arn" && fields.size() >= kArnFields) {
    for (std::size_t i = 1; i < kArnFields; ++i) fields[0] += ':' + fields[i];
    fields.erase(fields.begin() + 1, fields.begin() + kArnFields);
  }
  fields.resize(std::max<std::size_t>(fields.size(), 4));
  return fields;
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// The entry of that name in the file, or an error.
json find_entry(const std::string& file, const std::string& name, const char* what,
                const char* setting, std::string& error) {
  if (file.empty()) {
    error = std::string(what) + " " + name +
            " cannot be resolved here: name a JSON file of values in " + setting;
    return {};
  }
  std::ifstream stream(file);
  const json all = json::parse(stream, nullptr, false);
  if (!all.is_object()) {
    error = file + " (" + setting + ") is missing or not a JSON object";
    return {};
  }
  const auto found = all.find(name);
  if (found == all.end()) {
    error = std::string(what) + " does not exist: " + name;
    return {};
  }
  return *found;
}

}  // namespace

Lookup look_up_parameter(const std::string& file, const std::string& name) {
  Lookup lookup;
  const json entry = find_entry(file, name, "Parameter", "parameterStoreFile", lookup.error);
  if (lookup.error.empty()) lookup.value = text_of(entry);
  return lookup;
}

Lookup look_up_secret(const std::string& file, const std::string& reference) {
  Lookup lookup;
  const auto fields = split_reference(reference);
  if (fields.size() > 4) return {"", "secret " + reference + " has more than four parts"};
  if (!fields[2].empty() && !fields[3].empty())
    return {"", "secret " + reference + " names both a version stage and a version id"};
  if (!fields[3].empty() || (!fields[2].empty() && fields[2] != "AWSCURRENT"))
    return {"", "secret " + reference + ": only the current version can be resolved here"};
  const json entry = find_entry(file, fields[0], "Secret", "secretsManagerFile", lookup.error);
  if (!lookup.error.empty()) return lookup;
  if (fields[1].empty()) {
    lookup.value = text_of(entry);
    return lookup;
  }
  // A secret's text may itself be JSON, as in the cloud.
  const json object =
      entry.is_string() ? json::parse(entry.get<std::string>(), nullptr, false) : entry;
  if (!object.is_object() || !object.contains(fields[1]))
    lookup.error = "Secret " + fields[0] + " has no key " + fields[1];
  else
    lookup.value = text_of(object[fields[1]]);
  return lookup;
}

}  // namespace sluice::build
