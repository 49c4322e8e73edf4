// Where the parts of this installation lie: relative to the running program, before and after
// `make install` alike.
#pragma once

#include <string>
#include <vector>

namespace sluice {

struct PluginDirectory {
  std::string path;
  std::string owner;  // of the action types found there: Sluice (first-party) or Custom
  bool operator==(const PluginDirectory&) const = default;
};

// PREFIX/libexec/sluice/sluice-action-host; PREFIX is the parent of the directory of the running
// program.
[[nodiscard]] std::string action_host_program();

// In order of precedence: first-party, each of $SLUICE_PLUGIN_PATH (separated by colons),
// workflow_directory/.sluice/plugins, data_directory/plugins. Either directory may be "": left out.
// They need not exist.
[[nodiscard]] std::vector<PluginDirectory> plugin_directories(const std::string& workflow_directory,
                                                              const std::string& data_directory);

}  // namespace sluice
