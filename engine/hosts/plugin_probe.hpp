// Asks plugin files what they are, each in a throw-away sluice-action-host.
#pragma once

#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "sdk/wire/messages.hpp"

namespace sluice {

// One result for each path, in their order; several are asked at once. An error says in one
// sentence what is wrong with the file; its `where` is the path. Blocks, for deadline_ms a file at
// most.
[[nodiscard]] std::vector<Result<wire::Description>> probe_plugins(
    const std::string& host_program, const std::vector<std::string>& paths, int deadline_ms);

}  // namespace sluice
