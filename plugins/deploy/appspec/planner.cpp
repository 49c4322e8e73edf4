#include "plugins/deploy/appspec/planner.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "plugins/deploy/appspec/permission_match.hpp"

namespace sluice::appspec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCollisionsShown = 20;

std::string parent_of(const std::string& path) {
  return fs::path(path).parent_path().string();
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

class Plan {
 public:
  Plan(const AppSpec& spec, const Placement& placement, const FileTree& tree)
      : spec_(spec), placement_(placement), tree_(tree) {
    behavior_ = spec.file_exists_behavior;
    if (behavior_.empty()) behavior_ = upper(placement.file_exists_behavior);
    if (behavior_.empty()) behavior_ = "DISALLOW";
  }

  Checked<std::vector<Instruction>> make() {
    for (const auto& mapping : spec_.files) {
      auto done = place(mapping);
      if (!done) return collisions_.empty() ? done.fault() : collision_fault();
    }
    if (!collisions_.empty()) return collision_fault();
    for (const auto& permission : spec_.permissions)
      if (auto done = permit(permission); !done) return done.fault();
    return std::move(instructions_);
  }

 private:
  Check place(const FileMapping& mapping) {
    const std::string source = placed_path(placement_.archive + "/" + mapping.source, {});
    const std::string destination = placed_path(mapping.destination, placement_);
    if (tree_.is_directory(source)) {
      if (auto done = make_ancestors(destination); !done) return done;
      return copy_directory(source, destination);
    }
    const std::string target =
        placed_path(destination + "/" + fs::path(source).filename().string(), {});
    if (auto done = make_ancestors(target); !done) return done;
    return copy_file(source, target);
  }

  Check make_ancestors(const std::string& path) {
    std::vector<std::string> missing;
    for (std::string at = parent_of(path); at != "/" && !at.empty() && !tree_.exists(at);
         at = parent_of(at))
      missing.push_back(at);
    for (auto at = missing.rbegin(); at != missing.rend(); ++at)
      if (auto done = make_directory(*at); !done) return done;
    return Done{};
  }

  Check copy_directory(const std::string& source, const std::string& destination) {
    // A link to a folder is followed, so one to a folder above itself would never end.
    const std::string resolved = tree_.resolved(source);
    if (std::find(above_.begin(), above_.end(), resolved) != above_.end())
      return Fault{"INVALID_PATH",
                   "a symbolic link of the revision leads to a folder above itself; remove it",
                   source};
    above_.push_back(resolved);
    auto done = copy_entries(source, destination);
    above_.pop_back();
    return done;
  }

  Check copy_entries(const std::string& source, const std::string& destination) {
    if (!tree_.is_directory(destination))
      if (auto done = make_directory(destination); !done) return done;
    for (const auto& name : tree_.entries(source)) {
      const std::string from = source + "/" + name;
      const std::string to = (destination == "/" ? "" : destination) + "/" + name;
      auto done = tree_.is_directory(from) ? copy_directory(from, to) : copy_file(from, to);
      if (!done) return done;
    }
    return Done{};
  }

  Check copy_file(const std::string& source, const std::string& destination) {
    if (tree_.exists(destination)) {
      if (behavior_ == "RETAIN") return Done{};
      if (behavior_ == "DISALLOW") {
        collisions_.push_back(destination);
        return Done{};
      }
      if (behavior_ != "OVERWRITE")
        return Fault{"INVALID_EXISTS_OPTION",
                     "the file is there already, and '" + behavior_ +
                         "' is no fileExistsBehavior; use DISALLOW, OVERWRITE or RETAIN",
                     destination};
    }
    if (auto fit = fits_a_line(destination); !fit) return fit;
    if (const auto other = copies_.find(destination); other != copies_.end())
      return Fault{"DUP_COPY",
                   "two source files are meant for one destination: " + other->second + " and " +
                       source + "; remove one entry of files",
                   destination};
    if (directories_.count(destination) > 0)
      return Fault{"COPY_OVER_MKDIR",
                   "the file " + source +
                       " is meant for a path where this deployment makes a "
                       "directory",
                   destination};
    copies_[destination] = source;
    instructions_.emplace_back(CopyFile{source, destination});
    return Done{};
  }

  Check make_directory(const std::string& path) {
    if (auto fit = fits_a_line(path); !fit) return fit;
    if (copies_.count(path) > 0)
      return Fault{"MKDIR_OVER_COPY",
                   "a directory is needed where this deployment puts the file " + copies_[path],
                   path};
    if (directories_.insert(path).second) instructions_.emplace_back(MakeDirectory{path});
    return Done{};
  }

  // The list of what to remove next time has one path a line.
  static Check fits_a_line(const std::string& path) {
    if (path.find('\n') == std::string::npos) return Done{};
    return Fault{"INVALID_PATH", "a deployed file's name may not hold a line break; rename it",
                 path};
  }

  Check permit(const Permission& permission) {
    const std::string object = placed_path(permission.object, placement_);
    if (copies_.count(object) > 0)
      return permission.files ? permit_file(permission, object) : Check(Done{});
    if (directories_.count(object) == 0 && !tree_.is_directory(object)) return Done{};
    if (permission.files) {
      for (const auto& [path, source] : copies_) {
        if (!permission_reaches(permission, object, path)) continue;
        if (auto fit = refuse_default_acl(permission, path); !fit) return fit;
        if (auto done = set(permission, path); !done) return done;
      }
    }
    if (!permission.directories) return Done{};
    for (const auto& path : directories_)
      if (permission_reaches(permission, object, path))
        if (auto done = set(permission, path); !done) return done;
    return Done{};
  }

  Check permit_file(const Permission& permission, const std::string& path) {
    if (permission.pattern != "**")
      return Fault{"FILE_PERM_PATTERN",
                   "the object is a file, so it may not have the pattern '" + permission.pattern +
                       "'; remove pattern, or name the folder as object",
                   path};
    if (!permission.except.empty())
      return Fault{"FILE_PERM_EXCEPT", "the object is a file, so it may not have except; remove it",
                   path};
    if (auto fit = refuse_default_acl(permission, path); !fit) return fit;
    return set(permission, path);
  }

  static Check refuse_default_acl(const Permission& permission, const std::string& path) {
    const bool any =
        permission.acls && std::any_of(permission.acls->begin(), permission.acls->end(),
                                       [](const Ace& ace) { return ace.is_default; });
    if (!any) return Done{};
    return Fault{"FILE_DEFAULT_ACL",
                 "a default ACL belongs to directories, not files; add type: [directory] to the "
                 "entry that has it",
                 path};
  }

  // The agent's order: chown comes last, so it clears setuid and setgid (B3).
  Check set(const Permission& permission, const std::string& path) {
    if (!permitted_.insert(path).second)
      return Fault{"DUP_PERMISSION",
                   "two entries of permissions reach this path; narrow one with pattern, except "
                   "or type",
                   path};
    if (permission.mode) instructions_.emplace_back(ChangeMode{path, *permission.mode});
    if (permission.acls) instructions_.emplace_back(ChangeAcl{path, *permission.acls});
    if (permission.context)
      instructions_.emplace_back(ChangeSecurityLabel{path, *permission.context});
    if (permission.owner || permission.group)
      instructions_.emplace_back(ChangeOwner{path, permission.owner, permission.group});
    return Done{};
  }

  Fault collision_fault() const {
    std::string list;
    for (std::size_t i = 0; i < std::min(collisions_.size(), kCollisionsShown); ++i)
      list += (i == 0 ? "" : ", ") + collisions_[i];
    if (collisions_.size() > kCollisionsShown)
      list += " and " + std::to_string(collisions_.size() - kCollisionsShown) + " more";
    return {"FILE_EXISTS",
            std::to_string(collisions_.size()) +
                " file(s) exist already and were not put there by the last deployment of this "
                "group: " +
                list +
                "; remove them, or set file_exists_behavior to OVERWRITE or RETAIN in the AppSpec",
            collisions_.front()};
  }

  const AppSpec& spec_;
  const Placement& placement_;
  const FileTree& tree_;
  std::string behavior_;
  std::vector<Instruction> instructions_;
  std::map<std::string, std::string> copies_;  // destination -> source
  std::set<std::string> directories_, permitted_;
  std::vector<std::string> collisions_;
  std::vector<std::string> above_;  // folders being copied, resolved, outermost first
};

}  // namespace

std::string placed_path(const std::string& path, const Placement& placement) {
  const bool absolute = !path.empty() && path[0] == '/';
  std::string whole = absolute || !placement.root.empty() ? path : placement.base + "/" + path;
  if (!placement.root.empty()) whole = placement.root + "/" + whole;
  std::string normal = fs::path("/" + whole).lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  while (normal.size() > 1 && normal[0] == '/' && normal[1] == '/') normal.erase(0, 1);
  return normal;
}

Checked<std::vector<Instruction>> plan_installation(const AppSpec& spec, const Placement& placement,
                                                    const FileTree& tree) {
  return Plan(spec, placement, tree).make();
}

}  // namespace sluice::appspec
