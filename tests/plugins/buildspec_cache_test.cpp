#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "plugins/build/cache.hpp"
#include "tests/support/fake_host.hpp"

namespace {
namespace fs = std::filesystem;
using sluice::build::BuildCache;
using sluice::build::Cache;
using sluice::build::spell_out_hash_files;
using sluice::testing::FakeHost;
using sluice::testing::read_file;
using sluice::testing::write_file;

Cache section(std::string key = "", sluice::build::Texts fallback = {}) {
  Cache cache;
  cache.paths = {"deps/**/*"};
  cache.key = std::move(key);
  cache.fallback_keys = std::move(fallback);
  return cache;
}

// A source directory with deps/f of that content, or none for "".
fs::path source_with(FakeHost& host, const std::string& name, const std::string& content) {
  const auto source = host.input(name);
  if (!content.empty()) write_file(source / "deps/f", content);
  return source;
}

std::string restored(FakeHost& host, const Cache& cache, const std::string& name = "fresh") {
  const auto source = source_with(host, name, "");
  fs::remove_all(source / "deps");
  BuildCache(host.state_directory(), source, cache).restore();
  return read_file(source / "deps/f");
}

TEST_CASE("what a build saved, the next one finds") {
  FakeHost host;
  const auto source = source_with(host, "src", "1");
  fs::create_symlink("f", source / "deps/link");
  CHECK(restored(host, section()) == "");
  BuildCache(host.state_directory(), source, section()).save();
  CHECK(restored(host, section()) == "1");
  CHECK(fs::is_symlink(host.root() / "in/fresh/deps/link"));
}

TEST_CASE("without a key the newest save replaces the entry") {
  FakeHost host;
  BuildCache(host.state_directory(), source_with(host, "a", "1"), section()).save();
  BuildCache(host.state_directory(), source_with(host, "b", "2"), section()).save();
  CHECK(restored(host, section()) == "2");
}

TEST_CASE("with a key the entry stays as it was first stored") {
  FakeHost host;
  BuildCache(host.state_directory(), source_with(host, "a", "1"), section("k")).save();
  BuildCache(host.state_directory(), source_with(host, "b", "2"), section("k")).save();
  CHECK(restored(host, section("k")) == "1");
  CHECK(restored(host, section("other")) == "");
}

TEST_CASE("fallback keys are prefixes, tried in order, the newest entry first") {
  FakeHost host;
  const auto save = [&host](const std::string& key) {
    BuildCache(host.state_directory(), source_with(host, "src", key), section(key)).save();
  };
  save("npm-1");
  save("npm-2");
  save("yarn-1");
  for (const auto& entry : fs::recursive_directory_iterator(host.state_directory()))
    if (entry.path().filename() == "key")  // make npm-1 the newest beyond any clock's doubt
      fs::last_write_time(entry.path(),
                          fs::file_time_type::clock::now() -
                              std::chrono::hours(read_file(entry) == "npm-1" ? 1 : 2));
  CHECK(restored(host, section("npm-3", {"none-", "npm-", "yarn-"})) == "npm-1");
  CHECK(restored(host, section("npm-2", {"yarn-"})) == "npm-2");
}

TEST_CASE("an entry belongs to its list of paths") {
  FakeHost host;
  BuildCache(host.state_directory(), source_with(host, "a", "1"), section()).save();
  auto other = section();
  other.paths.push_back("more/*");
  CHECK(restored(host, other) == "");
}

TEST_CASE("action restore does not save, action save does not restore") {
  FakeHost host;
  auto only_restore = section(), only_save = section();
  only_restore.save = false;
  only_save.restore = false;
  const auto source = source_with(host, "a", "1");
  BuildCache(host.state_directory(), source, only_restore).save();
  CHECK(restored(host, section()) == "");
  BuildCache(host.state_directory(), source, only_save).save();
  CHECK(restored(host, only_save) == "");
  CHECK(restored(host, only_restore) == "1");
}

TEST_CASE("a restored file never replaces one of the source") {
  FakeHost host;
  BuildCache(host.state_directory(), source_with(host, "a", "cached"), section()).save();
  const auto source = source_with(host, "b", "own");
  BuildCache(host.state_directory(), source, section()).restore();
  CHECK(read_file(source / "deps/f") == "own");
}

TEST_CASE("absolute paths and plain directories are cached") {
  FakeHost host;
  const auto elsewhere = host.root() / "elsewhere";
  write_file(elsewhere / "sub/f", "1");
  Cache cache;
  cache.paths = {elsewhere.string()};
  const BuildCache build_cache(host.state_directory(), host.input("src"), cache);
  build_cache.save();
  fs::remove_all(elsewhere);
  build_cache.restore();
  CHECK(read_file(elsewhere / "sub/f") == "1");
}

TEST_CASE("old entries are pruned") {
  FakeHost host;
  for (int i = 0; i < 14; ++i)
    BuildCache(host.state_directory(), source_with(host, "src", "x"),
               section("k" + std::to_string(i)))
        .save();
  int entries = 0;
  for (const auto& entry : fs::recursive_directory_iterator(host.state_directory()))
    if (entry.path().filename() == "key") ++entries;
  CHECK(entries == 10);
}

TEST_CASE("codebuild-hash-files becomes a command of any shell") {
  FakeHost host;
  const auto source = host.input("src");
  write_file(source / "b.lock", "b");
  write_file(source / "sub/a.lock", "a");
  CHECK(spell_out_hash_files("plain-$HOME", source) == "plain-$HOME");
  CHECK(spell_out_hash_files("n-$(codebuild-hash-files '**/*.lock')-x", source) ==
        "n-$(cat /dev/null '" + (source / "b.lock").string() + "' '" +
            (source / "sub/a.lock").string() + "' | sha256sum | cut -c1-64)-x");
}
}  // namespace
