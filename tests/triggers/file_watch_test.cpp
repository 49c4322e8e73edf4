// Real repositories in real directories; what is told is waited for, with a deadline.
#include "engine/triggers/file_watch.hpp"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "engine/triggers/git_directory.hpp"
#include "tests/plugins/git_fixture.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::triggers {
namespace {

constexpr auto kLongest = std::chrono::seconds(30);

class Scene {
 public:
  Scene() {
    std::string name = (std::filesystem::temp_directory_path() / "watch-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root = std::filesystem::canonical(name);
  }
  ~Scene() { std::filesystem::remove_all(root); }

  void heard(const std::string& directory) {
    const std::lock_guard hold(mutex);
    ++told[directory];
    changed.notify_all();
  }
  // Waits until a change that `make` makes is told. What was told before does not count.
  template <class Make>
  bool hears(const std::string& directory, const Make& make) {
    {
      const std::lock_guard hold(mutex);
      told.clear();
    }
    make();
    std::unique_lock hold(mutex);
    return changed.wait_for(hold, kLongest, [&] { return told.contains(directory); });
  }

  testing::FixedGitEnvironment git_environment;
  std::filesystem::path root;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, int> told;
};

}  // namespace

TEST_CASE("a repository's directory is found as git finds it") {
  Scene scene;
  const auto path = [&](const char* name) { return (scene.root / name).string(); };
  const testing::Repository tree(scene.root / "tree");
  tree.commit("a", "1", "first");
  tree.git("clone -q --bare . ../bare.git");
  tree.git("worktree add -q ../linked");
  std::filesystem::create_directories(scene.root / "empty");
  std::filesystem::create_directory_symlink(scene.root / "tree", scene.root / "link");
  struct Case {
    std::string where, found;
  };
  const Case kCases[] = {
      {path("tree"), path("tree/.git")},
      {path("tree/.git"), path("tree/.git")},
      {path("bare.git"), path("bare.git")},
      {path("bare"), path("bare.git")},
      {path("linked"), path("tree/.git")},
      {path("link"), path("tree/.git")},
      {"file://" + path("tree"), path("tree/.git")},
      {path("empty"), ""},
      {path("nothing"), ""},
      {"https://example.com/tree.git", ""},
      {"tree", ""},
  };
  for (const Case& one : kCases) {
    INFO(one.where);
    CHECK(git_directory(one.where) == one.found);
  }
  CHECK(tells_changes(scene.root.string()));
  CHECK_FALSE(tells_changes(path("nothing")));
}

TEST_CASE("what changes a repository's refs is told, whatever it is") {
  Scene scene;
  const testing::Repository tree(scene.root / "tree");
  tree.commit("a", "1", "first");
  tree.git("clone -q --bare . ../bare.git");
  tree.git("worktree add -q -b side ../linked");
  const auto own = git_directory((scene.root / "tree").string());
  const auto bare = git_directory((scene.root / "bare.git").string());
  FileWatch watch([&](const std::string& directory) { scene.heard(directory); });
  REQUIRE(watch.add(own));
  REQUIRE(watch.add(own));
  REQUIRE(watch.add(bare));
  CHECK(scene.hears(own, [&] { tree.commit("a", "2", "second"); }));
  CHECK(scene.hears(own, [&] { tree.git("branch feature/deep/one"); }));
  CHECK(scene.hears(own, [&] { tree.git("branch -f feature/deep/one HEAD~1"); }));
  CHECK(scene.hears(own, [&] { tree.git("branch -D feature/deep/one"); }));
  CHECK(scene.hears(own, [&] { tree.git("tag v1"); }));
  CHECK(scene.hears(own, [&] { tree.git("pack-refs --all"); }));
  CHECK(scene.hears(own, [&] { tree.git("tag -d v1"); }));
  CHECK(scene.hears(own, [&] { tree.git("-C ../linked commit -q --allow-empty -m linked"); }));
  CHECK(scene.hears(bare, [&] { tree.git("push -q ../bare.git HEAD:main"); }));
  CHECK(scene.hears(bare,
                    [&] { tree.git("push -q ../bare.git HEAD:refs/heads/x/y HEAD:refs/tags/t"); }));
}

TEST_CASE("a repository that goes is told once more, and can be watched again when it is back") {
  Scene scene;
  const testing::Repository tree(scene.root / "tree");
  tree.commit("a", "1", "first");
  const auto own = git_directory((scene.root / "tree").string());
  FileWatch watch([&](const std::string& directory) { scene.heard(directory); });
  REQUIRE(watch.add(own));
  CHECK(scene.hears(own, [&] {
    std::filesystem::rename(scene.root / "tree", scene.root / "away");
    std::filesystem::remove_all(scene.root / "away");
  }));
  CHECK_FALSE(watch.add(own));
  const testing::Repository again(scene.root / "tree");
  again.commit("a", "1", "anew");
  REQUIRE(watch.add(own));
  CHECK(scene.hears(own, [&] { again.commit("a", "2", "second"); }));
}

TEST_CASE("what is not wanted any more is not told, and frees its place") {
  Scene scene;
  const testing::Repository first(scene.root / "first");
  const testing::Repository second(scene.root / "second");
  first.commit("a", "1", "first");
  second.commit("a", "1", "first");
  const auto one = git_directory((scene.root / "first").string());
  const auto two = git_directory((scene.root / "second").string());
  FileWatch watch([&](const std::string& directory) { scene.heard(directory); }, 6);
  REQUIRE(watch.add(one));  // its own directory, refs, heads, tags
  const auto refused = watch.add(two);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().text(), Catch::Contains("6 directories are watched already"));
  watch.keep_only({two});
  REQUIRE(watch.add(two));
  CHECK(scene.hears(two, [&] {
    first.commit("a", "2", "unheard");
    second.commit("a", "2", "heard");
  }));
  const std::lock_guard hold(scene.mutex);
  CHECK_FALSE(scene.told.contains(one));
}

}  // namespace sluice::triggers
