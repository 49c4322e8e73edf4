// Where a webhook's secret is: an environment variable of the server, or a file.
#pragma once

#include <string>

#include "engine/core/declaration.hpp"
#include "engine/core/result.hpp"

namespace sluice::triggers {

// A file's last line end is not part of it. Refuses what is missing and what is empty.
[[nodiscard]] Result<std::string> webhook_secret(const WebhookDeclaration& webhook);

}  // namespace sluice::triggers
