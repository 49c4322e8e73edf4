#include "engine/triggers/glob.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace sluice::triggers {

TEST_CASE("what a pattern matches") {
  struct Row {
    const char *pattern, *text;
    bool matches;
  };
  const Row rows[] = {
      {"main", "main", true},
      {"main", "main2", false},
      {"main", "a/main", false},  // a bare name is the root's
      {"*", "main", true},
      {"*", "", true},
      {"*", "a/b", false},
      {"**", "a/b/c", true},
      {"**", "", true},
      {"feature*", "feature-x", true},
      {"feature*", "feature/x", false},
      {"feature/**", "feature/x/y", true},
      {"feature/**", "feature", false},
      {"feature/**", "feature/", true},
      {"dir/*", "dir/a", true},
      {"dir/*", "dir/a/b", false},
      {"dir/**", "dir/a/b", true},
      {"**/*.md", "docs/a.md", true},
      {"**/*.md", "a.md", false},  // the slash is wanted
      {"**.md", "a.md", true},
      {"**.md", "docs/x/a.md", true},
      {"*.js", ".js", true},
      {"*.js", "dir/a.js", false},
      {"a?c", "abc", true},
      {"a?c", "a/c", false},
      {"a?c", "ac", false},
      {"?", "\xC3\xBC", true},  // a character, not a byte
      {"??", "\xC3\xBC", false},
      {"?", "\xFF", true},
      {"[abc]", "b", true},
      {"[abc]", "d", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]x", "bx", false},
      {"[!a-c]x", "dx", true},
      {"[!a]x", "/x", false},  // never a slash
      {"[-a]", "-", true},
      {"[!-]", "-", false},
      {"[a-]", "-", true},
      {"[*?\\]", "\\", true},
      {"[*?\\]", "*", true},
      {"[*]", "x", false},
      {"[^a]", "^", true},
      {"\xC3[\xC3\xA0-\xC3\xBC]", "\xC3\xC3\xA4", true},
      {"{a,b}", "a", true},
      {"{a,b}", "b", true},
      {"{a,b}", "ab", false},
      {"{a,b}", "a,b", false},
      {"{a,}x", "x", true},
      {"src/{main,test}/**.{c,h}pp", "src/test/deep/x.hpp", true},
      {"src/{main,test}/**.{c,h}pp", "src/tests/x.hpp", false},
      {"{*,**/x}", "a/b/x", true},
      {"{**/x,y}z", "yz", true},
      {"a,b}", "a,b}", true},  // no group, so as they are
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"\\{a,b\\}", "{a,b}", true},
      {"v1.2.3", "v1x2x3", false},
      {"***", "a/b", true},
      {"release-*-rc*", "release-1.2-rc3", true},
  };
  for (const auto& row : rows) {
    INFO(row.pattern << " and " << row.text);
    const auto glob = Glob::compile(row.pattern);
    REQUIRE(glob);
    CHECK(glob->matches(row.text) == row.matches);
  }
}

TEST_CASE("what is no pattern is refused with its place") {
  struct Row {
    const char *pattern, *says;
  };
  const Row rows[] = {
      {"", "the pattern is empty"},
      {"a[bc", "at character 2: a `[` is not closed"},
      {"a[]", "a set is empty"},
      {"a[!]", "a set is empty"},
      {"[z-a]", "a range runs upwards"},
      {"[a/b]", "a set does not contain `/`"},
      {"a{b,c", "at character 2: a `{` is not closed"},
      {"{a,{b}}", "at character 4: groups `{a,b}` are not nested"},
      {"a\\", "at character 2: nothing follows the `\\`"},
  };
  for (const auto& row : rows) {
    INFO(row.pattern);
    const auto glob = Glob::compile(row.pattern);
    REQUIRE_FALSE(glob);
    CHECK_THAT(glob.error().message, Catch::Contains(row.says));
  }
}

TEST_CASE("no pattern takes long, whatever the text") {
  std::string pattern, text(20'000, 'a');
  for (int i = 0; i < 40; ++i) pattern += "*{a,aa}";
  const auto glob = Glob::compile(pattern + "b");
  REQUIRE(glob);
  CHECK_FALSE(glob->matches(text));
}

}  // namespace sluice::triggers
