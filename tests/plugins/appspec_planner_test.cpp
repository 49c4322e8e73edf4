// The planner on a tree in memory: the list of instructions and their order.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "plugins/deploy/appspec/permission_match.hpp"
#include "plugins/deploy/appspec/permission_values.hpp"
#include "plugins/deploy/appspec/planner.hpp"

namespace sluice::appspec {
namespace {

using Folders = std::map<std::string, std::vector<std::string>>;

// Folders and their entries; every name with entries is a folder, the others are files.
class MemoryTree final : public FileTree {
 public:
  explicit MemoryTree(Folders folders, std::set<std::string> files = {})
      : folders_(std::move(folders)), files_(std::move(files)) {}
  bool exists(const std::string& path) const override {
    return path == "/" || folders_.count(path) > 0 || files_.count(path) > 0;
  }
  bool is_directory(const std::string& path) const override { return folders_.count(path) > 0; }
  std::vector<std::string> entries(const std::string& path) const override {
    return folders_.at(path);
  }
  std::string resolved(const std::string& path) const override { return path; }

 private:
  Folders folders_;
  std::set<std::string> files_;
};

const Placement kPlacement{"/rev", "/base", "", ""};

struct Text {
  std::string operator()(const MakeDirectory& step) const { return "mkdir " + step.path; }
  std::string operator()(const CopyFile& step) const {
    return "copy " + step.source + " " + step.destination;
  }
  std::string operator()(const ChangeMode& step) const {
    return "chmod " + step.mode + " " + step.path;
  }
  std::string operator()(const ChangeAcl& step) const { return "setfacl " + step.path; }
  std::string operator()(const ChangeSecurityLabel& step) const { return "semanage " + step.path; }
  std::string operator()(const ChangeOwner& step) const { return "chown " + step.path; }
};

std::vector<std::string> plan(const AppSpec& spec, const FileTree& tree,
                              const Placement& placement = kPlacement) {
  const auto instructions = plan_installation(spec, placement, tree);
  if (!instructions) return {instructions.fault().word};
  std::vector<std::string> texts;
  for (const auto& step : *instructions) texts.push_back(std::visit(Text{}, step));
  return texts;
}

using Steps = std::vector<std::string>;

TEST_CASE("missing parents are made first, outermost first, then folders, then files") {
  AppSpec spec;
  spec.files = {{"web", "/srv/a/b"}};
  const MemoryTree tree(
      {{"/rev/web", {"css", "i.html"}}, {"/rev/web/css", {"s.css"}}, {"/srv", {}}});
  CHECK(plan(spec, tree) == Steps{"mkdir /srv/a", "mkdir /srv/a/b", "mkdir /srv/a/b/css",
                                  "copy /rev/web/css/s.css /srv/a/b/css/s.css",
                                  "copy /rev/web/i.html /srv/a/b/i.html"});
}

TEST_CASE("mode, ACL, label and owner of an object come in the agent's order") {
  AppSpec spec;
  spec.files = {{"x", "/srv"}};
  Permission permission;
  permission.object = "/srv/x";
  permission.owner = "web";
  permission.mode = "644";
  permission.acls = {*parse_ace("u:bob:rw")};
  permission.context = SecurityLabel{"", "usr_t", ""};
  spec.permissions = {permission};
  CHECK(plan(spec, MemoryTree(Folders{{"/srv", {}}})) == Steps{"copy /rev/x /srv/x",
                                                               "chmod 644 /srv/x", "setfacl /srv/x",
                                                               "semanage /srv/x", "chown /srv/x"});
}

TEST_CASE("a relative destination starts at the base, and a root stands before everything") {
  AppSpec spec;
  spec.files = {{"x", "out/"}};
  const MemoryTree tree(Folders{{"/base", {}}, {"/jail", {}}});
  CHECK(plan(spec, tree) == Steps{"mkdir /base/out", "copy /rev/x /base/out/x"});
  Placement jailed = kPlacement;
  jailed.root = "/jail";
  CHECK(plan(spec, tree, jailed) == Steps{"mkdir /jail/out", "copy /rev/x /jail/out/x"});
}

TEST_CASE("paths are normalised") {
  CHECK(placed_path("/a//b/./c/", kPlacement) == "/a/b/c");
  CHECK(placed_path("/a/../b", kPlacement) == "/b");
  CHECK(placed_path("/", kPlacement) == "/");
  CHECK(placed_path("", kPlacement) == "/base");
}

TEST_CASE("a collision that was found first is told first") {
  AppSpec spec;
  spec.files = {{"x", "/srv"}, {"y", "/opt"}, {"d/y", "/opt"}};
  const MemoryTree tree(Folders{{"/srv", {}}, {"/opt", {}}}, {"/srv/x"});
  CHECK(plan(spec, tree) == Steps{"FILE_EXISTS"});
}

TEST_CASE("only the star is a wildcard") {
  struct Case {
    const char* name;
    const char* pattern;
    bool matches;
  };
  const Case cases[] = {{"a.sh", "*.sh", true}, {"a.sh", "*", true},     {"a.sh", "a.sh", true},
                        {"", "*", true},        {"a.sh", "*.s", false},  {"a.sh", "a?sh", false},
                        {"abab", "*ab", true},  {"abac", "a*b*c", true}, {"a/b", "*", false},
                        {"a", "**", true},      {"a.sh", "", false},     {"a[b]", "a[b]", true}};
  for (const auto& item : cases) {
    INFO(item.name << " ~ " << item.pattern);
    CHECK(matches_glob(item.name, item.pattern) == item.matches);
  }
}

TEST_CASE("an ACL is completed from the permission bits") {
  const auto text = [](const std::vector<std::string>& entries, unsigned mode) {
    std::vector<Ace> wanted;
    for (const auto& entry : entries) wanted.push_back(*parse_ace(entry));
    std::string joined;
    for (const auto& ace : complete_acl(wanted, mode)) joined += ace_text(ace) + " ";
    return joined;
  };
  CHECK(text({}, 0640) == "user::rw- group::r-- other::--- ");
  CHECK(text({"u:bob:rw"}, 0640) == "user::rw- group::r-- other::--- mask::r-- user:bob:rw- ");
  CHECK(text({"u:bob:rw", "m:rwx"}, 0640) ==
        "user::rw- group::r-- other::--- user:bob:rw- mask::rwx ");
  CHECK(text({"d::rw"}, 0750) ==
        "user::rwx group::r-x other::--- default:user::rw- "
        "default:group::r-x default:other::--- ");
  CHECK(text({"d:u:bob:r"}, 0750) ==
        "user::rwx group::r-x other::--- default:user:bob:r-- default:user::rwx "
        "default:group::r-x default:other::--- default:mask::r-x ");
}

TEST_CASE("the list of instructions is kept as JSON") {
  CHECK(instructions_json({MakeDirectory{"/a"}, CopyFile{"/r/\"x\"", "/a/x"},
                           ChangeOwner{"/a/x", "web", std::nullopt}}) ==
        "{\"instructions\":[\n{\"type\":\"mkdir\",\"directory\":\"/a\"},\n"
        "{\"type\":\"copy\",\"source\":\"/r/\\\"x\\\"\",\"destination\":\"/a/x\"},\n"
        "{\"type\":\"chown\",\"owner\":\"web\",\"file\":\"/a/x\"}\n]}\n");
}

}  // namespace
}  // namespace sluice::appspec
