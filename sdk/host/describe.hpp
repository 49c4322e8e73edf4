// What `sluice-action-host --describe FILE` prints.
#pragma once

#include <string>

#include "sdk/wire/messages.hpp"

namespace sluice::host {

// A JSON object: name, version, description, abiMinorNeeded, actions[]. configurationSchema is
// given as a string, because it is the plugin's text.
[[nodiscard]] std::string to_json(const wire::Description& description);

// A JSON string with its quotes; invalid UTF-8 is replaced.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace sluice::host
