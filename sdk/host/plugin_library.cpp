#include "sdk/host/plugin_library.hpp"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <cstddef>
#include <set>
#include <string_view>

#include "sdk/host/elf_file.hpp"

namespace sluice::host {
namespace {

// What version 1.0 requires; later minors append behind.
constexpr std::uint32_t kEntrySize = sizeof(sluice_plugin_entry);
constexpr std::uint32_t kActionSize = sizeof(sluice_action_type);
constexpr std::size_t kMaxActions = 256;
constexpr std::size_t kMaxSchema = 1u << 20;

// facts/codepipeline.md 5.1: provider 1..35, version 1..9, of [0-9A-Za-z_-].
bool is_name(const char* text, std::size_t most) {
  if (!text) return false;
  const std::string_view name(text);
  return !name.empty() && name.size() <= most && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
  });
}

std::string or_empty(const char* text) {
  return text ? text : "";
}

std::string default_uses(sluice_category category, std::string provider) {
  static constexpr const char* kCategories[] = {"",       "source",   "build",   "test", "deploy",
                                                "invoke", "approval", "compute", "rule"};
  for (char& c : provider)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return std::string(kCategories[category]) + '/' + provider;
}

std::string check_action(const sluice_action_type& type) {
  if (type.struct_size < kActionSize)
    return "struct_size is " + std::to_string(type.struct_size) + ", at least " +
           std::to_string(kActionSize) + " is needed: set it to sizeof(sluice_action_type)";
  if (type.category < SLUICE_CATEGORY_SOURCE || type.category > SLUICE_CATEGORY_RULE)
    return "category " + std::to_string(type.category) + " is none of sluice_category";
  if (!is_name(type.provider, 35)) return "provider must be 1 to 35 of [0-9A-Za-z_-]";
  if (!is_name(type.version, 9)) return "version must be 1 to 9 of [0-9A-Za-z_-]";
  if (!type.run) return "run is null";
  if (type.min_inputs > type.max_inputs || type.max_inputs > 10)
    return "input artifacts must be a range within 0..10";
  if (type.min_outputs > type.max_outputs || type.max_outputs > 5)
    return "output artifacts must be a range within 0..5";
  if (type.default_timeout_ms < 0) return "default_timeout_ms is negative";
  if (type.configuration_schema && strnlen(type.configuration_schema, kMaxSchema + 1) > kMaxSchema)
    return "configuration_schema is larger than 1 MiB";
  return "";
}

wire::ActionType describe(const sluice_action_type& type) {
  wire::ActionType to;
  to.category = type.category;
  to.provider = type.provider;
  to.version = type.version;
  to.uses = type.uses ? type.uses : default_uses(type.category, type.provider);
  to.summary = or_empty(type.summary);
  to.configuration_schema = or_empty(type.configuration_schema);
  to.min_inputs = type.min_inputs;
  to.max_inputs = type.max_inputs;
  to.min_outputs = type.min_outputs;
  to.max_outputs = type.max_outputs;
  for (auto name = type.output_variables; name && *name; ++name)
    to.output_variables.emplace_back(*name);
  to.flags = type.flags;
  to.default_timeout_ms = type.default_timeout_ms;
  return to;
}

// Fills description, or problem.
void describe(PluginLibrary& plugin) {
  const sluice_plugin_entry& entry = *plugin.entry;
  if (entry.struct_size < kEntrySize) {
    plugin.problem = "struct_size of sluice_plugin_entry_v1 is " +
                     std::to_string(entry.struct_size) + ", at least " +
                     std::to_string(kEntrySize) +
                     " is needed: set it to sizeof(sluice_plugin_entry)";
    return;
  }
  if (entry.abi_minor_needed > SLUICE_ABI_MINOR) {
    plugin.problem = "needs minor version " + std::to_string(entry.abi_minor_needed) +
                     " of the plugin interface, this sluice has " +
                     std::to_string(SLUICE_ABI_MINOR) +
                     ": upgrade sluice, or build the plugin against an older SDK";
    return;
  }
  if (!entry.name || !*entry.name || !entry.version || !entry.actions) {
    plugin.problem = "sluice_plugin_entry_v1 has no name, version or actions: fill them in";
    return;
  }
  plugin.description = {
      entry.name, entry.version, or_empty(entry.description), entry.abi_minor_needed, {}};
  std::set<std::tuple<int, std::string, std::string>> seen;
  for (auto at = entry.actions; *at; ++at) {
    std::string problem = check_action(**at);
    if (problem.empty() && plugin.description.actions.size() == kMaxActions)
      problem = "more than 256 actions";
    if (problem.empty() && !seen.emplace((*at)->category, (*at)->provider, (*at)->version).second)
      problem = "a second action type with the same category, provider and version";
    if (!problem.empty()) {
      plugin.problem =
          "action " + std::to_string(plugin.description.actions.size() + 1) + ": " + problem;
      return;
    }
    plugin.description.actions.push_back(describe(**at));
  }
  if (plugin.description.actions.empty()) plugin.problem = "offers no action";
}

}  // namespace

const sluice_action_type* PluginLibrary::find(std::uint32_t category, const std::string& provider,
                                              const std::string& version) const {
  for (auto at = entry->actions; *at; ++at)
    if ((*at)->category == category && provider == (*at)->provider && version == (*at)->version)
      return *at;
  return nullptr;
}

PluginLibrary load_plugin(const std::string& path) {
  PluginLibrary plugin;
  plugin.problem = check_plugin_file(path);
  if (!plugin.problem.empty()) return plugin;
  try {
    // Leaked on purpose: the library stays until the process ends.
    auto* const library = new boost::dll::shared_library(
        path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    plugin.entry = &library->get<const sluice_plugin_entry>("sluice_plugin_entry_v1");
  } catch (const std::exception& error) {
    plugin.problem = std::string("cannot be loaded: ") + error.what();
    return plugin;
  }
  describe(plugin);
  return plugin;
}

}  // namespace sluice::host
