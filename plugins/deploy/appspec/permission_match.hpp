// Which of a deployment's paths an entry of `permissions` reaches (facts/build_deploy.md B3). Pure.
#pragma once

#include <string>
#include <string_view>

#include "plugins/deploy/appspec/model.hpp"

namespace sluice::appspec {

// `*` is the only wildcard; everything else stands for itself. Never matches a name with a slash.
[[nodiscard]] bool matches_glob(std::string_view name, std::string_view pattern);

// True for a path under `object`: at any depth with the pattern `**`, else only for a direct child
// whose name matches. `except` is tested against direct children alone.
[[nodiscard]] bool permission_reaches(const Permission& permission, const std::string& object,
                                      const std::string& path);

}  // namespace sluice::appspec
