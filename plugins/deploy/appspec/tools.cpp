#include "plugins/deploy/appspec/tools.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string_view>
#include <vector>

#include "plugins/deploy/appspec/disk.hpp"
#include "plugins/deploy/appspec/permission_values.hpp"
#include "plugins/process/child.hpp"

namespace sluice::appspec {
namespace {

constexpr std::int64_t kToolTimeout_ms = 5 * 60 * 1000;

// The program's path in PATH or the system folders, or "".
std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::stringstream folders(std::string(path ? path : "") +
                            ":/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string program = folder + "/" + name;
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

// Runs a tool; what it said when it failed, or nothing when it went well.
std::optional<std::string> complaint(std::vector<std::string> arguments) {
  std::string said;
  process::Lines lines([&](const std::string& line) {
    if (said.size() < 1000) said += (said.empty() ? "" : "; ") + line;
  });
  process::Command command;
  command.arguments = std::move(arguments);
  command.directory = "/";
  command.environment = process::inherited_environment();
  command.deadline_ms = kToolTimeout_ms;
  command.on_output = command.on_error = [&](std::string_view bytes) { lines.add(bytes); };
  const process::Ending ending = process::run(command);
  lines.finish();
  if (ending.succeeded()) return std::nullopt;
  return said.empty() ? ending.text() : said;
}

}  // namespace

Check apply_acl(const ChangeAcl& step) {
  const std::string setfacl = find_program("setfacl");
  if (setfacl.empty())
    return Fault{"ACL_TOOL_MISSING",
                 "acls need the program setfacl; install the package acl, or remove acls",
                 step.path};
  struct stat status {};
  if (::stat(step.path.c_str(), &status) != 0)
    return io_fault("cannot read the mode", step.path, errno);
  std::string whole;
  for (const auto& ace : complete_acl(step.entries, status.st_mode))
    whole += (whole.empty() ? "" : ",") + ace_text(ace);
  if (const auto said = complaint({setfacl, "--set", whole, "--", step.path}))
    return Fault{"ACL_FAILED", "setfacl --set " + whole + " failed: " + *said, step.path};
  return Done{};
}

Check require_security_tools(const std::string& path) {
  for (const char* tool : {"semanage", "restorecon"})
    if (find_program(tool).empty())
      return Fault{"SELINUX_TOOL_MISSING",
                   std::string("context needs the program ") + tool +
                       "; install policycoreutils and its semanage, or remove context",
                   path};
  return Done{};
}

Check apply_security_context(const ChangeSecurityLabel& step) {
  std::vector<std::string> add = {find_program("semanage"), "fcontext", "-a"};
  if (!step.context.user.empty()) add.insert(add.end(), {"-s", step.context.user});
  add.insert(add.end(), {"-t", step.context.type});
  if (!step.context.range.empty()) add.insert(add.end(), {"-r", step.context.range});
  add.push_back(step.path);
  if (const auto said = complaint(add))
    return Fault{"SELINUX_FAILED", "semanage fcontext -a failed: " + *said, step.path};
  if (const auto said = complaint({find_program("restorecon"), "-v", step.path}))
    return Fault{"SELINUX_FAILED", "restorecon failed: " + *said, step.path};
  return Done{};
}

void forget_security_context(const std::string& path) {
  if (const std::string semanage = find_program("semanage"); !semanage.empty())
    complaint({semanage, "fcontext", "-d", path});
}

Check apply_owner(const ChangeOwner& step) {
  auto owner = static_cast<uid_t>(-1);
  auto group = static_cast<gid_t>(-1);
  if (step.owner) {
    const passwd* account = ::getpwnam(step.owner->c_str());
    if (!account)
      return Fault{"UNKNOWN_OWNER",
                   "there is no user '" + *step.owner +
                       "' on this host; create it, or name another owner (numbers are not taken)",
                   step.path};
    owner = account->pw_uid;
  }
  if (step.group) {
    const struct group* entry = ::getgrnam(step.group->c_str());
    if (!entry)
      return Fault{"UNKNOWN_GROUP",
                   "there is no group '" + *step.group +
                       "' on this host; create it, or name another group (numbers are not taken)",
                   step.path};
    group = entry->gr_gid;
  }
  if (::chown(step.path.c_str(), owner, group) == 0) return Done{};
  if (errno == EPERM)
    return Fault{"CHOWN_REFUSED",
                 "only root may give files away; run sluice as root, or remove owner and group "
                 "from permissions",
                 step.path};
  return io_fault("cannot change the owner", step.path, errno);
}

}  // namespace sluice::appspec
