// What `sluice plugin new` writes.
#pragma once

#include <string>

#include "engine/core/result.hpp"

namespace sluice {

// Makes the folder `name` with a plugin that builds against the installed SDK, its test and a
// README. language: "c++" or "c". Fails if the name cannot be one, or the folder exists.
[[nodiscard]] Result<void> write_plugin_template(const std::string& name,
                                                 const std::string& language);

}  // namespace sluice
