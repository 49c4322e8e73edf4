// Copies directory trees.
#pragma once

#include <string>

#include "engine/core/result.hpp"

namespace sluice {

// Copies what is in `from` into `to`, which is made if it is not there: files with their mode and
// times, directories, and symbolic links as links. What has the same name in `to` is replaced;
// sockets, pipes and devices are left out. The error's `where` is the path.
[[nodiscard]] Result<void> copy_directory(const std::string& from, const std::string& to);

}  // namespace sluice
