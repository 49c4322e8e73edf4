#include "engine/store/data_directory.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <optional>

#include "engine/core/file_name.hpp"
#include "tests/store/scratch.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = ::getenv(name)) old_ = old;
    value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
  }
  ~Variable() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("the default data directory follows the environment") {
  struct Row {
    const char *data, *xdg, *home, *expected;
  };
  const Row table[] = {
      {"/d", "/x", "/h", "/d"},
      {nullptr, "/x", "/h", "/x/sluice"},
      {"", "/x", "/h", "/x/sluice"},
      {nullptr, nullptr, "/h", "/h/.local/state/sluice"},
      {nullptr, "", "/h", "/h/.local/state/sluice"},
      {nullptr, "relative", "/h", "/h/.local/state/sluice"},
  };
  for (const Row& row : table) {
    const Variable data("SLUICE_DATA", row.data), xdg("XDG_STATE_HOME", row.xdg),
        home("HOME", row.home);
    CHECK(*default_data_directory() == fs::path(row.expected));
  }
}

TEST_CASE("a data directory is made with all that is above it, for its owner alone") {
  const Scratch scratch;
  const auto data = open_data_directory(scratch.path() / "a" / "b" / "");
  REQUIRE(data);
  CHECK(data->root == scratch.path() / "a" / "b");
  for (const fs::path& path : {data->root, data->leases(), data->artifacts(), data->logs(),
                               data->work(), data->state(), data->bus()}) {
    CAPTURE(path);
    CHECK(mode_of(path) == 0700);
  }
  CHECK(data->database().parent_path() == data->root);
  CHECK(open_data_directory(data->root));
}

TEST_CASE("a data directory that exists keeps its mode") {
  const Scratch scratch;
  REQUIRE(::chmod(scratch.path().c_str(), 0750) == 0);
  REQUIRE(open_data_directory(scratch.path()));
  CHECK(mode_of(scratch.path()) == 0750);
}

TEST_CASE("a data directory that cannot be is a clear error") {
  const Scratch scratch;
  std::ofstream(scratch.path() / "file") << "x";
  const auto file = open_data_directory(scratch.path() / "file");
  REQUIRE_FALSE(file);
  CHECK(file.error().kind == ErrorKind::kBadInput);
  const auto below = open_data_directory(scratch.path() / "file" / "data");
  REQUIRE_FALSE(below);
  CHECK_THAT(below.error().message, Catch::Contains("--data"));
  CHECK_FALSE(open_data_directory(""));
}

TEST_CASE("a file name keeps what is harmless and writes out the rest") {
  const std::map<std::string, std::string> table = {
      {"webshop", "webshop"},
      {"My.Pipe-1_@x", "My.Pipe-1_@x"},
      {".", "%2E"},
      {"..", "%2E."},
      {"", "%"},
      {"a/b", "a%2Fb"},
      {"a b%", "a%20b%25"},
      {"\xc3\xa9", "%C3%A9"},
      {std::string("a\0", 2), "a%00"},
  };
  for (const auto& [name, expected] : table) CHECK(file_name_of(name) == expected);
  const std::string one(500, 'a'), other = one + "b";
  CHECK(file_name_of(one).size() == 180);
  CHECK(file_name_of(one) != file_name_of(other));
}

}  // namespace sluice
