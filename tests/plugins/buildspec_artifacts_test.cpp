#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "plugins/build/artifacts.hpp"
#include "plugins/build/glob.hpp"
#include "tests/support/fake_host.hpp"

namespace {
namespace fs = std::filesystem;
using sluice::build::ArtifactSet;
using sluice::build::collect_artifacts;
using sluice::build::Glob;
using sluice::testing::FakeHost;
using sluice::testing::files_below;
using sluice::testing::read_file;
using sluice::testing::write_file;
using Texts = std::vector<std::string>;

TEST_CASE("which path matches which pattern") {
  struct Row {
    const char* pattern;
    const char* path;
    bool matches;
  };
  const Row rows[] = {
      {"a.txt", "a.txt", true},
      {"a.txt", "d/a.txt", false},
      {"./a.txt", "a.txt", true},
      {"d//a.txt", "d/a.txt", true},
      {"dir/*", "dir/a", true},
      {"dir/*", "dir/sub/a", false},
      {"dir/*", "dir/.hidden", true},
      {"dir/**/*", "dir/a", true},
      {"dir/**/*", "dir/s/t/a", true},
      {"dir/**/*", "other/a", false},
      {"**/*", "a", true},
      {"**/*", ".git/x/y", true},
      {"**/.*", ".a", true},
      {"**/.*", "d/.a", true},
      {"**/.*", "d/a", false},
      {"**/.*/**/*", ".git/config", true},
      {"**/.*/**/*", "a/.g/b/c", true},
      {"**/.*/**/*", "a/b", false},
      {"*", "a", true},
      {"*", "a/b", false},
      {"*.o", "x.o", true},
      {"*.o", ".o", true},
      {"*.o", "x.oo", false},
      {"?.o", "x.o", true},
      {"?.o", "xy.o", false},
      {"?", "\xC3\xA4", true},
      {"a?b", "a/b", false},
      {"a*b*c", "aXbYbZc", true},
      {"a*b*c", "aXbYbZ", false},
      {"**/b/*.c", "b/x.c", true},
      {"**/b/*.c", "a/a/b/x.c", true},
      {"**/b/*.c", "a/b/c/x.c", false},
      {"a/**/b/**/c", "a/b/c", true},
      {"a/**/b/**/c", "a/x/b/y/z/c", true},
      {"a/**/b/**/c", "a/x/c", false},
      {"[ab]", "a", false},
      {"[ab]", "[ab]", true},
      {"{a,b}", "a", false},
      {"dir/**", "dir/s/a", true},
      {"", "a", false},
  };
  for (const auto& row : rows) {
    INFO(row.pattern << " and " << row.path);
    CHECK(Glob(row.pattern).matches(row.path) == row.matches);
  }
}

void fill(const fs::path& root) {
  for (const char* path : {"a.txt", "b.log", ".env", "dir/c.txt", "dir/.hidden", "dir/sub/d.txt",
                           "dir/sub/a.txt", "out-1/x.bin", "out-2/y.bin", "out-2/deep/z.bin"})
    write_file(root / path, path);
}

struct Collection {
  const char* what;
  ArtifactSet set;
  Texts files;          // in the artifact
  const char* message;  // of the error, or ""
};

ArtifactSet set_of(Texts files, std::string base = "", Texts exclude = {}, bool discard = false) {
  ArtifactSet set;
  set.files = std::move(files);
  set.base_directory = std::move(base);
  set.exclude_paths = std::move(exclude);
  set.discard_paths = discard;
  return set;
}

TEST_CASE("what an artifacts section collects") {
  const Collection rows[] = {
      {"an exact path", set_of({"dir/c.txt"}), {"dir/c.txt"}, ""},
      {"files directly in a directory", set_of({"dir/*"}), {"dir/.hidden", "dir/c.txt"}, ""},
      {"all files below a directory",
       set_of({"dir/**/*"}),
       {"dir/.hidden", "dir/c.txt", "dir/sub/a.txt", "dir/sub/d.txt"},
       ""},
      {"everything but what is excluded",
       set_of({"**/*"}, "", {"out-*/**/*", "**/.*", "*.log"}),
       {"a.txt", "dir/c.txt", "dir/sub/a.txt", "dir/sub/d.txt"},
       ""},
      {"paths start at the base directory", set_of({"**/*"}, "dir/sub"), {"a.txt", "d.txt"}, ""},
      {"a trailing slash of the base does not count",
       set_of({"*"}, "dir/sub/"),
       {"a.txt", "d.txt"},
       ""},
      {"a name pattern takes several bases and cuts them off",
       set_of({"**/*"}, "out-*"),
       {"deep/z.bin", "x.bin", "y.bin"},
       ""},
      {"excluded paths start at the base directory too",
       set_of({"**/*"}, "dir", {"sub/*"}),
       {".hidden", "c.txt"},
       ""},
      {"discarded paths",
       set_of({"dir/**/*"}, "", {}, true),
       {".hidden", "a.txt", "c.txt", "d.txt"},
       ""},
      {"of two files with one name the first in path order stays",
       set_of({"**/a.txt"}, "", {}, true),
       {"a.txt"},
       ""},
      {"a pattern without a match beside one with", set_of({"nothing*", "a.txt"}), {"a.txt"}, ""},
      {"a directory is not a file", set_of({"dir"}), {}, "no matching artifact paths found"},
      {"nothing at all", set_of({"nothing", "*.none"}), {}, "no matching artifact paths found"},
      {"everything excluded",
       set_of({"a.txt"}, "", {"**/*"}),
       {},
       "no matching artifact paths found"},
      {"no such base",
       set_of({"**/*"}, "gone"),
       {},
       "no matching base directory path found for gone"},
      {"no base of that pattern",
       set_of({"**/*"}, "gone-*"),
       {},
       "no matching base directory path found for gone-*"},
      {"a way out of the base",
       set_of({"../dir/c.txt"}, "out-1"),
       {},
       "no matching artifact paths found"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    FakeHost host;
    const auto root = host.input("src");
    const auto out = host.output("out");
    fill(root);
    CHECK(collect_artifacts(row.set, root, out) == row.message);
    CHECK(files_below(out) == row.files);
  }
}

TEST_CASE("an absolute base directory is taken as it is") {
  FakeHost host;
  const auto root = host.input("src"), other = host.input("other"), out = host.output("out");
  write_file(other / "lib/x", "x");
  CHECK(collect_artifacts(set_of({"**/*"}, other.string()), root, out) == "");
  CHECK(files_below(out) == Texts{"lib/x"});
}

TEST_CASE("permissions come along; links become files unless enable-symlinks keeps internal ones") {
  FakeHost host;
  const auto root = host.input("src");
  write_file(root / "tool", "#!/bin/sh\n", true);
  fs::create_symlink("tool", root / "inside");
  fs::create_symlink("/etc/hostname", root / "outside");
  fs::create_symlink("gone", root / "dangling");
  for (const bool keep : {false, true}) {
    INFO("enable-symlinks " << keep);
    const auto out = host.output(keep ? "kept" : "followed");
    auto set = set_of({"tool", "inside", "dangling"});
    set.enable_symlinks = keep;
    CHECK(collect_artifacts(set, root, out) == "");
    CHECK((fs::status(out / "tool").permissions() & fs::perms::owner_exec) != fs::perms::none);
    CHECK(fs::is_symlink(out / "inside") == keep);
    CHECK(read_file(out / "inside") == "#!/bin/sh\n");
    CHECK(fs::is_symlink(out / "dangling") == keep);
  }
}

TEST_CASE("a directory tree of links that lead back to it is not walked for ever") {
  FakeHost host;
  const auto root = host.input("src"), out = host.output("out");
  write_file(root / "d/f", "f");
  fs::create_directory_symlink("..", root / "d/up");
  CHECK(collect_artifacts(set_of({"**/*"}), root, out) == "");
  CHECK(files_below(out) == Texts{"d/f"});
}
}  // namespace
