#include "plugins/source/directory_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/plugins/git_fixture.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::source {
namespace {

namespace fs = std::filesystem;
using testing::FakeHost;
using testing::files_below;
using testing::read_file;
using testing::write_file;
using Paths = std::vector<std::string>;

struct Fixture {
  testing::FixedGitEnvironment environment;
  FakeHost host;
  fs::path tree = host.base_directory();
  fs::path out = host.output("app");

  sluice_outcome run() {
    fs::remove_all(out);
    fs::create_directories(out);
    host.outputs.clear();
    host.failure.reset();
    return host.run<directory_source>();
  }
  std::string revision() {
    REQUIRE(run() == SLUICE_SUCCEEDED);
    return host.outputs.at("Revision");
  }
};

// What both kinds of tree have in common.
void fill(const fs::path& tree) {
  write_file(tree / ".gitignore", "*.o\n/build/\n");
  write_file(tree / "main.c", "int main;\n");
  write_file(tree / "main.o", "object");
  write_file(tree / "build/out", "x");
  write_file(tree / "sub/.gitignore", "!keep.o\nlocal\n");
  write_file(tree / "sub/keep.o", "kept");
  write_file(tree / "sub/local", "x");
  write_file(tree / "sub/build/out", "not at the top");
}
const Paths kFilled = {".gitignore", "main.c", "sub/.gitignore", "sub/build/out", "sub/keep.o"};

}  // namespace

TEST_CASE_METHOD(Fixture, "a plain directory is copied without what its .gitignore files name") {
  fill(tree);
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == kFilled);
  CHECK(host.outputs.at("Path") == fs::canonical(tree).string());
  CHECK(host.outputs.at("Revision").size() == 64);
  CHECK(host.revisions.at("app").id == host.outputs.at("Revision"));
  for (const char* absent : {"CommitId", "BranchName", "Dirty"})
    CHECK(host.outputs.count(absent) == 0);
}

// What git answers is known from the other tests, so a plain list may differ in nothing.
TEST_CASE_METHOD(Fixture, "a tree that git has nothing to say about is listed without git") {
  write_file(tree / "a b/\xc3\xa9\n.txt", "x");
  write_file(tree / "deep/er/file", "x");
  write_file(tree / "empty", "");
  fs::create_directories(tree / "nothing/below");
  fs::create_symlink("deep", tree / "link to a directory");
  fs::create_symlink("nowhere", tree / "dangling");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  const Paths with_git = [&] {
    write_file(tree / ".gitignore", "");
    REQUIRE(run() == SLUICE_SUCCEEDED);
    Paths paths = files_below(out);
    std::erase(paths, ".gitignore");
    fs::remove(tree / ".gitignore");
    return paths;
  }();
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  const auto outcome = run();
  setenv("PATH", path.c_str(), 1);
  REQUIRE(outcome == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == with_git);
  CHECK(with_git.size() == 5);
}

TEST_CASE_METHOD(Fixture, "the user's own list of ignored files counts in a plain tree, too") {
  const fs::path home = host.root() / "home";
  write_file(home / "git/ignore", "*.o\n");
  write_file(tree / "main.c", "x");
  write_file(tree / "main.o", "x");
  setenv("XDG_CONFIG_HOME", home.c_str(), 1);
  const auto outcome = run();
  unsetenv("XDG_CONFIG_HOME");
  REQUIRE(outcome == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == Paths{"main.c"});
}

TEST_CASE_METHOD(Fixture, "a git tree is copied as it is: changed, new and deleted files") {
  fill(tree);
  const testing::Repository repository(tree);
  const auto commit = repository.commit("deleted", "x", "First");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(host.outputs.at("CommitId") == commit);
  CHECK(host.outputs.at("BranchName") == "main");
  CHECK(host.outputs.at("Dirty") == "false");

  fs::remove(tree / "deleted");
  write_file(tree / "main.c", "int changed;\n");
  write_file(tree / "new", "x");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) ==
        Paths{".gitignore", "main.c", "new", "sub/.gitignore", "sub/build/out", "sub/keep.o"});
  CHECK(read_file(out / "main.c") == "int changed;\n");
  CHECK(host.outputs.at("Dirty") == "true");
  CHECK(host.revisions.at("app").summary.find("(main) with 3 changes") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a folder of a git tree can be taken alone") {
  const testing::Repository repository(tree);
  write_file(tree / ".gitignore", "*.o\n");
  write_file(tree / "service/app.py", "x");
  write_file(tree / "service/app.o", "x");
  repository.commit("other", "x", "First");
  host.configure("path", "service");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == Paths{"app.py"});
  CHECK(host.outputs.at("Dirty") == "false");
}

