// The action types that the plugins of an installation offer.
//
// A plugin is asked once (plugin_probe.hpp); its answer is kept in a cache file until the plugin
// file or the host program changes, so that a start costs some stat calls and one read.
#pragma once

#include <string>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/core/result.hpp"
#include "engine/hosts/installation.hpp"

namespace sluice {

struct CatalogRequest {
  std::string host_program;                  // action_host_program()
  std::vector<PluginDirectory> directories;  // every *.so in them; earlier ones win
  std::vector<std::string> files;            // single plugins, owner Custom; they win over all
  std::string cache_file;                    // "" : no cache
  int deadline_ms = 5000;                    // for each plugin that has to be asked
};

struct PluginCatalog {
  std::vector<ActionTypeDescription> types;
  // Files that are no good, and types that another file offers already. `where` is the file; the
  // message names the rule and the remedy. They do not keep the others from working.
  std::vector<Error> problems;
};

// Never fails as a whole: no plugin at all is an empty catalogue.
[[nodiscard]] PluginCatalog read_plugin_catalog(const CatalogRequest& request);

}  // namespace sluice
