// A memory on disk: DIRECTORY/PIPELINE.json, written whole and atomically.
#pragma once

#include <string>

#include "engine/core/result.hpp"
#include "engine/triggers/memory.hpp"

namespace sluice::triggers {

// A new memory, with an id of its own, if there is no file.
[[nodiscard]] Result<Memory> load_memory(const std::string& path);
// Durable when it returns well.
[[nodiscard]] Result<void> save_memory(const std::string& path, const Memory& memory);

}  // namespace sluice::triggers
