// Text of an AppSpec file for servers -> model. Pure: reads no file. The YAML library is seen by
// this parser alone; its exceptions end here.
//
// Faults carry one of these words and file:line:column:
//   EMPTY_APPSPEC APPSPEC_TOO_LARGE YAML_SYNTAX TYPE_ERROR INVALID_VERSION UNSUPPORTED_OS
//   INVALID_FILE_EXISTS_BEHAVIOR HOOK_NO_LOCATION HOOK_BAD_TIMEOUT FILE_NO_SOURCE
//   FILE_NO_DESTINATION PERM_NO_OBJECT PERM_BAD_TYPE MODE_CHAR MODE_LENGTH ACL_MALFORMED
//   ACL_BAD_CHAR ACL_BASE_ENTRY CONTEXT_NO_TYPE RANGE_INVALID
#pragma once

#include <cstddef>
#include <string>

#include "plugins/deploy/appspec/fault.hpp"
#include "plugins/deploy/appspec/model.hpp"

namespace sluice::appspec {

inline constexpr std::size_t kMaxAppSpecBytes = 1U << 20U;

// `file` is the name that faults and warnings begin with. The rules are those of the CodeDeploy
// agent 1.8.1 (facts/build_deploy.md B1-B5): the first thing that is wrong is reported.
[[nodiscard]] Checked<AppSpec> parse_appspec(const std::string& text, const std::string& file);

}  // namespace sluice::appspec
