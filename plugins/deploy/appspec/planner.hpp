// AppSpec + what is on the host -> the instructions of an installation, or why there can be none.
// Pure but for the questions it asks of a FileTree; nothing on the host is changed.
//
// Faults: FILE_EXISTS (every collision is listed), INVALID_EXISTS_OPTION, DUP_COPY,
// MKDIR_OVER_COPY, COPY_OVER_MKDIR, DUP_PERMISSION, FILE_PERM_PATTERN, FILE_PERM_EXCEPT,
// FILE_DEFAULT_ACL, INVALID_PATH.
#pragma once

#include <string>
#include <vector>

#include "plugins/deploy/appspec/fault.hpp"
#include "plugins/deploy/appspec/file_tree.hpp"
#include "plugins/deploy/appspec/instruction.hpp"
#include "plugins/deploy/appspec/model.hpp"

namespace sluice::appspec {

struct Placement {
  std::string archive;               // the unpacked revision, absolute
  std::string base;                  // where a relative destination starts, absolute
  std::string root;                  // put before every destination and object; "" for none
  std::string file_exists_behavior;  // the deployment's option; the AppSpec's own key wins
};

// A path as the deployment sees it: absolute, without `.`, `..` and a slash at the end.
[[nodiscard]] std::string placed_path(const std::string& path, const Placement& placement);

[[nodiscard]] Checked<std::vector<Instruction>> plan_installation(const AppSpec& spec,
                                                                  const Placement& placement,
                                                                  const FileTree& tree);

}  // namespace sluice::appspec
