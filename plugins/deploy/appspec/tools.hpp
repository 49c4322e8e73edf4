// What an installation asks of other programs and of the account database: ACLs through setfacl,
// SELinux through semanage and restorecon, owners by name.
#pragma once

#include <optional>
#include <string>

#include "plugins/deploy/appspec/fault.hpp"
#include "plugins/deploy/appspec/instruction.hpp"

namespace sluice::appspec {

// Replaces the whole ACL. Faults: ACL_TOOL_MISSING, ACL_FAILED, IO_ERROR.
[[nodiscard]] Check apply_acl(const ChangeAcl& step);

// semanage fcontext -a, then restorecon. Faults: SELINUX_TOOL_MISSING, SELINUX_FAILED.
[[nodiscard]] Check apply_security_context(const ChangeSecurityLabel& step);
// True when both SELinux tools are installed.
[[nodiscard]] Check require_security_tools(const std::string& path);
// semanage fcontext -d; what cannot be undone is left, as the agent does.
void forget_security_context(const std::string& path);

// By name only. Faults: UNKNOWN_OWNER, UNKNOWN_GROUP, CHOWN_REFUSED.
[[nodiscard]] Check apply_owner(const ChangeOwner& step);

}  // namespace sluice::appspec