TEST_CASE_METHOD(Fixture, "a tracked file counts even if .gitignore names it") {
  const testing::Repository repository(tree);
  repository.commit("forced.o", "x", "First");
  write_file(tree / ".gitignore", "*.o\n");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == Paths{".gitignore", "forced.o"});
}

TEST_CASE_METHOD(Fixture, "repositories inside are entered, and their .git stays behind") {
  const testing::Repository outer(tree);
  outer.commit("a", "x", "First");
  const testing::Repository inner(tree / "vendor/lib");
  inner.commit("lib.py", "x", "Library");
  write_file(tree / "vendor/lib/.gitignore", "*.tmp\n");
  write_file(tree / "vendor/lib/b.tmp", "x");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == Paths{"a", "vendor/lib/.gitignore", "vendor/lib/lib.py"});

  outer.git("-c advice.addEmbeddedRepo=false add vendor/lib");
  outer.git("commit --quiet -m 'As a link'");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == Paths{"a", "vendor/lib/.gitignore", "vendor/lib/lib.py"});
}

TEST_CASE_METHOD(Fixture, "modes, times, links and odd names survive") {
  write_file(tree / "run", "#!/bin/sh\n", true);
  chmod((tree / "run").c_str(), 0750);
  fs::create_symlink("run", tree / "link");
  fs::create_symlink("/nowhere", tree / "dangling");
  fs::create_directories(tree / "dir");
  fs::create_symlink("dir", tree / "dirlink");
  write_file(tree / "a b\n\"c\"", "odd");
  mkfifo((tree / "pipe").c_str(), 0600);
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == Paths{"a b\n\"c\"", "dangling", "dirlink", "link", "run"});
  struct stat source {
  }, copy{};
  REQUIRE(stat((tree / "run").c_str(), &source) == 0);
  REQUIRE(stat((out / "run").c_str(), &copy) == 0);
  CHECK((copy.st_mode & 07777) == 0750);
  CHECK(copy.st_mtim.tv_sec == source.st_mtim.tv_sec);
  CHECK(fs::read_symlink(out / "dangling") == "/nowhere");
}

TEST_CASE_METHOD(Fixture, "the revision is that of the content: same content, same revision") {
  write_file(tree / "a", "1");
  write_file(tree / "b", "2");
  const auto first = revision();
  CHECK(revision() == first);
  write_file(tree / "b", "3");
  const auto changed = revision();
  CHECK(changed != first);
  write_file(tree / "b", "2");
  CHECK(revision() == first);
  chmod((tree / "b").c_str(), 0755);
  CHECK(revision() != first);
  chmod((tree / "b").c_str(), 0644);
  fs::rename(tree / "b", tree / "c");
  CHECK(revision() != first);
}

TEST_CASE_METHOD(Fixture, "data that the engine keeps inside the tree is not copied") {
  host.set_text(SLUICE_TEXT_BASE_DIRECTORY, host.root().string());
  host.configure("path", ".");
  write_file(host.root() / "state/mirror", "x");
  write_file(host.base_directory() / "app.py", "x");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  const auto files = files_below(out);
  CHECK(std::find(files.begin(), files.end(), "base/app.py") != files.end());
  CHECK(std::find(files.begin(), files.end(), "state/mirror") == files.end());
}

TEST_CASE_METHOD(Fixture, "a tree of another user is copied, and its configuration runs nothing") {
  if (geteuid() != 0) return;  // only root can give files away
  const testing::Repository repository(tree);
  repository.commit("a", "x", "First");
  repository.git("config core.fsmonitor 'touch " + (host.root() / "ran").string() + "; false'");
  REQUIRE(std::system(("chown -R 12345:12345 '" + tree.string() + "'").c_str()) == 0);
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == Paths{"a"});
  CHECK_FALSE(fs::exists(host.root() / "ran"));
}

TEST_CASE_METHOD(Fixture, "what is no directory, or cannot be read, is said with its path") {
  write_file(tree / "file", "x");
  for (const char* wrong : {"nowhere", "file"}) {
    host.configure("path", wrong);
    REQUIRE(run() == SLUICE_FAILED);
    CHECK(host.failure->kind == SLUICE_FAILURE_CONFIGURATION);
    CHECK(host.failure->message.find((tree / wrong).string() + " is not a directory") !=
          std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "a cancelled run says so") {
  write_file(tree / "file", "x");
  host.cancel();
  REQUIRE(run() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CANCELLED);
}

}  // namespace sluice::source
