#include "plugins/deploy/appspec/installer.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "plugins/deploy/appspec/cleanup.hpp"
#include "plugins/deploy/appspec/disk.hpp"
#include "plugins/deploy/appspec/tools.hpp"

namespace sluice::appspec {
namespace {

namespace fs = std::filesystem;

struct Step {
  CleanupList& list;

  Check operator()(const MakeDirectory& step) const {
    if (::mkdir(step.path.c_str(), 0777) != 0) {
      if (errno == EEXIST)
        return Fault{"DIRECTORY_EXISTS",
                     "a directory is needed here, but something else has the name; remove it",
                     step.path};
      return io_fault("cannot make the directory", step.path, errno);
    }
    return list.add_path(step.path);
  }

  Check operator()(const CopyFile& step) const {
    if (auto listed = list.add_path(step.destination); !listed) return listed;
    std::error_code error;
    if (fs::is_symlink(step.source, error)) return copy_link(step.source, step.destination);
    // As cp does: onto a directory means into it.
    if (fs::is_directory(step.destination, error))
      return copy_regular_file(step.source,
                               step.destination + "/" + fs::path(step.source).filename().string());
    return copy_regular_file(step.source, step.destination);
  }

  Check operator()(const ChangeMode& step) const {
    const auto mode = static_cast<mode_t>(std::stoul(step.mode, nullptr, 8));
    if (::chmod(step.path.c_str(), mode) == 0) return Done{};
    return io_fault("cannot set the mode " + step.mode, step.path, errno);
  }

  Check operator()(const ChangeAcl& step) const { return apply_acl(step); }

  Check operator()(const ChangeSecurityLabel& step) const {
    if (auto tools = require_security_tools(step.path); !tools) return tools;
    if (auto listed = list.add_security_context(step.path); !listed) return listed;
    return apply_security_context(step);
  }

  Check operator()(const ChangeOwner& step) const { return apply_owner(step); }
};

}  // namespace

Check install(const std::vector<Instruction>& instructions, const std::string& cleanup_list,
              const std::function<bool()>& cancelled) {
  CleanupList list;
  if (auto opened = list.open(cleanup_list); !opened) return opened;
  for (const auto& instruction : instructions) {
    if (cancelled && cancelled())
      return Fault{"CANCELLED", "the deployment was stopped while it copied files", {}};
    if (auto done = std::visit(Step{list}, instruction); !done) return done;
  }
  return list.close();
}

}  // namespace sluice::appspec
