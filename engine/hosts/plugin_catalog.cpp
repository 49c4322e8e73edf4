#include "engine/hosts/plugin_catalog.hpp"

#include <sluice/plugin.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "engine/hosts/catalog_cache.hpp"
#include "engine/hosts/plugin_probe.hpp"

namespace sluice {
namespace fs = std::filesystem;
namespace {

struct Candidate {
  std::string path, owner;
  std::optional<FileIdentity> identity;
  std::optional<wire::Description> description;
};

std::vector<Candidate> candidates(const CatalogRequest& request) {
  std::vector<Candidate> all;
  for (const auto& file : request.files)
    all.push_back({fs::absolute(file).lexically_normal(), "Custom", {}, {}});
  for (const auto& directory : request.directories) {
    std::error_code error;
    std::vector<std::string> paths;
    for (const auto& entry : fs::directory_iterator(directory.path, error))
      if (entry.path().extension() == ".so") paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    for (auto& path : paths) {
      const auto same = [&](const Candidate& other) { return other.path == path; };
      if (std::none_of(all.begin(), all.end(), same))
        all.push_back({std::move(path), directory.owner, {}, {}});
    }
  }
  return all;
}

ActionTypeDescription describe(const Candidate& plugin, const wire::ActionType& from) {
  ActionTypeDescription to;
  to.id = {static_cast<Category>(from.category), plugin.owner, from.provider, from.version};
  to.uses = from.uses;
  to.summary = from.summary;
  to.configuration_schema = from.configuration_schema;
  to.min_inputs = from.min_inputs;
  to.max_inputs = from.max_inputs;
  to.min_outputs = from.min_outputs;
  to.max_outputs = from.max_outputs;
  to.output_variables = from.output_variables;
  to.idempotent = (from.flags & SLUICE_ACTION_IDEMPOTENT) != 0;
  to.default_timeout_ms = from.default_timeout_ms;
  to.plugin_path = plugin.path;
  to.plugin_name = plugin.description->name;
  to.plugin_version = plugin.description->version;
  return to;
}

// Those that have to be asked are asked; answers go into the cache.
void ask(const CatalogRequest& request, CatalogCache& cache, std::vector<Candidate>& plugins,
         std::vector<Error>& problems) {
  std::vector<std::string> paths;
  std::vector<Candidate*> asked;
  for (auto& plugin : plugins) {
    plugin.identity = identify(plugin.path);
    const auto* const known = plugin.identity ? cache.find(plugin.path, *plugin.identity) : nullptr;
    if (known) {
      plugin.description = *known;
    } else {
      paths.push_back(plugin.path);
      asked.push_back(&plugin);
    }
  }
  auto answers = probe_plugins(request.host_program, paths, request.deadline_ms);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (!answers[i]) {
      problems.push_back(answers[i].error());
      continue;
    }
    asked[i]->description = std::move(*answers[i]);
    // A file that has been replaced meanwhile is asked again next time.
    if (asked[i]->identity && identify(asked[i]->path) == asked[i]->identity)
      cache.put(asked[i]->path, *asked[i]->identity, *asked[i]->description);
  }
}

}  // namespace

PluginCatalog read_plugin_catalog(const CatalogRequest& request) {
  PluginCatalog catalog;
  auto plugins = candidates(request);
  if (plugins.empty()) return catalog;
  CatalogCache cache(request.cache_file, identify(request.host_program).value_or(FileIdentity{}));
  ask(request, cache, plugins, catalog.problems);
  cache.save();

  // A type is taken if another one has its four names, or its name in workflow files.
  std::map<std::pair<std::string, std::string>, std::string> taken;
  for (const auto& plugin : plugins) {
    if (!plugin.description) continue;
    for (const auto& action : plugin.description->actions) {
      auto type = describe(plugin, action);
      const auto [at, fresh] = taken.emplace(std::pair(type.uses, type.id.version), plugin.path);
      if (fresh) {
        catalog.types.push_back(std::move(type));
        continue;
      }
      catalog.problems.push_back(
          {ErrorKind::kConflict, plugin.path,
           "offers " + type.uses + '@' + type.id.version + ", which " + at->second +
               " offers already and keeps: remove one of them, or give it another `uses`"});
    }
  }
  return catalog;
}

}  // namespace sluice
