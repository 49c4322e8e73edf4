#include "engine/hosts/installation.hpp"

#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace sluice {
namespace fs = std::filesystem;
namespace {

fs::path prefix() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path();
}

}  // namespace

std::string action_host_program() {
  return prefix() / "libexec/sluice/sluice-action-host";
}

std::vector<PluginDirectory> plugin_directories(const std::string& workflow_directory,
                                                const std::string& data_directory) {
  std::vector<PluginDirectory> directories;
  const fs::path home = prefix();
  std::string last;
  // SLUICE_INSTALL_LIBDIR is where `make install` puts libraries: lib, or lib/x86_64-linux-gnu.
  for (const char* const library : {"lib", SLUICE_INSTALL_LIBDIR}) {
    const std::string path = home / library / "sluice/plugins";
    if (path != last) directories.push_back({path, "Sluice"});
    last = path;
  }
  const char* const variable = std::getenv("SLUICE_PLUGIN_PATH");
  std::string_view rest = variable ? variable : "";
  while (!rest.empty()) {
    const auto end = rest.find(':');
    if (const auto path = rest.substr(0, end); !path.empty())
      directories.push_back({fs::absolute(path).lexically_normal(), "Custom"});
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (!workflow_directory.empty())
    directories.push_back({fs::absolute(workflow_directory) / ".sluice/plugins", "Custom"});
  if (!data_directory.empty())
    directories.push_back({fs::absolute(data_directory) / "plugins", "Custom"});
  return directories;
}

}  // namespace sluice
