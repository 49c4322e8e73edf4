// One plugin library, loaded into this process for good: it is never unloaded.
#pragma once

#include <sluice/plugin.h>

#include <string>
#include <vector>

#include "sdk/wire/messages.hpp"

namespace sluice::host {

struct PluginLibrary {
  const sluice_plugin_entry* entry = nullptr;
  wire::Description description;
  std::string problem;  // why it cannot be used; "" if it can

  // The action type by its names, or null.
  [[nodiscard]] const sluice_action_type* find(std::uint32_t category, const std::string& provider,
                                               const std::string& version) const;
};

// Checks the file, loads it, checks sizes, versions and every declared name. Calls nothing of the
// plugin; what the library does at load time by itself is beyond our reach.
[[nodiscard]] PluginLibrary load_plugin(const std::string& path);

}  // namespace sluice::host
