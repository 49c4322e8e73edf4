// What an executable of invoke/exec finds in its environment.
#pragma once

#include <optional>
#include <sluice/action.hpp>
#include <string>

#include "plugins/process/child.hpp"

namespace sluice::invoke {

// The setting `environment`: a JSON object of strings, or a list of {"name", "value"} as the cloud
// service writes it. std::nullopt and a sentence in `problem` otherwise.
[[nodiscard]] std::optional<process::Environment> parse_environment(const std::string& text,
                                                                    std::string& problem);

// The engine's own environment, SLUICE_..., the action's environmentVariables and the setting, the
// later ones over the earlier.
[[nodiscard]] process::Environment environment_of(const Run& run,
                                                  const process::Environment& setting);

}  // namespace sluice::invoke
