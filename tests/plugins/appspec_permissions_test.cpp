// The section permissions of deploy/appspec on a real file system; ids of facts/build_deploy.md D2.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>

#include "tests/plugins/appspec_host.hpp"

namespace sluice::appspec::testing {
namespace {

const std::vector<TestFile> kTree = {
    {"src/a.sh", "a"}, {"src/b.txt", "b"}, {"src/sub/c.sh", "c"}, {"src/sub/deep/d.sh", "d"}};

// kTree goes to {D}/app, which the deployment makes.
Revision with_permissions(const std::string& permissions) {
  return {appspec_text("files:\n  - source: src\n    destination: '{D}/app'\npermissions:\n" +
                       permissions),
          kTree};
}

struct PermissionCase {
  const char* sentence;
  std::string permissions;
  std::string word;
  std::vector<std::string> claims;
};

TEST_CASE("permissions reach what agent 1.8.1 lets them reach") {
  const std::vector<PermissionCase> cases = {
      {"perm-001 an object that names a copied file",
       "  - {object: '{D}/app/a.sh', mode: '700'}\n",
       "",
       {"app/a.sh:0700", "app/b.txt:0644"}},
      {"perm-002 a directory with ** reaches every depth but not itself",
       "  - {object: '{D}/app', pattern: '**', mode: '711'}\n",
       "",
       {"app:0755", "app/a.sh:0711", "app/sub:0711", "app/sub/deep/d.sh:0711"}},
      {"perm-003 another pattern matches direct children alone",
       "  - {object: '{D}/app', pattern: '*.sh', mode: '750'}\n",
       "",
       {"app/a.sh:0750", "app/b.txt:0644", "app/sub/c.sh:0644"}},
      {"perm-004 except removes direct children",
       "  - {object: '{D}/app', except: ['*.txt'], mode: '600', type: [file]}\n",
       "",
       {"app/a.sh:0600", "app/b.txt:0644", "app/sub/c.sh:0600"}},
      {"perm-005 except never matches below the first level",
       "  - {object: '{D}/app', except: ['*.sh'], mode: '600', type: [file]}\n",
       "",
       {"app/a.sh:0644", "app/sub/c.sh:0600", "app/sub/deep/d.sh:0600"}},
      {"perm-006 type directory leaves files alone",
       "  - {object: '{D}/app', mode: '700', type: [directory]}\n",
       "",
       {"app/sub:0700", "app/sub/deep:0700", "app/a.sh:0644"}},
      {"perm-007 the top directory is reached through its parent and a pattern",
       "  - {object: '{D}', pattern: app, mode: '700', type: [directory]}\n",
       "",
       {"app:0700", "app/sub:0755"}},
      {"perm-008 a file object may not have a pattern",
       "  - {object: '{D}/app/a.sh', pattern: '*', mode: '700'}\n",
       "FILE_PERM_PATTERN",
       {"!app"}},
      {"perm-009 a file object may not have except",
       "  - {object: '{D}/app/a.sh', except: [x], mode: '700'}\n",
       "FILE_PERM_EXCEPT",
       {"!app"}},
      {"perm-010 a default ACL may not be put on a file",
       "  - {object: '{D}/app/a.sh', acls: ['d:u:root:rw']}\n",
       "FILE_DEFAULT_ACL",
       {"!app"}},
      {"perm-011 nor reach one through a directory",
       "  - {object: '{D}/app', acls: ['d:u:root:rw']}\n",
       "FILE_DEFAULT_ACL",
       {"!app"}},
      {"perm-012 two entries for one path",
       "  - {object: '{D}/app/a.sh', mode: '700'}\n  - {object: '{D}/app', owner: root}\n",
       "DUP_PERMISSION",
       {"!app"}},
      {"perm-015 an object that does not exist is skipped",
       "  - {object: '{D}/nowhere', mode: '700'}\n",
       "",
       {"app/a.sh:0644"}},
      {"perm-016 a file object with only type directory is skipped",
       "  - {object: '{D}/app/a.sh', mode: '700', type: [directory]}\n",
       "",
       {"app/a.sh:0644"}},
      {"perm-017 a slash at the end makes no difference",
       "  - {object: '{D}/app/', pattern: '*.txt', mode: '600'}\n",
       "",
       {"app/b.txt:0600", "app/a.sh:0644"}},
      {"perm-018 question marks and brackets stand for themselves",
       "  - {object: '{D}/app', pattern: '[a-z].s?', mode: '600'}\n",
       "",
       {"app/a.sh:0644"}},
      {"perm-019 several stars, each any run",
       "  - {object: '{D}/app', pattern: '*.t*t', mode: '600'}\n",
       "",
       {"app/b.txt:0600", "app/a.sh:0644"}},
      {"perm-021 an unknown owner fails after the copies were made",
       "  - {object: '{D}/app', owner: no-such-user-here}\n",
       "UNKNOWN_OWNER",
       {"app/a.sh=a"}},
      {"perm-022 a number is no owner",
       "  - {object: '{D}/app', owner: 0}\n",
       "UNKNOWN_OWNER",
       {"app/a.sh=a"}},
      {"an unknown group fails likewise",
       "  - {object: '{D}/app', group: no-such-group-here}\n",
       "UNKNOWN_GROUP",
       {"app/a.sh=a"}},
      {"perm-024 setuid survives when no owner is given",
       "  - {object: '{D}/app/a.sh', mode: '4755'}\n",
       "",
       {"app/a.sh:4755"}},
      {"parse-079 an unquoted 0644 is applied as 420",
       "  - {object: '{D}/app/a.sh', mode: 0644}\n",
       "",
       {"app/a.sh:0420"}},
  };
  for (const auto& item : cases) {
    INFO(item.sentence);
    TestHost host;
    const Deployed deployed = host.deploy(with_permissions(item.permissions));
    INFO(deployed.log);
    CHECK(deployed.word == item.word);
    CHECK(host.first_untrue(item.claims) == "");
  }
}

TEST_CASE("permissions leave alone what the deployment did not put there") {
  TestHost host;
  SECTION("perm-013 an object from before") {
    host.put({"legacy/x", "x", 0644});
    REQUIRE(host.deploy(with_permissions("  - {object: '{D}/legacy', mode: '600'}\n")).ok());
    CHECK(host.first_untrue({"legacy/x:0644"}) == "");
  }
  SECTION("perm-014 a file from before in a shared directory") {
    host.put({"app/old", "x", 0644});
    REQUIRE(
        host.deploy(with_permissions("  - {object: '{D}/app', mode: '600', type: [file]}\n")).ok());
    CHECK(host.first_untrue({"app/old:0644", "app/a.sh:0600"}) == "");
  }
}

TEST_CASE("the octal trap is announced in the log") {
  TestHost host;
  const auto deployed = host.deploy(with_permissions("  - {object: '{D}/app/a.sh', mode: 0644}\n"));
  CHECK(deployed.logged("mode: \"0644\""));
}

TEST_CASE("owner and group by name") {
  if (::geteuid() != 0) {
    TestHost host;
    const auto refused =
        host.deploy(with_permissions("  - {object: '{D}/app/a.sh', owner: root}\n"));
    CHECK(refused.word == "CHOWN_REFUSED");
    return;
  }
  TestHost host;
  struct stat file {};
  struct stat folder {};
  SECTION("perm-020 both") {
    REQUIRE(host.deploy(with_permissions("  - {object: '{D}/app', owner: nobody, group: nogroup, "
                                         "type: [file]}\n"))
                .ok());
    REQUIRE(::stat(host.path("app/a.sh").c_str(), &file) == 0);
    REQUIRE(::stat(host.path("app").c_str(), &folder) == 0);
    CHECK(file.st_uid == 65534);
    CHECK(file.st_gid == 65534);
    CHECK(folder.st_uid == 0);
  }
  SECTION("perm-023 owner comes after mode, so setuid is lost") {
    REQUIRE(
        host.deploy(with_permissions("  - {object: '{D}/app/a.sh', mode: '4755', owner: nobody}\n"))
            .ok());
    CHECK(host.first_untrue({"app/a.sh:0755"}) == "");
  }
}

std::string acl_of(const std::filesystem::path& path) {
  const std::string command = "getfacl -cEp '" + path.string() + "' 2>&1";
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  char buffer[256];
  while (std::fgets(buffer, sizeof buffer, pipe)) text += buffer;
  ::pclose(pipe);
  return text;
}

TEST_CASE("ACLs replace the whole list and take base entries from the mode") {
  TestHost host;
  const auto deployed = host.deploy(
      with_permissions("  - {object: '{D}/app/a.sh', mode: '640', acls: ['u:nobody:rw']}\n"
                       "  - {object: '{D}/app', pattern: sub, mode: '750', acls: "
                       "['d:u:nobody:rwx'], type: [directory]}\n"));
  INFO(deployed.message);
  if (deployed.word == "ACL_FAILED" &&
      deployed.message.find("not supported") != std::string::npos) {
    WARN("this file system has no ACLs");
    return;
  }
  REQUIRE(deployed.ok());
  CHECK(acl_of(host.path("app/a.sh")) ==
        "user::rw-\nuser:nobody:rw-\ngroup::r--\nmask::r--\nother::---\n\n");
  CHECK(acl_of(host.path("app/sub")) ==
        "user::rwx\ngroup::r-x\nother::---\n"
        "default:user::rwx\ndefault:user:nobody:rwx\ndefault:group::r-x\ndefault:mask::r-x\n"
        "default:other::---\n\n");
}

TEST_CASE("a security context without the SELinux tools is a clear failure") {
  if (::access("/usr/sbin/semanage", X_OK) == 0) {
    WARN("semanage is installed here");
    return;
  }
  TestHost host;
  const auto deployed =
      host.deploy(with_permissions("  - {object: '{D}/app/a.sh', context: {type: usr_t}}\n"));
  CHECK(deployed.word == "SELINUX_TOOL_MISSING");
  CHECK_THAT(deployed.message, Catch::Contains("semanage") && Catch::Contains("install"));
}

}  // namespace
}  // namespace sluice::appspec::testing
