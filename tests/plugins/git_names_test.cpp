#include <catch2/catch.hpp>

#include "plugins/source/location.hpp"
#include "plugins/source/refs.hpp"

namespace sluice::source {

TEST_CASE("what a repository setting means") {
  struct Row {
    std::string repository, url, shown, name;
    bool local;
  };
  const Row rows[] = {
      {".", "/nowhere/shop", "/nowhere/shop", "shop", true},
      {"../lib", "/nowhere/lib", "/nowhere/lib", "lib", true},
      {"/srv/git/app.git", "/srv/git/app.git", "/srv/git/app.git", "app", true},
      {"file:///srv/git/app.git", "file:///srv/git/app.git", "file:///srv/git/app.git", "app",
       true},
      {"https://example.org/team/app.git", "https://example.org/team/app.git",
       "https://example.org/team/app.git", "app", false},
      {"https://ada:s3cret@example.org/app", "https://ada:s3cret@example.org/app",
       "https://ada@example.org/app", "app", false},
      {"https://t0ken@example.org/app", "https://t0ken@example.org/app", "https://example.org/app",
       "app", false},
      {"ssh://git@example.org:2222/app.git", "ssh://git@example.org:2222/app.git",
       "ssh://git@example.org:2222/app.git", "app", false},
      {"git@example.org:team/app.git", "git@example.org:team/app.git",
       "git@example.org:team/app.git", "app", false},
      {"host:app", "host:app", "host:app", "app", false},
      {"./odd:name", "/nowhere/shop/odd:name", "/nowhere/shop/odd:name", "name", true},
  };
  for (const auto& row : rows) {
    INFO(row.repository);
    const auto location = locate(row.repository, "/nowhere/shop");
    CHECK(location.url == row.url);
    CHECK(location.shown == row.shown);
    CHECK(location.name == row.name);
    CHECK(location.local == row.local);
  }
}

TEST_CASE("commits have a page on hosts whose addresses are known") {
  CHECK(commit_page("https://github.com/o/r.git", "abc") == "https://github.com/o/r/commit/abc");
  CHECK(commit_page("git@github.com:o/r.git", "abc") == "https://github.com/o/r/commit/abc");
  CHECK(commit_page("https://x@gitlab.com/g/s/r", "abc") ==
        "https://gitlab.com/g/s/r/-/commit/abc");
  CHECK(commit_page("https://bitbucket.org/o/r/", "abc") ==
        "https://bitbucket.org/o/r/commits/abc");
  CHECK(commit_page("https://notgithub.com/o/r", "abc").empty());
  CHECK(commit_page("/srv/github.com", "abc").empty());
}

TEST_CASE("the answer of ls-remote is read line by line") {
  const auto refs = parse_refs(
      "ref: refs/heads/main\tHEAD\n"
      "aa\tHEAD\n"
      "aa\trefs/heads/main\n"
      "bb\trefs/heads/team/x\n"
      "cc\trefs/tags/v1\n"
      "dd\trefs/tags/v1^{}\n"
      "nonsense\n"
      "ee\trefs/pull/1/head");
  CHECK(refs.head_branch == "main");
  CHECK(refs.head_commit == "aa");
  CHECK(refs.branches == std::map<std::string, std::string>{{"main", "aa"}, {"team/x", "bb"}});
  CHECK(refs.tags == std::map<std::string, std::string>{{"v1", "cc"}});
  CHECK(parse_refs("").branches.empty());
}

TEST_CASE("a missing name is answered with the names that were likely meant") {
  const std::map<std::string, std::string> names = {
      {"main", ""}, {"feature/cart", ""}, {"release", ""}};
  CHECK(missing_name("branch", "mian", names, "here") ==
        "there is no branch 'mian' in here; did you mean 'main'?");
  CHECK(missing_name("branch", "cart", names, "here") ==
        "there is no branch 'cart' in here; did you mean 'feature/cart'?");
  CHECK(missing_name("branch", "zzzzzz", names, "here") ==
        "there is no branch 'zzzzzz' in here; it has 'feature/cart', 'main', 'release'");
  CHECK(missing_name("tag", "v1", {}, "here") == "there is no tag 'v1' in here; it has none");
}

}  // namespace sluice::source
