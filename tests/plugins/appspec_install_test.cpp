// Files, collisions, cleanup and overlaps of deploy/appspec on a real file system. The ids are
// those of facts/build_deploy.md D2; what is expected was seen from the CodeDeploy agent 1.8.1.
#include <catch2/catch.hpp>

#include "tests/plugins/appspec_host.hpp"

namespace sluice::appspec::testing {
namespace {

namespace fs = std::filesystem;
using Settings = TestHost::Settings;

std::string files_section(const std::string& entries) {
  return appspec_text("files:\n" + entries);
}
std::string one_mapping(const std::string& source, const std::string& destination) {
  return "  - source: " + source + "\n    destination: " + destination + "\n";
}
// source to {D}/app
std::string to_app(const std::string& source) {
  return one_mapping(source, "'{D}/app'");
}

struct InstallCase {
  const char* sentence;
  Revision revision;
  std::string word;                 // "" when it succeeds
  std::vector<std::string> claims;  // afterwards
  std::vector<TestFile> before = {};
  Settings settings = {};
};

void check(const InstallCase& item) {
  INFO(item.sentence);
  TestHost host;
  for (const auto& file : item.before) host.put(file);
  const Deployed deployed = host.deploy(item.revision, item.settings);
  INFO(deployed.log);
  CHECK(deployed.word == item.word);
  CHECK(deployed.had(item.word.empty() ? "Install:Succeeded" : "Install:Failed"));
  CHECK(host.first_untrue(item.claims) == "");
}

const TestFile kA{"a.txt", "A"};
const TestFile kOld{"app/a.txt", "old"};
const TestFile kNew{"a.txt", "new"};

TEST_CASE("files are placed as agent 1.8.1 places them") {
  const std::vector<InstallCase> cases = {
      {"files-001 a file source lands inside the destination directory",
       {files_section(to_app("a.txt")), {kA}},
       "",
       {"app/a.txt=A"}},
      {"files-002 a directory source copies its contents, not itself",
       {files_section(to_app("web")), {{"web/i.html", "I"}, {"web/css/s.css", "S"}}},
       "",
       {"app/i.html=I", "app/css/s.css=S", "!app/web"}},
      {"files-003 slash copies the whole revision with the AppSpec",
       {files_section(to_app("/")), {kA}},
       "",
       {"app/a.txt=A", "app/appspec.yml"}},
      {"files-004 several missing parents are made",
       {files_section(one_mapping("a.txt", "'{D}/x/y/z'")), {kA}},
       "",
       {"x/y/z/a.txt=A"}},
      {"files-005 leading slash and dot-slash start at the revision",
       {files_section(one_mapping("/a.txt", "'{D}/p'") + one_mapping("./b.txt", "'{D}/p'")),
        {kA, {"b.txt", "B"}}},
       "",
       {"p/a.txt=A", "p/b.txt=B"}},
      {"files-006 a missing source fails while copying, after the directories were made",
       {files_section(to_app("a.txt") + one_mapping("gone.txt", "'{D}/later'")), {kA}},
       "SOURCE_MISSING",
       {"app/a.txt=A", "later/"}},
      {"files-007 a star in a source is a literal name",
       {files_section(to_app("'*.txt'")), {kA}},
       "SOURCE_MISSING",
       {"!app/a.txt"}},
      {"files-008 dot files of a directory source are copied",
       {files_section(to_app("src")), {{"src/.env", "E"}, {"src/.d/x", "X"}}},
       "",
       {"app/.env=E", "app/.d/x=X"}},
      {"files-009 an empty directory is made",
       {files_section(to_app("src")), {{"src/logs/", ""}}},
       "",
       {"app/logs/"}},
      {"files-010 the destination never renames a file: it is a directory",
       {files_section(one_mapping("a.txt", "'{D}/app/b.txt'")), {kA}},
       "",
       {"app/b.txt/", "app/b.txt/a.txt=A"}},
      {"files-012 mode bits survive the copy",
       {files_section(to_app("run.sh")), {{"run.sh", "#!/bin/sh\n", 0750}}},
       "",
       {"app/run.sh:0750"}},
      {"files-013 a symbolic link to a file stays a link",
       {files_section(to_app("src")), {{"src/real", "R"}, {"src/ln", "", 0644, "real"}}},
       "",
       {"app/real=R", "app/ln->real"}},
      {"files-014 a symbolic link to a directory becomes a real directory",
       {files_section(to_app("src")), {{"src/d/x", "X"}, {"src/ln", "", 0644, "d"}}},
       "",
       {"app/ln/", "app/ln/x=X", "app/d/x=X"}},
      {"dup-001 two sources for one target path",
       {files_section(to_app("a.txt") + to_app("other/a.txt")), {kA, {"other/a.txt", "2"}}},
       "DUP_COPY",
       {"!app"}},
      {"dup-002 overlap counts under OVERWRITE too",
       {appspec_text("file_exists_behavior: OVERWRITE\nfiles:\n" + to_app("a.txt") +
                     to_app("other/a.txt")),
        {kA, {"other/a.txt", "2"}}},
       "DUP_COPY",
       {"!app"}},
      {"dup-003 a directory where a file is planned",
       {files_section(one_mapping("x", "'{D}/app'") + one_mapping("a.txt", "'{D}/app/x'")),
        {kA, {"x", "file"}}},
       "MKDIR_OVER_COPY",
       {"!app"}},
      {"dup-004 a file where a directory is planned",
       {files_section(one_mapping("a.txt", "'{D}/app/x'") + one_mapping("x", "'{D}/app'")),
        {kA, {"x", "file"}}},
       "COPY_OVER_MKDIR",
       {"!app"}},
      {"dup-005 a directory that two mappings need is made once",
       {files_section(to_app("a") + to_app("b")), {{"a", "A"}, {"b", "B"}}},
       "",
       {"app/a=A", "app/b=B"}},
  };
  for (const auto& item : cases) check(item);
}

TEST_CASE("files that are there already are treated as the nearest option says") {
  const std::string plain = files_section(to_app("a.txt"));
  const auto with = [&](const char* word) {
    return appspec_text(std::string("file_exists_behavior: ") + word + "\nfiles:\n" +
                        to_app("a.txt"));
  };
  const std::vector<InstallCase> cases = {
      {"exists-001 a file from elsewhere is refused by default",
       {plain, {kNew}},
       "FILE_EXISTS",
       {"app/a.txt=old"},
       {kOld}},
      {"exists-002 OVERWRITE in the AppSpec",
       {with("OVERWRITE"), {kNew}},
       "",
       {"app/a.txt=new"},
       {kOld}},
      {"exists-003 RETAIN keeps the host's file and copies the rest",
       {appspec_text("file_exists_behavior: RETAIN\nfiles:\n" + to_app("/")),
        {kNew, {"b.txt", "B"}}},
       "",
       {"app/a.txt=old", "app/b.txt=B"},
       {kOld}},
      {"exists-004 the deployment's option counts when the AppSpec is silent",
       {plain, {kNew}},
       "",
       {"app/a.txt=new"},
       {kOld},
       {{"fileExistsBehavior", "OVERWRITE"}}},
      {"exists-005 DISALLOW in the AppSpec beats the option OVERWRITE",
       {with("DISALLOW"), {kNew}},
       "FILE_EXISTS",
       {"app/a.txt=old"},
       {kOld},
       {{"fileExistsBehavior", "OVERWRITE"}}},
      {"exists-006 RETAIN in the AppSpec beats the option OVERWRITE",
       {with("RETAIN"), {kNew}},
       "",
       {"app/a.txt=old"},
       {kOld},
       {{"fileExistsBehavior", "OVERWRITE"}}},
      {"exists-007 the option may be in lower case",
       {plain, {kNew}},
       "",
       {"app/a.txt=new"},
       {kOld},
       {{"fileExistsBehavior", "overwrite"}}},
      {"exists-008 an unknown option fails once it is needed",
       {plain, {kNew}},
       "INVALID_EXISTS_OPTION",
       {"app/a.txt=old"},
       {kOld},
       {{"fileExistsBehavior", "MERGE"}}},
      {"exists-009 an unknown option is harmless without a conflict",
       {plain, {kNew}},
       "",
       {"app/a.txt=new"},
       {},
       {{"fileExistsBehavior", "MERGE"}}},
      {"exists-013 OVERWRITE cannot replace a path with a link",
       {appspec_text("file_exists_behavior: OVERWRITE\nfiles:\n" + to_app("src")),
        {{"src/real", "R"}, {"src/ln", "", 0644, "real"}}},
       "LINK_EXISTS",
       {"app/ln=host"},
       {{"app/ln", "host"}}},
      {"exists-014 OVERWRITE onto a directory of that name copies inside it",
       {appspec_text("file_exists_behavior: OVERWRITE\nfiles:\n" + to_app("a")), {{"a", "A"}}},
       "",
       {"app/a/", "app/a/a=A"},
       {{"app/a/", ""}}},
  };
  for (const auto& item : cases) check(item);
}

TEST_CASE("all collisions are named in one message") {
  TestHost host;
  host.put({"app/one", "1"});
  host.put({"app/two", "2"});
  const auto deployed =
      host.deploy({files_section(to_app("src")), {{"src/one", ""}, {"src/two", ""}}});
  CHECK(deployed.word == "FILE_EXISTS");
  CHECK_THAT(deployed.message, Catch::Contains("/app/one") && Catch::Contains("/app/two"));
}

TEST_CASE("the second deployment of a group starts from what the first left") {
  const std::string both = files_section(to_app("src"));
  TestHost host;

  SECTION("exists-010 a group deploys over its own files") {
    REQUIRE(host.deploy({both, {{"src/a.txt", "one"}}}).ok());
    REQUIRE(host.deploy({both, {{"src/a.txt", "two"}}}).ok());
    CHECK(host.first_untrue({"app/a.txt=two"}) == "");
  }
  SECTION("exists-011 another group's file is a conflict") {
    REQUIRE(host.deploy({both, {{"src/a.txt", "one"}}}, {{"deploymentGroupName", "A"}}).ok());
    const auto other = host.deploy({both, {{"src/a.txt", "two"}}}, {{"deploymentGroupName", "B"}});
    CHECK(other.word == "FILE_EXISTS");
    CHECK(host.first_untrue({"app/a.txt=one"}) == "");
  }
  SECTION("exists-012 a conflict comes after the old files are gone, and leaves no list") {
    REQUIRE(host.deploy({both, {{"src/a.txt", "one"}}}).ok());
    host.put({"app/b.txt", "host"});
    const auto second = host.deploy({both, {{"src/a.txt", "two"}, {"src/b.txt", "two"}}});
    CHECK(second.word == "FILE_EXISTS");
    CHECK(host.first_untrue({"!app/a.txt", "app/b.txt=host"}) == "");
    CHECK(fs::exists(host.root() / "deployment-instructions/dg-install.json"));
    CHECK_FALSE(fs::exists(host.root() / "deployment-instructions/dg-cleanup"));
  }
  SECTION("clean-001 a file that left the revision disappears") {
    REQUIRE(host.deploy({both, {{"src/keep", "1"}, {"src/gone", "1"}}}).ok());
    REQUIRE(host.deploy({both, {{"src/keep", "2"}}}).ok());
    CHECK(host.first_untrue({"app/keep=2", "!app/gone"}) == "");
  }
  SECTION("clean-002 others' files survive and keep their directory") {
    REQUIRE(host.deploy({both, {{"src/a", "1"}}}).ok());
    host.put({"app/user.log", "U"});
    REQUIRE(host.deploy({appspec_text(""), {}}).ok());
    CHECK(host.first_untrue({"app/user.log=U", "app/", "!app/a"}) == "");
  }
  SECTION("clean-003 the deployment's own directories go when empty") {
    REQUIRE(host.deploy({both, {{"src/d/a", "1"}}}).ok());
    REQUIRE(host.deploy({appspec_text(""), {}}).ok());
    CHECK(host.first_untrue({"!app"}) == "");
  }
  SECTION("files-011 a directory that was there is never removed") {
    host.put({"app/", ""});
    REQUIRE(host.deploy({both, {{"src/a", "A"}}}).ok());
    CHECK(host.first_untrue({"app/a=A"}) == "");
    REQUIRE(host.deploy({appspec_text(""), {}}).ok());
    CHECK(host.first_untrue({"app/", "!app/a"}) == "");
  }
  SECTION("clean-004 a file that was deleted by hand is skipped") {
    REQUIRE(host.deploy({both, {{"src/a", "1"}}}).ok());
    fs::remove(host.path("app/a"));
    REQUIRE(host.deploy({both, {{"src/a", "2"}}}).ok());
    CHECK(host.first_untrue({"app/a=2"}) == "");
  }
  SECTION("clean-005 local edits of installed files are lost") {
    REQUIRE(host.deploy({both, {{"src/a", "1"}}}).ok());
    host.put({"app/a", "edited"});
    REQUIRE(host.deploy({both, {{"src/a", "2"}}}).ok());
    CHECK(host.first_untrue({"app/a=2"}) == "");
  }
  SECTION("clean-006 a retained file is not recorded, so it stays") {
    host.put({"app/a", "host"});
    REQUIRE(
        host.deploy({both, {{"src/a", "1"}, {"src/b", "1"}}}, {{"fileExistsBehavior", "RETAIN"}})
            .ok());
    REQUIRE(host.deploy({appspec_text(""), {}}).ok());
    CHECK(host.first_untrue({"app/a=host", "!app/b"}) == "");
  }
  SECTION("clean-007 an overwritten file is recorded and removed by the next deployment") {
    host.put({"app/a", "host"});
    REQUIRE(host.deploy({both, {{"src/a", "1"}}}, {{"fileExistsBehavior", "OVERWRITE"}}).ok());
    REQUIRE(host.deploy({appspec_text(""), {}}).ok());
    CHECK(host.first_untrue({"!app/a", "app/"}) == "");
  }
  SECTION("clean-008 a revision without files removes what the group installed") {
    REQUIRE(host.deploy({both, {{"src/a", "1"}}}).ok());
    REQUIRE(host.deploy({appspec_text("files:\n"), {}}).ok());
    CHECK(host.first_untrue({"!app/a"}) == "");
  }
  SECTION("clean-009 a dangling link that was recorded is removed") {
    REQUIRE(host.deploy({both, {{"src/ln", "", 0644, "nowhere"}}}).ok());
    CHECK(host.first_untrue({"app/ln->nowhere"}) == "");
    REQUIRE(host.deploy({appspec_text(""), {}}).ok());
    CHECK(host.first_untrue({"!app/ln"}) == "");
  }
}

TEST_CASE("an installation that broke off is cleaned up by the next one") {
  TestHost host;
  const auto first =
      host.deploy({files_section(to_app("a.txt") + one_mapping("gone.txt", "'{D}/later'")), {kA}});
  REQUIRE(first.word == "SOURCE_MISSING");
  REQUIRE(host.first_untrue({"app/a.txt=A"}) == "");
  REQUIRE(host.deploy({files_section(to_app("a.txt")), {{"a.txt", "again"}}}).ok());
  CHECK(host.first_untrue({"app/a.txt=again", "!later"}) == "");
}

TEST_CASE("a torn last line of a cleanup list is not believed") {
  TestHost host;
  host.put({"precious", "P"});
  REQUIRE(host.deploy({files_section(to_app("a.txt")), {kA}}).ok());
  const fs::path list = host.root() / "deployment-instructions/dg-cleanup";
  const std::string torn =
      sluice::testing::read_file(list) + host.path("precious").string();  // no end of line
  sluice::testing::write_file(list, torn);
  REQUIRE(host.deploy({appspec_text(""), {}}).ok());
  CHECK(host.first_untrue({"precious=P", "!app"}) == "");
}

TEST_CASE("the key root puts a folder before destinations and objects") {
  TestHost host;
  const Revision revision{
      files_section(one_mapping("a.txt", "/srv/app")) +
          "permissions:\n  - object: /srv/app\n    mode: \"600\"\n    type: [file]\n",
      {kA}};
  REQUIRE(host.deploy(revision, {{"root", host.path("jail").string()}}).ok());
  CHECK(host.first_untrue({"jail/srv/app/a.txt=A", "jail/srv/app/a.txt:0600"}) == "");
}

TEST_CASE("a file name with a line break is refused before anything is copied") {
  TestHost host;
  const auto deployed = host.deploy({files_section(to_app("src")), {{"src/a\nb", "x"}}});
  CHECK(deployed.word == "INVALID_PATH");
  CHECK(host.first_untrue({"!app"}) == "");
}

TEST_CASE("links that turn in circles end with a message") {
  TestHost host;
  const auto deployed =
      host.deploy({files_section(to_app("src")), {{"src/a", "A"}, {"src/up", "", 0644, "."}}});
  CHECK(deployed.word == "INVALID_PATH");
  CHECK_THAT(deployed.message, Catch::Contains("/src/up"));
}

}  // namespace
}  // namespace sluice::appspec::testing
