// Finding and describing plugins: every file that is no good says why, and keeps nobody else from
// working.
#include "engine/hosts/plugin_catalog.hpp"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/hosts/catalog_cache.hpp"
#include "tests/abi/pool_fixture.hpp"

namespace {
namespace fs = std::filesystem;
using namespace sluice;
using sluice::testing::leftover_processes;
using sluice::testing::zoo_file;

constexpr std::size_t kBehaving = 9;  // types that the library of that name offers

struct Folder {
  fs::path path;
  Folder() {
    std::string pattern = fs::temp_directory_path() / "sluice-catalog-XXXXXX";
    REQUIRE(mkdtemp(pattern.data()));
    path = fs::canonical(pattern);
    setenv("SLUICE_TEST_PROGRAM", std::to_string(getpid()).c_str(), 1);
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(path / name, std::ios::binary) << content;
  }
  [[nodiscard]] CatalogRequest request(int deadline_ms = 10000) const {
    return {action_host_program(), {{path, "Custom"}}, {}, path / "cache", deadline_ms};
  }
};

std::string bytes_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST_CASE("a plugin's types carry what the plugin says of itself, and the owner of its directory") {
  const Folder folder;
  fs::copy_file(zoo_file("behaving"), folder.path / "behaving.so");
  const auto catalog = read_plugin_catalog(folder.request());
  CHECK(catalog.problems.empty());
  REQUIRE(catalog.types.size() == kBehaving);
  const auto& merge = catalog.types[2];
  CHECK(merge.id == ActionTypeId{Category::kBuild, "Custom", "merge", "1"});
  CHECK(merge.uses == "build/merge");
  CHECK(merge.max_inputs == 5);
  CHECK(merge.plugin_path == folder.path / "behaving.so");
  CHECK(merge.plugin_name == "behaving");
  CHECK(merge.plugin_version == "1.2.3");
  CHECK_THAT(catalog.types[1].configuration_schema, Catch::Contains("\"default\": 7"));
}

struct Refused {
  const char* library;
  const char* message;
};
const Refused kRefused[] = {
    {"wrong_action_size", "action 1: struct_size is 16"},
    {"wrong_entry_size", "struct_size of sluice_plugin_entry_v1 is 8"},
    {"newer_abi", "needs minor version 99 of the plugin interface"},
    {"bad_provider", "provider must be 1 to 35"},
    {"no_run", "run is null"},
    {"no_actions", "offers no action"},
    {"same_twice", "a second action type with the same category"},
    {"no_entry", "does not export sluice_plugin_entry_v1"},
    {"two_entries", "exports more than one entry symbol"},
    {"other_major", "of another major version"},
    {"crash_at_load", "crashed while it was loaded, with signal 6 (Aborted)"},
    {"hang_at_load", "was not loaded within 300 ms"},
    {"exit_at_load", "ended its process with exit status 0 while it was loaded"},
    {"missing_symbol", "nobody_defines_this"},
};

TEST_CASE("a library that breaks a rule is refused by name of the rule") {
  for (const auto& refused : kRefused) {
    INFO(refused.library);
    const Folder folder;
    fs::copy_file(zoo_file(refused.library), folder.path / "bad.so");
    fs::copy_file(zoo_file("behaving"), folder.path / "good.so");
    const bool hangs = std::string(refused.library) == "hang_at_load";
    const auto catalog = read_plugin_catalog(folder.request(hangs ? 300 : 10000));
    REQUIRE(catalog.problems.size() == 1);
    CHECK(catalog.problems[0].where == folder.path / "bad.so");
    CHECK_THAT(catalog.problems[0].message, Catch::Contains(refused.message));
    CHECK(catalog.types.size() == kBehaving);
  }
  CHECK(leftover_processes().empty());
}

TEST_CASE("a file that is no library is refused before anything of it is loaded") {
  const Folder folder;
  const std::string library = bytes_of(zoo_file("behaving"));
  folder.write("a_empty.so", "");
  folder.write("b_text.so", "#!/bin/sh\necho I am a script, and longer than an ELF header is\n");
  folder.write("c_header.so", library.substr(0, 40));
  folder.write("d_truncated.so", library.substr(0, library.size() / 2));
  std::string other = library;
  other[4] = 1;  // EI_CLASS: 32 bit
  folder.write("e_narrow.so", other);
  other = library;
  other[18] = 8;  // e_machine: MIPS
  folder.write("f_foreign.so", other);
  other = library;
  other[16] = 1;  // e_type: relocatable
  folder.write("g_object.so", other);
  fs::create_directory(folder.path / "h_directory.so");
  fs::create_symlink("nowhere", folder.path / "i_dangling.so");
  fs::create_symlink("j_loop.so", folder.path / "j_loop.so");
  mkfifo((folder.path / "k_pipe.so").c_str(), 0600);
  fs::copy_file("/bin/true", folder.path / "l_program.so");
  const char* const messages[] = {"the file is empty",
                                  "no ELF header",
                                  "cut off",
                                  "cut off",
                                  "32-bit",
                                  "built for another machine",
                                  "no shared library",
                                  "a directory",
                                  "cannot be opened",
                                  "cannot be opened",
                                  "not a regular file",
                                  "an executable"};
  const auto catalog = read_plugin_catalog(folder.request());
  REQUIRE(catalog.problems.size() == std::size(messages));
  for (std::size_t i = 0; i < std::size(messages); ++i) {
    INFO(catalog.problems[i].text());
    CHECK_THAT(catalog.problems[i].message, Catch::Contains(messages[i]));
  }
  CHECK(catalog.types.empty());
}

TEST_CASE("no byte of a library can be changed so that looking at it crashes the looker") {
  // Every bit of the headers once, and the section table.
  const Folder folder;
  const std::string library = bytes_of(zoo_file("no_entry"));
  std::vector<std::string> paths;
  for (std::size_t at = 0; at < 64; ++at) {
    std::string broken = library;
    broken[at] = static_cast<char>(broken[at] ^ 0xff);
    folder.write(std::to_string(at) + ".so", broken);
  }
  const auto catalog = read_plugin_catalog(folder.request());
  CHECK(catalog.types.empty());
  CHECK(catalog.problems.size() == 64);
  for (const auto& problem : catalog.problems)
    CHECK_THAT(problem.message, !Catch::Contains("signal"));
}

TEST_CASE("the first of two files that offer one type keeps it, and the other is named") {
  const Folder folder;
  fs::copy_file(zoo_file("behaving"), folder.path / "one.so");
  fs::copy_file(zoo_file("behaving"), folder.path / "two.so");
  const auto catalog = read_plugin_catalog(folder.request());
  CHECK(catalog.types.size() == kBehaving);
  REQUIRE(catalog.problems.size() == kBehaving);
  CHECK(catalog.problems[0].where == folder.path / "two.so");
  CHECK_THAT(catalog.problems[0].message, Catch::Contains("one.so offers already"));
}

TEST_CASE("a described plugin is not asked again until its file changes") {
  const Folder folder;
  const fs::path file = folder.path / "plugin.so";
  fs::copy_file(zoo_file("behaving"), file);
  auto request = folder.request();
  CHECK(read_plugin_catalog(request).types.size() == kBehaving);
  const auto identity = identify(file);
  REQUIRE(identity);

  SECTION("what is cached is believed") {
    CatalogCache cache(request.cache_file, *identify(request.host_program));
    REQUIRE(cache.find(file, *identity));
    cache.put(file, *identity, {"forged", "9", "", 0, {cache.find(file, *identity)->actions[0]}});
    cache.save();
    const auto catalog = read_plugin_catalog(request);
    REQUIRE(catalog.types.size() == 1);
    CHECK(catalog.types[0].plugin_name == "forged");
  }
  SECTION("another file of the same name is asked") {
    fs::remove(file);
    fs::copy_file(zoo_file("misbehaving"), file);
    CHECK(read_plugin_catalog(request).types.size() > kBehaving);
  }
  SECTION("a damaged cache is none") {
    for (const char* const damage :
         {"", "{", "[]", R"({"format": 1})", R"({"format":1,"host":[1,2],"plugins":7})"}) {
      std::ofstream(request.cache_file) << damage;
      CHECK(read_plugin_catalog(request).types.size() == kBehaving);
    }
  }
  SECTION("a cache that cannot be written is no error") {
    request.cache_file = "/proc/nowhere/cache";
    CHECK(read_plugin_catalog(request).types.size() == kBehaving);
  }
}

TEST_CASE("directories that do not exist hold no plugins") {
  const auto catalog =
      read_plugin_catalog({action_host_program(), {{"/nonexistent", "Custom"}}, {}, "", 1000});
  CHECK(catalog.types.empty());
  CHECK(catalog.problems.empty());
}

TEST_CASE("plugin directories: first-party, the variable's, the workflow's, the data directory's") {
  setenv("SLUICE_PLUGIN_PATH", "/a::/b/../c", 1);
  const auto directories = plugin_directories("/flow", "/data");
  unsetenv("SLUICE_PLUGIN_PATH");
  REQUIRE(directories.size() >= 5);
  CHECK(directories[0].owner == "Sluice");
  const std::vector<PluginDirectory> rest(directories.end() - 4, directories.end());
  CHECK(rest == std::vector<PluginDirectory>{{"/a", "Custom"},
                                             {"/c", "Custom"},
                                             {"/flow/.sluice/plugins", "Custom"},
                                             {"/data/plugins", "Custom"}});
}

}  // namespace
