// Looks at a plugin file before anything of it is loaded: the dynamic loader would already run its
// constructors.
#pragma once

#include <string>

namespace sluice::host {

// "" if the file is a 64-bit ELF shared library for this machine that exports exactly the entry
// symbol of plugin.h; else one sentence that says which rule is broken and what to do. The file's
// path is not part of it.
[[nodiscard]] std::string check_plugin_file(const std::string& path);

}  // namespace sluice::host
